/** The forms of a report: text, JSON, Markdown, JUnit's XML and a page of HTML. */
@NullMarked
package org.tensorferry.report;

import org.jspecify.annotations.NullMarked;
