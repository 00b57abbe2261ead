package org.tensorferry.convert;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.tensorferry.error.ExitCode;
import org.tensorferry.error.FerryException;
import org.tensorferry.error.Problem;
import org.tensorferry.recipe.PortedVariable;
import org.tensorferry.source.SourceModel;
import org.tensorferry.source.StateArgument;
import org.tensorferry.tensor.DType;
import org.tensorferry.tensor.HostTensor;
import org.tensorferry.tensor.TensorData;

/** The state of a converted method, found by converting it, as arguments of the method. */
final class StateArguments {

  private StateArguments() {}

  /**
   * All that a call assigns.
   *
   * @param module whose method it is
   * @throws FerryException (unconvertible) where some of it is neither a tensor nor a number
   */
  static List<StateArgument> of(ConvertedModel converted, SourceModel module) {
    Set<String> tensors = new HashSet<>();
    module
        .modules()
        .forEach(each -> each.tensors().keySet().forEach(name -> tensors.add(each.nameOf(name))));
    List<StateArgument> arguments = new ArrayList<>();
    List<Problem> problems = new ArrayList<>();
    for (PortedVariable variable : converted.model().updates().keySet()) {
      String path = variable.sources().get(0);
      TensorData first = variable.data().get(0);
      boolean isNumber = !tensors.contains(path);
      if (first.dtype().isComplex() || (isNumber && !isNumber(path, first))) {
        problems.add(refusal(path));
      } else {
        HostTensor start =
            HostTensor.of(first.dtype(), first.shape(), ByteBuffer.wrap(first.toBytes()));
        arguments.add(new StateArgument(path, isNumber, start));
      }
    }
    if (!problems.isEmpty()) {
      throw new FerryException(ExitCode.UNCONVERTIBLE, problems, null);
    }
    return arguments;
  }

  /** Parts of lists, dicts and what is None at first have numbers for names. */
  private static boolean isNumber(String path, TensorData first) {
    DType dtype = first.dtype();
    return first.rank() == 0
        && (dtype == DType.BOOL || dtype == DType.INT64 || dtype == DType.FLOAT64)
        && path.substring(path.lastIndexOf('.') + 1).matches("[A-Za-z_]\\w*");
  }

  private static Problem refusal(String path) {
    String attribute = path.replaceFirst("\\.\\d+$", "");
    return Problem.of("`" + attribute + "` is kept between calls and can't be an argument")
        .because(
            "it is a list, a dict, None at first, or complex; arguments are tensors and numbers")
        .fix("register a buffer for it in the PyTorch code, or use --state variables");
  }
}
