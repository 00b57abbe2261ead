package org.tensorferry.torchscript.interp;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.tensorferry.dim.Dim;
import org.tensorferry.dim.Shape;
import org.tensorferry.tensor.DType;
import org.tensorferry.torchscript.interp.Slot.OfTensor;
import org.tensorferry.value.Regions;

/** What a place has to be able to hold that is seen with another value again and again. */
final class Widening {

  private final Regions regions;

  Widening(Regions regions) {
    this.regions = regions;
  }

  /**
   * What holds both, the known slot itself where it does; a size that changes once is never known
   * again.
   */
  Slot of(Slot known, Slot seen) {
    if (known instanceof OfTensor a && seen instanceof OfTensor b && a.dtype() == b.dtype()) {
      Shape shape = shape(a.shape(), b.shape());
      return shape.equals(a.shape()) ? known : new OfTensor(a.dtype(), shape);
    }
    if (known instanceof Slot.OfGrowing a
        && seen instanceof Slot.OfGrowing b
        && a.dtype() == b.dtype()) {
      Shape shape = shape(a.shape(), b.shape());
      return shape.equals(a.shape()) ? known : new Slot.OfGrowing(a.dtype(), shape);
    }
    if (known instanceof Slot.Of a && seen instanceof Slot.Of b) {
      Optional<List<Slot>> elements = all(a.elements(), b.elements());
      return elements.isEmpty()
          ? seen
          : elements.get().equals(a.elements()) ? known : new Slot.Of(elements.get(), a.like());
    }
    if (known instanceof Slot.OfDict a
        && seen instanceof Slot.OfDict b
        && a.keys().equals(b.keys())) {
      List<Slot> values = all(a.values(), b.values()).orElseThrow();
      return values.equals(a.values()) ? known : new Slot.OfDict(a.keys(), values);
    }
    if (known instanceof Slot.OfObject a
        && seen instanceof Slot.OfObject b
        && a.names().equals(b.names())) {
      List<Slot> values = all(a.values(), b.values()).orElseThrow();
      return values.equals(a.values())
          ? known
          : new Slot.OfObject(a.className(), a.names(), values);
    }
    if (known instanceof Slot.OfOptional a) {
      Slot value = seen instanceof Slot.OfOptional b ? b.value() : seen;
      Slot wider = of(a.value(), value);
      return wider instanceof Slot.Torn
          ? wider
          : wider.equals(a.value()) ? known : new Slot.OfOptional(wider);
    }
    if (known instanceof Slot.OfNumber a && seen instanceof Slot.OfNumber b) {
      return number(a, b);
    }
    return seen instanceof Slot.Known ? known : seen;
  }

  private Optional<List<Slot>> all(List<Slot> known, List<Slot> seen) {
    if (known.size() != seen.size()) {
      return Optional.empty();
    }
    List<Slot> wider = new ArrayList<>();
    for (int i = 0; i < known.size(); i++) {
      wider.add(of(known.get(i), seen.get(i)));
    }
    return Optional.of(wider);
  }

  /** An int whose least value sinks once may sink for ever. */
  private static Slot number(Slot.OfNumber known, Slot.OfNumber seen) {
    if (known.dtype() != seen.dtype()) {
      return new Slot.OfNumber(DType.FLOAT64, 0);
    }
    return known.least() <= seen.least()
        ? known
        : new Slot.OfNumber(known.dtype(), Integer.MIN_VALUE);
  }

  private Shape shape(Shape known, Shape seen) {
    if (known.rank() != seen.rank()) {
      return seen;
    }
    List<Dim> dims = new ArrayList<>();
    for (int axis = 0; axis < known.rank(); axis++) {
      boolean stays =
          !regions.isKnownHere(known.dim(axis)) || known.dim(axis).equals(seen.dim(axis));
      dims.add(stays ? known.dim(axis) : regions.freshSize());
    }
    return new Shape(dims);
  }
}
