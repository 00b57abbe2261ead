/**
 * TorchScript files as models: their code is parsed ({@code syntax}) and followed ({@code interp}).
 */
@NullMarked
package org.tensorferry.torchscript;

import org.jspecify.annotations.NullMarked;
