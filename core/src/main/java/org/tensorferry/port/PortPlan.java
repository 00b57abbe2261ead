package org.tensorferry.port;

import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.tensorferry.dim.Shape;
import org.tensorferry.error.Problem;
import org.tensorferry.keras.Changes;
import org.tensorferry.keras.TargetLayer;
import org.tensorferry.keras.TargetVariable;
import org.tensorferry.recipe.Recipe;
import org.tensorferry.tensor.DType;

/**
 * What a port will do, before it does it. Every tensor of the torch file is in {@link #assigned} or
 * {@link #left}, every variable of the target in {@link #assigned} or {@link #kept}; where one
 * should not be, {@link #faults} says so.
 *
 * @param torch the torch file and what was taken off its names
 * @param target the target and its format
 * @param assigned variables that get new values, in the target's order
 * @param left torch tensors that nothing takes, in the file's order
 * @param kept variables that keep their values, in the target's order
 * @param settings numbers in the target's configuration that a port changes
 * @param notices what the user should know and what was assumed; no reason to stop
 * @param differences settings of both sides that differ and stand in no variable, as sentences:
 *     what is suspected where outputs differ
 * @param untested what holds only if the original is as torch's defaults are, or was not compared;
 *     running both models decides it
 * @param faults what must be solved before the mapping is whole; empty where it is
 * @param unproven why nothing may be written though the mapping is whole: neither model is run, and
 *     the user accepted no port without proof
 */
public record PortPlan(
    Torch torch,
    Target target,
    List<Assigned> assigned,
    List<Left> left,
    List<Kept> kept,
    List<Correction> settings,
    List<String> notices,
    List<String> differences,
    Untested untested,
    List<Fault> faults,
    Optional<Fault> unproven) {

  public PortPlan {
    assigned = List.copyOf(assigned);
    left = List.copyOf(left);
    kept = List.copyOf(kept);
    settings = List.copyOf(settings);
    notices = List.copyOf(notices);
    differences = List.copyOf(differences);
    faults = List.copyOf(faults);
  }

  /**
   * The torch side.
   *
   * @param path the file
   * @param wrapper the keys around the tensors' names that were taken off: {@code state_dict.}; or
   *     empty
   * @param prefix the start of all names that was taken off: {@code module.}; or empty
   * @param tensors how many tensors the file has
   */
  public record Torch(String path, String wrapper, String prefix, int tensors) {}

  /**
   * The TensorFlow side.
   *
   * @param path the file or directory
   * @param format as it follows "`x` is": {@code a Keras 3 model}
   * @param variables how many variables the target has
   */
  public record Target(String path, String format, int variables) {}

  /** A torch tensor as it is in the file, under its name there less wrapper and prefix. */
  public record Source(String name, DType dtype, Shape shape) {
    @Override
    public String toString() {
      return name + " " + shape;
    }
  }

  /**
   * A variable that gets a new value.
   *
   * @param slot the layer or the part of it that a map file names; empty where it names the
   *     variable
   * @param unit path of the torch module, as a map file names it; empty where it names tensors
   * @param sources the tensors, in the recipe's order
   * @param recipe makes the variable from the sources
   * @param notes what to know of this one: {@code float16 widened to float32}
   */
  public record Assigned(
      TargetLayer layer,
      TargetVariable variable,
      String slot,
      String unit,
      List<Source> sources,
      Recipe recipe,
      Evidence evidence,
      List<String> notes) {

    public Assigned {
      sources = List.copyOf(sources);
      notes = List.copyOf(notes);
    }

    /** As reports print it: {@code fc1.weight [128,257] → fc1/kernel [257,128] (transpose)}. */
    public String provenance() {
      return sources.stream().map(Source::toString).collect(Collectors.joining(" + "))
          + " → "
          + variable.path()
          + " "
          + variable.shape()
          + " ("
          + recipe
          + ")";
    }
  }

  /**
   * A torch tensor that goes nowhere.
   *
   * @param reason why, as it follows "left because"
   * @param isAllowed false where it is also a fault
   */
  public record Left(Source source, String reason, boolean isAllowed) {}

  /**
   * A variable that keeps its value.
   *
   * @param isAllowed false where it is also a fault
   */
  public record Kept(
      TargetLayer layer, TargetVariable variable, String reason, boolean isAllowed) {}

  /**
   * What no file tells, so that a plan without fault may still be wrong in it.
   *
   * @param defaults settings of the target that are torch's defaults, where torch's file doesn't
   *     tell its own: {@code epsilon 1e-5 of 3 layers}
   * @param uncompared what was not compared at all: {@code strides ... of 2 convolutions}
   */
  public record Untested(List<String> defaults, List<String> uncompared) {
    public Untested {
      defaults = List.copyOf(defaults);
      uncompared = List.copyOf(uncompared);
    }

    /** One or two sentences for a user whose models were not run. */
    public String text() {
      String all = "Not compared: " + String.join("; ", uncompared) + ".";
      return defaults.isEmpty()
          ? all
          : "Right only where the original has torch's defaults, which its file doesn't tell: "
              + String.join("; ", defaults)
              + ". "
              + all;
    }
  }

  /** A number in a layer's configuration that becomes another, and why. */
  public record Correction(Changes.Setting setting, double was, String reason) {}

  /** What kind of fault, for programs that read a plan. */
  public enum Kind {
    /** Several units fit a layer and nothing decides between them. */
    AMBIGUOUS,
    /** A variable of the target gets no value. */
    MISSING,
    /** A torch tensor is used by nothing. */
    UNUSED,
    /** The map file, or a name given as allowed, names what is not there or doesn't fit. */
    MAP,
    /** A layer can't hold torch's weights, such as a GRU without {@code reset_after}. */
    UNSUPPORTED,
    /** Both sides compute with different settings, such as epsilon. */
    SETTING,
    /** Values that no working model has, or that the variable's type can't hold. */
    VALUES,
    /** Neither model is run, and no file tells what both compute with. */
    UNPROVEN
  }

  /**
   * One thing to solve.
   *
   * @param problem for the user: what, where, why, and the entry of the map file to write
   * @param layer path of the target's layer, or empty
   * @param candidates paths of the torch units that could fill it, most likely first
   */
  public record Fault(Kind kind, Problem problem, String layer, List<String> candidates) {
    public Fault {
      candidates = List.copyOf(candidates);
    }
  }

  /** True where everything found its place. */
  public boolean isComplete() {
    return faults.isEmpty();
  }

  /** All that stands in the way of writing: the faults, and the lack of proof. */
  public List<Fault> obstacles() {
    return Stream.concat(faults.stream(), unproven.stream()).toList();
  }
}
