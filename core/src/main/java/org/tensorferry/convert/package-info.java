/**
 * A conversion: the arguments of a method bound to inputs, the model followed, what it leaves
 * collected as one graph, and that graph arranged; and what can be said of a model before.
 */
@NullMarked
package org.tensorferry.convert;

import org.jspecify.annotations.NullMarked;
