/**
 * What becomes of ATen operators in TensorFlow: one class a family, each with its table of rows on
 * top and the rules below.
 */
@NullMarked
package org.tensorferry.converters.aten;

import org.jspecify.annotations.NullMarked;
