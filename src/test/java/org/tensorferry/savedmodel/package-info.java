/** What is written is loaded and run by TensorFlow itself. */
@NullMarked
package org.tensorferry.savedmodel;

import org.jspecify.annotations.NullMarked;
