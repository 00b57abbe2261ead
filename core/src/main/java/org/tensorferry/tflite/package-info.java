/**
 * {@code .tflite} files: what is in them, how they are made of SavedModels, and what may be wrong
 * with them. Knows no engine: what needs TensorFlow's libraries is asked of a child process.
 */
@NullMarked
package org.tensorferry.tflite;

import org.jspecify.annotations.NullMarked;
