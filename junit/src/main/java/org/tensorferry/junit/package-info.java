/**
 * Parity as a JUnit 5 test. {@link org.tensorferry.junit.Parity} turns a method into a test that
 * compares a model with its port; {@link
 * org.tensorferry.junit.ParityAssert#assertParity(java.nio.file.Path) assertParity} does the same
 * within a test. Both need the engines on the class path at run time ({@code tensorferry-engines}).
 */
@NullMarked
package org.tensorferry.junit;

import org.jspecify.annotations.NullMarked;
