/**
 * The library's front door: open a TorchScript file, convert it, save it, verify it.
 *
 * <pre>{@code
 * try (TorchModel model = Tensorferry.open(Path.of("model.pt"))) {
 *   model.convert(ConvertOptions.defaults().input("x:float32[batch,time,257]")).save(Path.of("out/model"));
 * }
 * }</pre>
 */
@NullMarked
package org.tensorferry;

import org.jspecify.annotations.NullMarked;
