/**
 * What the child process does that converts, quantises and runs {@code .tflite} files: the only
 * place that calls TensorFlow's converter and the TensorFlow Lite runtime. Both can end the process
 * or hang, which is why they have one of their own.
 */
@NullMarked
package org.tensorferry.tflite.child;

import org.jspecify.annotations.NullMarked;
