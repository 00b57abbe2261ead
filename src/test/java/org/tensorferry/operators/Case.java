package org.tensorferry.operators;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.tensorferry.archive.TorchProgram;
import org.tensorferry.harness.TorchScript;
import org.tensorferry.tensor.HostTensor;

/** One program with its inputs and what is expected of it. */
final class Case {

  private static final String NAMES = "xyzwv";

  private final String source;
  private final List<Input> inputs;
  private final List<UnaryOperator<TorchProgram>> parts = new ArrayList<>();
  private String name;
  private String refusal = "";
  private boolean dynamic = true;
  private boolean refusedDims = false;
  private double tolerance = 2e-6;
  private @Nullable Function<List<HostTensor>, HostTensor> reference;

  Case(String name, String source, List<Input> inputs) {
    this.name = name;
    this.source = source;
    this.inputs = List.copyOf(inputs);
  }

  /** A forward that returns one expression over x, y, z, w, v. */
  static Case expression(String expression, List<Input> inputs) {
    StringBuilder arguments = new StringBuilder("self");
    for (int i = 0; i < inputs.size(); i++) {
      arguments.append(", ").append(NAMES.charAt(i)).append(": Tensor");
    }
    String source = "def forward(" + arguments + ") -> Tensor:\n  return " + expression + "\n";
    StringBuilder name = new StringBuilder(expression);
    inputs.forEach(
        input -> name.append(' ').append(input.dtype()).append(Arrays.toString(input.shape())));
    return new Case(name.toString(), source, inputs);
  }

  Case named(String newName) {
    name = newName;
    return this;
  }

  /** Relative and absolute tolerance, instead of 2e-6; half types have their own. */
  Case tolerance(double newTolerance) {
    tolerance = newTolerance;
    return this;
  }

  /** Not tried with dynamic dims. */
  Case staticOnly(String reason) {
    if (reason.isBlank()) {
      throw new IllegalArgumentException("say why " + name + " is for fixed sizes only");
    }
    dynamic = false;
    return this;
  }

  Case parameter(String parameter, Input value) {
    HostTensor tensor = value.tensor(value.shape(), new Random(parameter.hashCode()));
    parts.add(program -> program.parameter(parameter, tensor));
    return this;
  }

  Case buffer(String buffer, Input value) {
    HostTensor tensor = value.tensor(value.shape(), new Random(buffer.hashCode()));
    parts.add(program -> program.buffer(buffer, tensor));
    return this;
  }

  /** Anything else of the program: submodules, attributes, named tuples, the operator version. */
  Case with(UnaryOperator<TorchProgram> part) {
    parts.add(part);
    return this;
  }

  /** Computes what libtorch can't, having no such operator: the only output from the inputs. */
  Case by(Function<List<HostTensor>, HostTensor> newReference) {
    reference = newReference;
    return this;
  }

  @Nullable Function<List<HostTensor>, HostTensor> reference() {
    return reference;
  }

  Case refused(String reason) {
    refusal = reason;
    return this;
  }

  /** The refusal concerns dynamic dims only. */
  Case whenDynamic() {
    refusedDims = true;
    return this;
  }

  boolean isRefusedWhenDynamic() {
    return refusedDims;
  }

  String name() {
    return name;
  }

  List<Input> inputs() {
    return inputs;
  }

  String refusal() {
    return refusal;
  }

  boolean isDynamic() {
    return dynamic && refusal.isEmpty();
  }

  double tolerance() {
    return tolerance;
  }

  TorchProgram program() {
    TorchProgram program = TorchScript.module(source);
    for (UnaryOperator<TorchProgram> part : parts) {
      program = part.apply(program);
    }
    return program;
  }
}
