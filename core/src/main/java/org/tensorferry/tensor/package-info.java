/**
 * The vocabulary of numbers, without any file format or framework: element types, shapes with named
 * dynamic dims, and the recipes that reshape weights.
 */
@NullMarked
package org.tensorferry.tensor;

import org.jspecify.annotations.NullMarked;
