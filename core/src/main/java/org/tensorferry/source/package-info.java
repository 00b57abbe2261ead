/**
 * A model that is converted, whatever file it is from: its modules with their tensors, what its
 * methods take, the operators that they name, and a way to follow one. The code that converts,
 * inspects and compares knows no more of a file than this.
 */
@NullMarked
package org.tensorferry.source;

import org.jspecify.annotations.NullMarked;
