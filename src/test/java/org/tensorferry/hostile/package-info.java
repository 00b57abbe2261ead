/** Inputs and interruptions that mean harm. */
@NullMarked
package org.tensorferry.hostile;

import org.jspecify.annotations.NullMarked;
