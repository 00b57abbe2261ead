/** Both engines side by side: what a verification finds, skips and refuses. */
@NullMarked
package org.tensorferry.verification;

import org.jspecify.annotations.NullMarked;
