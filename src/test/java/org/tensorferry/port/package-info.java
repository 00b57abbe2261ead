/**
 * Weights moved into models that exist, and back: what is found, what is refused, what computes the
 * same.
 */
@NullMarked
package org.tensorferry.port;

import org.jspecify.annotations.NullMarked;
