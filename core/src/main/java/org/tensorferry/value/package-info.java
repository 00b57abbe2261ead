/**
 * What a model's code computes with while it is converted: real numbers, lists and modules, and
 * tensors that are known by type and shape alone; and how a caller reaches operators.
 */
@NullMarked
package org.tensorferry.value;

import org.jspecify.annotations.NullMarked;
