/** The command line: one class a command. The only place that prints and that ends the process. */
@NullMarked
package org.tensorferry.cli;

import org.jspecify.annotations.NullMarked;
