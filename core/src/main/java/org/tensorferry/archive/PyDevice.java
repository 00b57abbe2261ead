package org.tensorferry.archive;

/**
 * A {@code torch.device}.
 *
 * @param name for example {@code cpu} or {@code cuda:0}
 */
public record PyDevice(String name) {}
