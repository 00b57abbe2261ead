/** ONNX Runtime as a third opinion, and hostile {@code .onnx} files. */
@NullMarked
package org.tensorferry.onnx;

import org.jspecify.annotations.NullMarked;
