/**
 * A differential fuzzer: random small TorchScript programs over the operator table run in libtorch
 * and, converted, in TensorFlow. What differs is made small and printed as a regression case.
 */
@NullMarked
package org.tensorferry.fuzz;

import org.jspecify.annotations.NullMarked;
