/**
 * Why a call gives something else: what is usually done otherwise, each tried by running, and named
 * only where it gives what the other model gave.
 */
@NullMarked
package org.tensorferry.cause;

import org.jspecify.annotations.NullMarked;
