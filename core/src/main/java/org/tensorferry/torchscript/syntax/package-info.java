/**
 * The source language of TorchScript archives: lexer, parser and a sealed syntax tree.
 *
 * <p>{@link org.tensorferry.torchscript.syntax.Parser} turns the text of one {@code code/**.py}
 * record into a {@link org.tensorferry.torchscript.syntax.SourceFile}. The grammar is that of
 * {@code torch/csrc/jit/frontend/parser.cpp}: all that any PyTorch prints, and the operators,
 * comprehensions and short forms that libtorch reads although nothing prints them. Where libtorch's
 * precedence differs from Python's, libtorch's wins, because libtorch gives the file its meaning.
 * Nothing here knows what a name means.
 */
@NullMarked
package org.tensorferry.torchscript.syntax;

import org.jspecify.annotations.NullMarked;
