package org.tensorferry.converters.aten;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import org.tensorferry.dim.Dim;
import org.tensorferry.dim.Shape;
import org.tensorferry.rule.AtenRule;
import org.tensorferry.rule.OpArgs;
import org.tensorferry.tensor.DType;
import org.tensorferry.tf.TfGraph;
import org.tensorferry.tf.TfValue;

/** Discrete Fourier transforms: torch.fft. */
final class FourierOps {

  private static final String LINE = "(Tensor self, int? n=None, int dim=-1, str? norm=None)";
  private static final String PLANE =
      "(Tensor self, int[1]? s=None, int[1] dim=[-2, -1], str? norm=None)";
  private static final String SPACE =
      "(Tensor self, int[1]? s=None, int[1]? dim=None, str? norm=None)";
  private static final String OPTIONS =
      "(int n, float d=1., *, ScalarType? dtype=None, Layout? layout=None, Device? device=None,"
          + " bool? pin_memory=None)";

  private FourierOps() {}

  static List<AtenRule> rows() {
    return List.of(
        // core ATen, in which decomposed programs of torch.export call them
        AtenRule.of(
            "_fft_c2c(Tensor self, int[] dim, int normalization, bool forward) -> Tensor",
            FourierOps::coreComplex),
        AtenRule.of(
            "_fft_c2r(Tensor self, int[] dim, int normalization, int last_dim_size) -> Tensor",
            FourierOps::coreToReal),
        AtenRule.of(
            "_fft_r2c(Tensor self, int[] dim, int normalization, bool onesided) -> Tensor",
            FourierOps::coreFromReal),

        // torch.fft
        AtenRule.of("fft_fft" + LINE + " -> Tensor", (a, tf) -> complex(a, tf, true)),
        AtenRule.of("fft_fft2" + PLANE + " -> Tensor", (a, tf) -> complex(a, tf, true)),
        AtenRule.of("fft_fftfreq" + OPTIONS + " -> Tensor", FourierOps::frequencies),
        AtenRule.of("fft_fftn" + SPACE + " -> Tensor", (a, tf) -> complex(a, tf, true)),
        AtenRule.of(
            "fft_fftshift(Tensor self, int[1]? dim=None) -> Tensor",
            (a, tf) -> shift(a, tf, false)),
        AtenRule.of("fft_hfft" + LINE + " -> Tensor", FourierOps::hermitian),
        AtenRule.of("fft_ifft" + LINE + " -> Tensor", (a, tf) -> complex(a, tf, false)),
        AtenRule.of("fft_ifft2" + PLANE + " -> Tensor", (a, tf) -> complex(a, tf, false)),
        AtenRule.of("fft_ifftn" + SPACE + " -> Tensor", (a, tf) -> complex(a, tf, false)),
        AtenRule.of(
            "fft_ifftshift(Tensor self, int[1]? dim=None) -> Tensor",
            (a, tf) -> shift(a, tf, true)),
        AtenRule.of("fft_ihfft" + LINE + " -> Tensor", FourierOps::inverseHermitian),
        AtenRule.of("fft_irfft" + LINE + " -> Tensor", FourierOps::toReal),
        AtenRule.of("fft_irfft2" + PLANE + " -> Tensor", FourierOps::toReal),
        AtenRule.of("fft_irfftn" + SPACE + " -> Tensor", FourierOps::toReal),
        AtenRule.of("fft_rfft" + LINE + " -> Tensor", FourierOps::fromReal),
        AtenRule.of("fft_rfft2" + PLANE + " -> Tensor", FourierOps::fromReal),
        AtenRule.of("fft_rfftfreq" + OPTIONS + " -> Tensor", FourierOps::halfFrequencies),
        AtenRule.of("fft_rfftn" + SPACE + " -> Tensor", FourierOps::fromReal));
  }

  /** The axes of one call in order, with the number of points that each is cropped or padded to. */
  private record Points(int[] axes, List<Dim> counts) {

    /**
     * Reads n or s.
     *
     * @param halved the last axis holds count / 2 + 1 points
     */
    static Points read(OpArgs a, TfValue x, boolean halved) {
      String name = a.has("n") ? "n" : "s";
      List<Dim> given = a.isGiven(name) ? a.dims(name) : List.of();
      int[] axes = axes(a, x, given.size());
      List<Dim> counts = new ArrayList<>();
      for (int i = 0; i < axes.length; i++) {
        Dim size = x.dim(axes[i]);
        boolean half = halved && i == axes.length - 1;
        boolean isGiven = i < given.size() && !given.get(i).is(-1);
        counts.add(isGiven ? given.get(i) : half ? size.minus(1).times(2) : size);
      }
      return new Points(axes, counts);
    }

    /** The whole of each axis in {@code dim}. */
    static Points read(OpArgs a, TfValue x) {
      int[] axes = a.axes("dim", x.rank());
      return new Points(axes, new ArrayList<>(IntStream.of(axes).mapToObj(x::dim).toList()));
    }

    /** Sizes without axes belong to the last axes; an empty list of axes means none. */
    private static int[] axes(OpArgs a, TfValue x, int sizes) {
      if (Axes.isEmptyList(a, "dim")) {
        return new int[0];
      }
      return a.isGiven("dim") || sizes == 0
          ? a.axes("dim", x.rank())
          : IntStream.range(x.rank() - sizes, x.rank()).toArray();
    }

    int last() {
      return axes.length - 1;
    }

    Dim product() {
      return counts.stream().reduce(Dim.ONE, Dim::times);
    }
  }

  static TfValue complex(OpArgs a, TfGraph tf, boolean forward) {
    TfValue x = toComplex(tf, a.operand("self", a.promoteToFloating("self")));
    Points points = Points.read(a, x, false);
    TfValue y = complex(tf, x, points, forward);
    return scaled(a, tf, y, points.product(), forward, !forward);
  }

  /** Forward without a factor; back divided by the number of points. */
  private static TfValue complex(TfGraph tf, TfValue x, Points points, boolean forward) {
    TfValue y = x;
    for (int i = 0; i < points.axes().length; i++) {
      y =
          transform(
              tf, resized(tf, y, points.axes()[i], points.counts().get(i)), points, i, forward);
    }
    return y;
  }

  static TfValue coreComplex(OpArgs a, TfGraph tf) {
    TfValue x = a.tensor("self");
    Points points = Points.read(a, x);
    boolean forward = a.flag("forward");
    return normalized(a, tf, complex(tf, x, points, forward), points, !forward);
  }

  /** All points of the last axis, or those that determine the others. */
  static TfValue coreFromReal(OpArgs a, TfGraph tf) {
    TfValue x = a.tensor("self");
    Points points = Points.read(a, x);
    TfValue y =
        a.flag("onesided") ? fromReal(tf, x, points) : complex(tf, toComplex(tf, x), points, true);
    return normalized(a, tf, y, points, false);
  }

  static TfValue coreToReal(OpArgs a, TfGraph tf) {
    TfValue x = a.tensor("self");
    Points points = Points.read(a, x);
    points.counts().set(points.last(), a.dim("last_dim_size"));
    return normalized(a, tf, toReal(tf, x, points), points, true);
  }

  /** Torch's enum fft_norm_mode (ATen/native/SpectralOpsUtils.h): none, by_root_n, by_n. */
  private static TfValue normalized(
      OpArgs a, TfGraph tf, TfValue x, Points points, boolean divided) {
    int mode = a.integer("normalization");
    if (mode < 0 || mode > 2) {
      throw a.refuse("there is no normalization " + mode, "use 0, 1 or 2");
    }
    return scaled(tf, x, points.product(), -0.5 * mode + (divided ? 1 : 0));
  }

  static TfValue fromReal(OpArgs a, TfGraph tf) {
    TfValue x = a.operand("self", a.promoteToFloating("self"));
    Points points = Points.read(a, x, false);
    return scaled(a, tf, fromReal(tf, x, points), points.product(), true, false);
  }

  private static TfValue fromReal(TfGraph tf, TfValue x, Points points) {
    TfValue y = half(tf, x, points);
    for (int i = 0; i < points.last(); i++) {
      y = transform(tf, resized(tf, y, points.axes()[i], points.counts().get(i)), points, i, true);
    }
    return y;
  }

  static TfValue toReal(OpArgs a, TfGraph tf) {
    TfValue x = toComplex(tf, a.operand("self", a.promoteToFloating("self")));
    Points points = Points.read(a, x, true);
    return scaled(a, tf, toReal(tf, x, points), points.product(), false, true);
  }

  private static TfValue toReal(TfGraph tf, TfValue x, Points points) {
    TfValue y = x;
    for (int i = 0; i < points.last(); i++) {
      y = transform(tf, resized(tf, y, points.axes()[i], points.counts().get(i)), points, i, false);
    }
    return whole(tf, y, points);
  }

  /** The transform of a signal that is symmetric in time: real. */
  static TfValue hermitian(OpArgs a, TfGraph tf) {
    TfValue x = toComplex(tf, a.operand("self", a.promoteToFloating("self")));
    Points points = Points.read(a, x, true);
    return scaled(a, tf, whole(tf, tf.unary("Conj", x), points), points.product(), true, true);
  }

  static TfValue inverseHermitian(OpArgs a, TfGraph tf) {
    TfValue x = a.operand("self", a.promoteToFloating("self"));
    Points points = Points.read(a, x, false);
    TfValue y = tf.unary("Conj", half(tf, x, points));
    return scaled(a, tf, y, points.product(), false, false);
  }

  private static TfValue transform(TfGraph tf, TfValue x, Points points, int i, boolean forward) {
    return Axes.along(tf, x, points.axes()[i], v -> tf.unary(forward ? "FFT" : "IFFT", v));
  }

  private static TfValue half(TfGraph tf, TfValue x, Points points) {
    int axis = points.axes()[points.last()];
    Dim count = points.counts().get(points.last());
    return Axes.along(tf, resized(tf, x, axis, count), axis, v -> realToHalf(tf, v, count));
  }

  private static TfValue whole(TfGraph tf, TfValue x, Points points) {
    int axis = points.axes()[points.last()];
    Dim count = points.counts().get(points.last());
    TfValue resized = resized(tf, x, axis, count.floorDiv(2).plus(1));
    return Axes.along(tf, resized, axis, v -> halfToReal(tf, v, count));
  }

  /** The count / 2 + 1 points that determine the transform of a real last axis. */
  static TfValue realToHalf(TfGraph tf, TfValue x, Dim count) {
    return tf.op("RFFT", x, tf.sizes(Shape.of(count)))
        .attr("Tcomplex", complexOf(x.dtype()))
        .shape(x.shape().with(x.rank() - 1, count.floorDiv(2).plus(1)))
        .get();
  }

  /** Back to a real last axis; divides by count. */
  static TfValue halfToReal(TfGraph tf, TfValue x, Dim count) {
    return tf.op("IRFFT", x, tf.sizes(Shape.of(count)))
        .attr("Treal", realOf(x.dtype()))
        .shape(x.shape().with(x.rank() - 1, count))
        .get();
  }

  /** Zeros appended, or the end cut off. */
  static TfValue resized(TfGraph tf, TfValue x, int axis, Dim count) {
    List<Dim> none = Collections.nCopies(x.rank(), Dim.ZERO);
    List<Dim> after = new ArrayList<>(none);
    after.set(axis, count.minus(x.dim(axis)));
    return new Padding(none, after).constant(tf, x, tf.scalar(x.dtype(), 0));
  }

  static TfValue toComplex(TfGraph tf, TfValue x) {
    return x.dtype().isComplex() ? x : tf.cast(x, complexOf(x.dtype()));
  }

  private static DType complexOf(DType real) {
    return real == DType.FLOAT64 ? DType.COMPLEX128 : DType.COMPLEX64;
  }

  static DType realOf(DType dtype) {
    return dtype == DType.COMPLEX128 || dtype == DType.FLOAT64 ? DType.FLOAT64 : DType.FLOAT32;
  }

  /**
   * What {@code norm} asks for: the number of points to the power of 0, -1/2 or -1.
   *
   * @param divided TensorFlow's operator divided by that number already
   */
  private static TfValue scaled(
      OpArgs a, TfGraph tf, TfValue x, Dim points, boolean forward, boolean divided) {
    String norm = a.isGiven("norm") ? a.text("norm") : "backward";
    double power =
        switch (norm) {
          case "backward" -> forward ? 0 : -1;
          case "forward" -> forward ? -1 : 0;
          case "ortho" -> -0.5;
          default -> throw a.refuse("`norm` is \"" + norm + "\"", "use backward, forward or ortho");
        };
    return scaled(tf, x, points, power + (divided ? 1 : 0));
  }

  /** x times a power of a number of points. */
  static TfValue scaled(TfGraph tf, TfValue x, Dim points, double power) {
    if (power == 0) {
      return x;
    }
    DType real = realOf(x.dtype());
    TfValue factor =
        points.isKnown()
            ? tf.scalar(real, Math.pow((double) points.known(), power))
            : tf.binary("Pow", tf.cast(tf.dim(points), real), tf.scalar(real, power));
    return tf.mul(x, tf.cast(factor, x.dtype()));
  }

  /** Frequency 0 to the middle, or back. */
  static TfValue shift(OpArgs a, TfGraph tf, boolean back) {
    TfValue x = a.tensor("self");
    TfValue shifted = x;
    for (int axis : a.axes("dim", x.rank())) {
      Dim half = (back ? x.dim(axis).plus(1) : x.dim(axis)).floorDiv(2);
      Dim start = x.dim(axis).minus(half);
      TfValue end = tf.slice(shifted, axis, start, half);
      shifted = tf.concat(List.of(end, tf.slice(shifted, axis, Dim.ZERO, start)), axis);
    }
    return shifted;
  }

  /** 0, 1, ..., (n - 1) / 2, -(n / 2), ..., -1, each divided by n d. */
  static TfValue frequencies(OpArgs a, TfGraph tf) {
    int n = Limits.numbers(a, a.integer("n"));
    double unit = 1 / (n * a.number("d"));
    return Constants.vector(tf, dtype(a), n, i -> (i < (n + 1) / 2 ? i : i - n) * unit);
  }

  static TfValue halfFrequencies(OpArgs a, TfGraph tf) {
    int n = Limits.numbers(a, a.integer("n"));
    double unit = 1 / (n * a.number("d"));
    return Constants.vector(tf, dtype(a), n / 2 + 1, i -> i * unit);
  }

  private static DType dtype(OpArgs a) {
    return a.dtype("dtype").orElse(DType.FLOAT32);
  }
}
