/** Our knowledge of TensorFlow against TensorFlow itself. */
@NullMarked
package org.tensorferry.tf;

import org.jspecify.annotations.NullMarked;
