/** Classic mistakes of porting by hand, planted on purpose: verification must find each. */
@NullMarked
package org.tensorferry.faults;

import org.jspecify.annotations.NullMarked;
