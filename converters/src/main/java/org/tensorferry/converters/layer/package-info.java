/**
 * The layer table: which TensorFlow variables the tensors of a torch layer become, in Keras layouts
 * and names.
 */
@NullMarked
package org.tensorferry.converters.layer;

import org.jspecify.annotations.NullMarked;
