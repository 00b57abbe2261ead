package org.tensorferry.port;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.tensorferry.keras.TargetVariable;
import org.tensorferry.port.TorchUnit.Part;
import org.tensorferry.rule.PortRule.Fill;

/**
 * Whether a unit fits a slot: every variable finds its tensors in the exact shapes, and every
 * tensor its variable, save what the user allowed.
 */
final class Fit {

  private final Globs missing;
  private final Globs unused;
  private final boolean zeroBias;

  /**
   * What may be left over.
   *
   * @param zeroBias true where a bias may be zero that torch's module lacks, which computes the
   *     same
   */
  Fit(Globs missing, Globs unused, boolean zeroBias) {
    this.zeroBias = zeroBias;
    this.missing = missing;
    this.unused = unused;
  }

  /** The fills of the form that a unit fits, or null; several forms that differ are ambiguous. */
  @Nullable List<Fill> fills(TargetSlot slot, TorchUnit unit) {
    List<List<Fill>> fitting = fitting(slot, unit);
    return fitting.isEmpty() ? null : fitting.get(0);
  }

  /** All forms that a unit fits, each without what may stay missing. */
  List<List<Fill>> fitting(TargetSlot slot, TorchUnit unit) {
    return slot.forms().stream()
        .filter(form -> shapesAgree(form, unit) && misfits(slot, form, unit).isEmpty())
        .map(form -> form.stream().filter(fill -> has(unit, fill)).toList())
        .filter(fills -> !fills.isEmpty())
        .distinct()
        .toList();
  }

  /** A quick first look: most pairs differ here. */
  private static boolean shapesAgree(List<Fill> form, TorchUnit unit) {
    for (Fill fill : form) {
      for (String attribute : fill.attributes()) {
        Part part = unit.attributes().get(attribute);
        if (part != null && !part.shape().equals(fill.shape())) {
          return false;
        }
      }
    }
    return true;
  }

  boolean fits(TargetSlot slot, TorchUnit unit) {
    return !fitting(slot, unit).isEmpty();
  }

  private static boolean has(TorchUnit unit, Fill fill) {
    return fill.attributes().stream().allMatch(unit.attributes()::containsKey);
  }

  /** Why a unit doesn't fit the form that it comes nearest to. */
  List<String> misfits(TargetSlot slot, TorchUnit unit) {
    return slot.forms().stream()
        .map(form -> misfits(slot, form, unit))
        .min(Comparator.comparingInt(List::size))
        .orElse(List.of());
  }

  private List<String> misfits(TargetSlot slot, List<Fill> form, TorchUnit unit) {
    List<String> misfits = new ArrayList<>();
    Set<String> used = new HashSet<>();
    for (Fill fill : form) {
      used.addAll(fill.attributes());
      TargetVariable variable = slot.variable(fill);
      if (!has(unit, fill)) {
        boolean isAllowed =
            fill.attributes().stream().noneMatch(unit.attributes()::containsKey)
                && (mayMiss(slot, variable) || becomesZero(fill));
        if (!isAllowed) {
          misfits.add(lacks(unit, fill, variable));
        }
        continue;
      }
      for (String attribute : fill.attributes()) {
        Part part = Objects.requireNonNull(unit.attributes().get(attribute));
        if (!part.shape().equals(fill.shape())) {
          misfits.add(wrongShape(slot, fill, attribute, part));
        }
      }
    }
    unit.attributes()
        .forEach(
            (attribute, part) -> {
              if (!used.contains(attribute) && !part.names().stream().allMatch(unused::matches)) {
                misfits.add(
                    "`" + unit.path() + "` has `" + attribute + "`, the layer nothing for it");
              }
            });
    return misfits;
  }

  /** True where a variable becomes zero if torch's module has nothing for it. */
  boolean becomesZero(Fill fill) {
    return zeroBias && fill.attributes().stream().allMatch(name -> name.startsWith("bias"));
  }

  boolean mayMiss(TargetSlot slot, TargetVariable variable) {
    return missing.matches(
        variable.path(), slot.path(), slot.layer().path() + "/" + variable.name());
  }

  private static String lacks(TorchUnit unit, Fill fill, TargetVariable variable) {
    String wanted = String.join("` and `", fill.attributes());
    return "`" + unit.path() + "` has no `" + wanted + "` for `" + variable.path() + "`";
  }

  private static String wrongShape(TargetSlot slot, Fill fill, String attribute, Part part) {
    TargetVariable variable = slot.variable(fill);
    String shapes =
        "`"
            + attribute
            + "` is "
            + TorchUnit.shape(part.shape())
            + ", `"
            + variable.path()
            + "` "
            + variable.shape()
            + " takes "
            + TorchUnit.shape(fill.shape());
    boolean isRecurrent = attribute.equals("weight_hh") && part.shape().size() == 2;
    if (isRecurrent && part.shape().get(1) > 0 && fill.shape().get(1) > 0) {
      long has = part.shape().get(0) / part.shape().get(1);
      long takes = fill.shape().get(0) / fill.shape().get(1);
      if (has != takes) {
        return shapes + ": " + gates(has) + " in torch, " + gates(takes) + " in the layer";
      }
    }
    return shapes;
  }

  private static String gates(long gates) {
    if (gates == 4) {
      return "the 4 gates of an LSTM";
    }
    return gates == 3 ? "the 3 gates of a GRU" : gates + " gate(s) of a plain RNN";
  }
}
