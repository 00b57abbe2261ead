/**
 * Rewrites of the finished TensorFlow graph that keep what it computes: layout first, then what
 * nobody needs.
 */
@NullMarked
package org.tensorferry.pass;

import org.jspecify.annotations.NullMarked;
