/**
 * The result on disk: the SavedModel directory with its object graph, the checkpoint that holds the
 * variables (a TensorBundle, written and read here), and the promise that a directory appears whole
 * or not at all.
 */
@NullMarked
package org.tensorferry.savedmodel;

import org.jspecify.annotations.NullMarked;
