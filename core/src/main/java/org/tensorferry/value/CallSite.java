package org.tensorferry.value;

/**
 * Where an operator is called.
 *
 * @param modulePath dotted path of the module whose code runs, empty for the root
 * @param moduleClass qualified class of that module
 * @param place line of the author's Python, {@code net.py:12}, or, where the archive does not say,
 *     of its own code, {@code code/__torch__/net.py:12}
 */
public record CallSite(String modulePath, String moduleClass, String place) {}
