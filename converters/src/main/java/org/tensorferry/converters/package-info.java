/**
 * The rules: which TensorFlow operators stand for an ATen operator, and which TensorFlow variables
 * hold the weights of a torch layer. Found through {@link java.util.ServiceLoader}, like the rules
 * of anyone else.
 */
@NullMarked
package org.tensorferry.converters;

import org.jspecify.annotations.NullMarked;
