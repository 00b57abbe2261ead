/**
 * The TensorFlow graph under construction: checked operators, shape inference over dynamic dims,
 * names and provenance. Needs no native library; TensorFlow judges the written result.
 */
@NullMarked
package org.tensorferry.tf;

import org.jspecify.annotations.NullMarked;
