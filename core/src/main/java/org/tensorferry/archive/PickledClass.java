package org.tensorferry.archive;

/**
 * A class that a pickle names. Nothing of it is loaded.
 *
 * @param name qualified, for example {@code __torch__.torch.nn.modules.linear.Linear}
 * @param ofModel true for a class of a TorchScript model's own code, where a call makes an enum's
 *     value; false for a Python class, where a call makes an object that nothing is known of
 */
record PickledClass(String name, boolean ofModel) {}
