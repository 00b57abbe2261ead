/** Every row of the layer table: what a torch layer computes, and the variables it becomes. */
@NullMarked
package org.tensorferry.layers;

import org.jspecify.annotations.NullMarked;
