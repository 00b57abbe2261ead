/**
 * Moves the weights of a torch file into a model of TensorFlow that the user has already, and back:
 * which torch tensors fill which variables, found from names, shapes and order or stated in a map
 * file, never guessed.
 *
 * <p>A torch file is read into units, the smallest groups of tensors that fill one layer; a target
 * into slots, what a rule of the port table says its layers take. A unit goes to a slot where names
 * or shapes or the order of the whole model leave one choice alone. What a port will do is data, a
 * {@link org.tensorferry.port.PortPlan}, before anything is written.
 */
@NullMarked
package org.tensorferry.port;

import org.jspecify.annotations.NullMarked;
