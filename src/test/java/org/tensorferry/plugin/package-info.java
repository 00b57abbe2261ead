/** Rules of users, as the documentation shows them. */
@NullMarked
package org.tensorferry.plugin;

import org.jspecify.annotations.NullMarked;
