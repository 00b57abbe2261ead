/**
 * The interface for rules: how an ATen operator becomes TensorFlow operators, how a torch layer's
 * weights become TensorFlow variables; and the engine that calls them. Add rules by implementing
 * {@link org.tensorferry.rule.Converters}.
 */
@NullMarked
package org.tensorferry.rule;

import org.jspecify.annotations.NullMarked;
