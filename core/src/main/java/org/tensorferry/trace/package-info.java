/**
 * Why two models differ: the calls of the original, printed back as one flat program that libtorch
 * runs, laid beside the values of TensorFlow's graph call by call, and the weights beside the
 * checkpoint.
 */
@NullMarked
package org.tensorferry.trace;

import org.jspecify.annotations.NullMarked;
