/** Where a written model comes from: the record beside it, written and read. */
@NullMarked
package org.tensorferry.provenance;

import org.jspecify.annotations.NullMarked;
