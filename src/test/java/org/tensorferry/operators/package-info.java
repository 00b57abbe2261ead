/**
 * Parity of every row of the operator table: the program runs in libtorch, is converted, runs in
 * TensorFlow, and both results are compared.
 */
@NullMarked
package org.tensorferry.operators;

import org.jspecify.annotations.NullMarked;
