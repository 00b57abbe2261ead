/**
 * The proof: the original and the result are run on the same inputs, and what they compute is
 * compared.
 */
@NullMarked
package org.tensorferry.parity;

import org.jspecify.annotations.NullMarked;
