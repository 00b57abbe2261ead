/** Tests of the source language. */
@NullMarked
package org.tensorferry.torchscript.syntax;

import org.jspecify.annotations.NullMarked;
