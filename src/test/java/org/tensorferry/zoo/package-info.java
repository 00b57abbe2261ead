/** Models that nobody here wrote, made by PyTorch from torchvision and torchaudio. */
@NullMarked
package org.tensorferry.zoo;

import org.jspecify.annotations.NullMarked;
