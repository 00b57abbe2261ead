/**
 * The abstract interpreter: runs TorchScript with real values for everything that is no tensor and
 * hands operators on tensors to {@link org.tensorferry.torchscript.value.Operators}.
 *
 * <p>Split by what is evaluated: {@code Expressions}, {@code Statements}, {@code Assignments},
 * {@code Calls} and {@code Forms} walk the syntax tree; the {@code …Builtins} are TorchScript's own
 * library, a family a file; {@code Numbers} does arithmetic that may depend on dynamic dims.
 */
@NullMarked
package org.tensorferry.torchscript.interp;

import org.jspecify.annotations.NullMarked;
