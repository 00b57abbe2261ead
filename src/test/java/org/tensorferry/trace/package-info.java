/** The original printed back call by call, and what is said where two models differ. */
@NullMarked
package org.tensorferry.trace;

import org.jspecify.annotations.NullMarked;
