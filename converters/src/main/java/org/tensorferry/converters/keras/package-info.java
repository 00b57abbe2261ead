/**
 * What Keras' layers and operations compute at inference, as TensorFlow operators: one row for each
 * class, by family. Formulas and defaults: keras/src/layers and keras/src/ops.
 */
@NullMarked
package org.tensorferry.converters.keras;

import org.jspecify.annotations.NullMarked;
