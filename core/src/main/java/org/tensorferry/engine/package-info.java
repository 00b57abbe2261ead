/** The engines that run models: libtorch runs originals, TensorFlow runs SavedModels. */
@NullMarked
package org.tensorferry.engine;

import org.jspecify.annotations.NullMarked;
