/** The committed sample models, converted and verified as the README says. */
@NullMarked
package org.tensorferry.samples;

import org.jspecify.annotations.NullMarked;
