/** Whether the native engines that verification stands on are there and get along. */
@NullMarked
package org.tensorferry.engine;

import org.jspecify.annotations.NullMarked;
