/**
 * What both models run on: inputs drawn at random, arrays of numpy, recordings and pictures.
 *
 * <p>Begin reading at {@link org.tensorferry.inputs.RealInputs}.
 */
@NullMarked
package org.tensorferry.inputs;

import org.jspecify.annotations.NullMarked;
