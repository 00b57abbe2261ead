package org.tensorferry.source;

/**
 * An operator in a model's code.
 *
 * @param name namespace and name without overload, {@code aten::conv2d}
 * @param count how often code that is reached once names it; a loop counts once
 * @param isLanguage true where it is computed for some arguments while the model is followed, as
 *     two integers are added; such a name needs a rule only where tensors reach it
 * @param modulePath the module whose code names it first
 * @param place line of the author's Python, or of the archive's code
 */
public record OperatorUse(
    String name, long count, boolean isLanguage, String modulePath, String place) {}
