/**
 * What tests are written with: TorchScript models from source text, and the engines to run them.
 */
@NullMarked
package org.tensorferry.harness;

import org.jspecify.annotations.NullMarked;
