/**
 * The result on disk: the SavedModel directory with its object graph, the checkpoint that holds the
 * variables (a TensorBundle, written and read here), and the record of the conversion beside them.
 */
@NullMarked
package org.tensorferry.savedmodel;

import org.jspecify.annotations.NullMarked;
