package org.tensorferry.harness;

import org.tensorferry.archive.TorchProgram;

/** Models of tests, as TorchScript source text. */
public final class TorchScript {

  private TorchScript() {}

  /**
   * A module of class {@code __torch__.M} with this code; parameters, buffers and submodules can be
   * added, then {@link TorchProgram#write} makes the file.
   *
   * @param source methods, {@code forward} among them; operators may be written as in Python
   */
  public static TorchProgram module(String source) {
    return TorchProgram.ofClass("__torch__.M").code(source);
  }

  /** A module that stands for a torch layer, for example {@code torch.nn.modules.linear.Linear}. */
  public static TorchProgram layer(String torchClass, String source) {
    return TorchProgram.ofClass("__torch__." + torchClass).code(source);
  }
}
