/**
 * Models that a user has already, in TensorFlow's and Keras's files: their variables by layer, read
 * without being held whole and replaced in a copy that is otherwise the same.
 */
@NullMarked
package org.tensorferry.keras;

import org.jspecify.annotations.NullMarked;
