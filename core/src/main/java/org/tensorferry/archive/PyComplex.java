package org.tensorferry.archive;

/** A complex number of Python. */
public record PyComplex(double real, double imaginary) {}
