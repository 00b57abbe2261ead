/**
 * A Keras model as data flow: its configuration read call by call, and the TensorFlow graph that
 * the calls make.
 */
@NullMarked
package org.tensorferry.network;

import org.jspecify.annotations.NullMarked;
