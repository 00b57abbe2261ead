/** Forms of reports that several commands share. */
@NullMarked
package org.tensorferry.report;

import org.jspecify.annotations.NullMarked;
