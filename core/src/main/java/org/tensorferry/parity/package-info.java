/**
 * The proof: libtorch runs the original, TensorFlow runs the result, and a report says how far
 * apart they are and where.
 */
@NullMarked
package org.tensorferry.parity;

import org.jspecify.annotations.NullMarked;
