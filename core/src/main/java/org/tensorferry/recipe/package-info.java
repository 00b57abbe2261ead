/** How the values of a variable come from torch's tensors: steps that are data. */
@NullMarked
package org.tensorferry.recipe;

import org.jspecify.annotations.NullMarked;
