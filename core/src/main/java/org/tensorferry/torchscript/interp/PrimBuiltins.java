package org.tensorferry.torchscript.interp;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.tensorferry.dim.Assumptions;
import org.tensorferry.tensor.DType;
import org.tensorferry.value.Value;

/** Questions about the machine and the mode, which have one answer here, and other plumbing. */
final class PrimBuiltins {

  private static final List<String> NEVER =
      List.of(
          "prim::is_cuda",
          "prim::is_xla",
          "prim::is_xpu",
          "prim::is_mps",
          "prim::is_mtia",
          "prim::is_hpu",
          "prim::is_ipu",
          "prim::is_maia",
          "prim::is_ort",
          "prim::is_vulkan",
          "prim::is_sparse",
          "prim::is_sparse_csr",
          "prim::is_mkldnn",
          "prim::is_quantized",
          "prim::is_meta",
          "prim::retains_grad",
          "is_autocast_enabled",
          "is_autocast_cpu_enabled",
          "is_inference",
          "is_conj",
          "is_neg",
          "is_distributed",
          "_get_tracing_state",
          "_is_tracing",
          "prim::AutogradAnyNonZero",
          "prim::AutogradAllNonZero");

  private static final List<String> NOTHING =
      List.of(
          "prim::Print",
          "prim::grad",
          "prim::name",
          "warn",
          "profiler::_record_function_enter",
          "profiler::_record_function_enter_new",
          "profiler::_record_function_exit");

  private final Assumptions assumptions;

  /** Off, as under {@code torch.no_grad()}, until the code switches it. */
  private boolean gradients = false;

  PrimBuiltins(Assumptions assumptions) {
    this.assumptions = assumptions;
  }

  void addTo(Builtins.Table table) {
    NEVER.forEach(name -> table.row(name, a -> Value.of(false)));
    NOTHING.forEach(name -> table.row(name, a -> Value.none()));
    table.row("prim::is_cpu", a -> Value.of(true));
    table.row("is_grad_enabled", this::areGradientsOn);
    table.row("set_grad_enabled", this::setGradients);
    table.row("get_default_dtype", a -> Value.of(DType.FLOAT32.torchCode()));
    table.row("prim::layout", a -> Value.of(0));
    table.row("prim::device", a -> new Value.Device("cpu"));
    table.row("device", a -> new Value.Device(device(a)));
    table.row("prim::type", PrimBuiltins::deviceType);
    table.row("prim::index", a -> a.at(0) instanceof Value.Device ? Value.none() : null);
    table.row("prim::id", a -> Value.of(System.identityHashCode(a.at(0))));
    table.row("hash", a -> Value.of(Text.repr(a.at(0), a.site()).hashCode()));
    table.row("prim::unchecked_unwrap_optional", PrimBuiltins::unwrap);
    table.row("_unwrap_optional", PrimBuiltins::unwrap);
    table.row("prim::RaiseException", PrimBuiltins::raise);
    table.row("prim::NumToTensor", PrimBuiltins::toTensor);
    table.row("_to_tensor", PrimBuiltins::toTensor);
    table.row("wait", a -> a.at(0));
  }

  /**
   * The model is converted as it runs in inference. Torch's own layers ask before they take an
   * operator that has no gradient, for the same result; what other code does with the answer is
   * said.
   */
  private Value areGradientsOn(Arguments a) {
    String place = a.site().place();
    boolean isTorch = place.startsWith("torch/") || place.startsWith("code/__torch__/torch/");
    if (!isTorch && !gradients) {
      assumptions.add("gradients are off, as in torch.no_grad()", place);
    }
    return Value.of(gradients);
  }

  private @Nullable Value setGradients(Arguments a) {
    if (!(a.at(0) instanceof Value.Bool on)) {
      return null;
    }
    gradients = on.value();
    return Value.none();
  }

  private static String device(Arguments a) {
    String name = a.text(0);
    return name == null ? Text.str(a.at(0), a.site()) : name;
  }

  private static @Nullable Value deviceType(Arguments a) {
    return a.at(0) instanceof Value.Device device
        ? Value.of(device.name().replaceAll(":.*", ""))
        : null;
  }

  private static Value unwrap(Arguments a) {
    if (a.at(0) instanceof Value.None) {
      throw Refusal.of(
          a.site(),
          "An optional value is None where the code needs it",
          "the code fails there in torch too",
          "give the model the input that it needs");
    }
    return a.at(0) instanceof Callables.Maybe maybe ? maybe.value() : a.at(0);
  }

  private static Value raise(Arguments a) {
    String kind = a.count() > 1 ? Text.str(a.at(1), a.site()).replace("builtins.", "") + ": " : "";
    throw Refusal.of(
        a.site(),
        "The model's own code refuses its inputs: "
            + kind
            + Text.str(a.optional(0, "msg"), a.site()),
        "it raises this exception for inputs of these shapes, as it would in torch",
        "check the shapes, dtypes and the number of inputs given in --input");
  }

  private static @Nullable Value toTensor(Arguments a) {
    return Numbers.isNumber(a.at(0)) ? ScalarFolding.toTensor(a.at(0)) : null;
  }
}
