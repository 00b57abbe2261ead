/** ONNX Runtime, which runs {@code .onnx} files. */
@NullMarked
package org.tensorferry.onnx;

import org.jspecify.annotations.NullMarked;
