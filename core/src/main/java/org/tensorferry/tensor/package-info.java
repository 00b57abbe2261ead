/**
 * Tensors as data, without any file format or framework: element types, bytes that are read lazily
 * and by part, views of them, and whole tensors in memory.
 */
@NullMarked
package org.tensorferry.tensor;

import org.jspecify.annotations.NullMarked;
