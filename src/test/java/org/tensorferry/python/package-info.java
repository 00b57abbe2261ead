/** Results in a Python TensorFlow. */
@NullMarked
package org.tensorferry.python;

import org.jspecify.annotations.NullMarked;
