/**
 * Sizes that may be unknown until a model runs: dims as expressions over named symbols, shapes, the
 * specs of inputs that name them, and what a conversion took for granted of them.
 */
@NullMarked
package org.tensorferry.dim;

import org.jspecify.annotations.NullMarked;
