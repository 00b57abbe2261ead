/**
 * What TorchScript expressions evaluate to while a model is converted: real numbers, lists and
 * modules, and tensors that are known by type and shape alone.
 */
@NullMarked
package org.tensorferry.torchscript.value;

import org.jspecify.annotations.NullMarked;
