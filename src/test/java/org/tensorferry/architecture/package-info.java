/** The architecture as tests: which package may know which, and habits that hold everywhere. */
@NullMarked
package org.tensorferry.architecture;

import org.jspecify.annotations.NullMarked;
