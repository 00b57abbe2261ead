package org.tensorferry.archive;

/**
 * A class that a pickle names. Nothing of it is loaded.
 *
 * @param name qualified, for example {@code __torch__.torch.nn.modules.linear.Linear}
 */
record PickledClass(String name) {}
