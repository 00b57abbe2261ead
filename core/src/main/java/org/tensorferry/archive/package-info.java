/**
 * Files of PyTorch and NumPy as bytes: zip archives and pickles become named tensors, a tree of
 * objects and source text, and such files are written. Every file is taken for hostile: nothing in
 * it is executed, sizes are checked before memory is taken, and what is wrong is said in one
 * sentence with its place.
 */
@NullMarked
package org.tensorferry.archive;

import org.jspecify.annotations.NullMarked;
