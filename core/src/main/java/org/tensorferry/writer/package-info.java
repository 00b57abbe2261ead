/** How finished graphs become files: what every form of a written model has in common. */
@NullMarked
package org.tensorferry.writer;

import org.jspecify.annotations.NullMarked;
