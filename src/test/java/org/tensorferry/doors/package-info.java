/**
 * Each door of the house opened from outside: a source, a form of result, a pass of a few lines.
 */
@NullMarked
package org.tensorferry.doors;

import org.jspecify.annotations.NullMarked;
