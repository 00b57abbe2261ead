/**
 * Models that take one frame and what they remember of the frames before, made from models that
 * take a whole sequence.
 */
@NullMarked
package org.tensorferry.step;

import org.jspecify.annotations.NullMarked;
