/**
 * What Java lacks of the operating system: processes that may do little, folders that are this
 * user's alone, and trees of files that are exchanged at once, written through to the disk, and
 * deleted.
 */
@NullMarked
package org.tensorferry.system;

import org.jspecify.annotations.NullMarked;
