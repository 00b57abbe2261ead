/**
 * A model reduced to what tells its layers apart: which layer's weights are used where, and how
 * results meet between them. Two models of one architecture have the same flow, whoever wrote them
 * and whatever the layers are called.
 */
@NullMarked
package org.tensorferry.flow;

import org.jspecify.annotations.NullMarked;
