/**
 * Programs of torch.export ({@code .pt2}): the graph is read, printed as one TorchScript method and
 * followed by the same interpreter as any TorchScript file.
 */
@NullMarked
package org.tensorferry.exported;

import org.jspecify.annotations.NullMarked;
