/**
 * What went wrong, where, why, and what to do about it: the one exception of Tensorferry and the
 * exit codes.
 */
@NullMarked
package org.tensorferry.error;

import org.jspecify.annotations.NullMarked;
