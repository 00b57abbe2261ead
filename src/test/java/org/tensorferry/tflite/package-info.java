/** What comes out as {@code .tflite} files, run in TensorFlow Lite beside libtorch. */
@NullMarked
package org.tensorferry.tflite;

import org.jspecify.annotations.NullMarked;
