package org.tensorferry.archive;

/**
 * A value of a TorchScript enum.
 *
 * @param className qualified name of the enum
 * @param value what stands behind its name: a Long, Double or String
 */
public record PickledEnum(String className, Object value) {}
