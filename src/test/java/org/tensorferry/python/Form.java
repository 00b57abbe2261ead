package org.tensorferry.python;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.tensorferry.archive.TorchProgram;
import org.tensorferry.harness.TorchScript;
import org.tensorferry.tensor.DType;
import org.tensorferry.tensor.HostTensor;

/**
 * A small module: expressions over {@code x}, each an output. {@code f32[8,4,3]} in one is a
 * parameter of its own, {@code buffer[8]} a buffer of positive numbers.
 *
 * @param input dtype and dims of x, as {@code float32[batch=2,8,h=9,w=10]}
 */
record Form(String name, String input, List<String> expressions) {

  private static final Pattern TENSOR = Pattern.compile("(f16|f32|f64|buffer)\\[([\\d,]+)]");

  TorchProgram program() {
    List<HostTensor> tensors = new ArrayList<>();
    List<Boolean> trained = new ArrayList<>();
    Random random = new Random(name.hashCode());
    StringBuilder code = new StringBuilder("def forward(self, x: Tensor) -> List[Tensor]:\n");
    List<String> results = new ArrayList<>();
    for (String expression : expressions) {
      Matcher matcher = TENSOR.matcher(expression);
      String line =
          matcher.replaceAll(
              found -> {
                tensors.add(tensor(found.group(1), found.group(2), random));
                trained.add(!found.group(1).equals("buffer"));
                return "self.t" + (tensors.size() - 1);
              });
      results.add("y" + results.size());
      code.append("  y").append(results.size() - 1).append(" = ").append(line).append('\n');
    }
    code.append("  return [").append(String.join(", ", results)).append("]\n");
    TorchProgram program = TorchScript.module(code.toString());
    for (int i = 0; i < tensors.size(); i++) {
      program =
          trained.get(i)
              ? program.parameter("t" + i, tensors.get(i))
              : program.buffer("t" + i, tensors.get(i));
    }
    return program;
  }

  /**
   * False where TensorFlow's own kernels fail at an empty batch (docs/tensorflow-faults.md):
   * convolutions by oneDNN give a wrong height and width, resizing refuses it.
   */
  boolean takesNoBatch() {
    return !name.startsWith("conv") && !name.equals("resizing");
  }

  private static HostTensor tensor(String kind, String sizes, Random random) {
    String[] texts = sizes.split(",", -1);
    long[] shape = new long[texts.length];
    long fan = 1;
    for (int i = 0; i < shape.length; i++) {
      shape[i] = Long.parseLong(texts[i]);
      fan *= i == 0 ? 1 : shape[i];
    }
    double scale = 1 / Math.sqrt((double) fan);
    DType dtype =
        kind.equals("f16") ? DType.FLOAT16 : kind.equals("f64") ? DType.FLOAT64 : DType.FLOAT32;
    return kind.equals("buffer")
        ? HostTensor.generate(dtype, shape, i -> 0.5 + random.nextDouble())
        : HostTensor.generate(dtype, shape, i -> scale * random.nextGaussian());
  }

  @Override
  public String toString() {
    return name;
  }
}
