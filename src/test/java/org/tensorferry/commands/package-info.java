/** The commands as users meet them: what they print, how they end, what they leave behind. */
@NullMarked
package org.tensorferry.commands;

import org.jspecify.annotations.NullMarked;
