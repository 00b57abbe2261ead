/** Models of sequences, converted for one frame at a time. */
@NullMarked
package org.tensorferry.step;

import org.jspecify.annotations.NullMarked;
