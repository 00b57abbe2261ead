/** Methods that are called with more than tensors, submodules alone, channels last. */
@NullMarked
package org.tensorferry.calls;

import org.jspecify.annotations.NullMarked;
