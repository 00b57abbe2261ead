/**
 * The installation as a user starts it: the shell script, the class archive, and Javas that don't
 * fit.
 */
@NullMarked
package org.tensorferry.launcher;

import org.jspecify.annotations.NullMarked;
