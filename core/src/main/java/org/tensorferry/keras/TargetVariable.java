package org.tensorferry.keras;

import org.tensorferry.dim.Shape;
import org.tensorferry.tensor.DType;

/**
 * One variable of a model file.
 *
 * @param path what names it in the file, as users see it: {@code layers/dense_1/vars/0}, {@code
 *     conv1/kernel:0}
 * @param name its name within the layer as far as the file tells: {@code kernel}, or its number
 *     ({@code 0}) where the file has only an order
 * @param dtype type of the elements as stored
 * @param shape sizes in TensorFlow's axis order, all known
 */
public record TargetVariable(String path, String name, DType dtype, Shape shape) {}
