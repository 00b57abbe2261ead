package org.tensorferry.converters.aten;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import org.tensorferry.dim.Dim;
import org.tensorferry.dim.Shape;
import org.tensorferry.rule.AtenRule;
import org.tensorferry.rule.OpArgs;
import org.tensorferry.tensor.DType;
import org.tensorferry.tf.TfGraph;
import org.tensorferry.tf.TfValue;

/** The short-time Fourier transform and its inverse. */
final class SpectrogramOps {

  private static final String FRAMES =
      "Tensor self, int n_fft, int? hop_length=None, int? win_length=None, Tensor? window=None, ";

  private SpectrogramOps() {}

  static List<AtenRule> rows() {
    return List.of(
        AtenRule.of(
            "istft("
                + FRAMES
                + "bool center=True, bool normalized=False, bool? onesided=None, int? length=None,"
                + " bool return_complex=False) -> Tensor",
            SpectrogramOps::inverse),
        AtenRule.of(
            "stft.center("
                + FRAMES
                + "bool center=True, str pad_mode=\"reflect\", bool normalized=False,"
                + " bool? onesided=None, bool? return_complex=None, bool? align_to_window=None) -> Tensor",
            SpectrogramOps::centered),
        AtenRule.of(
            "stft("
                + FRAMES
                + "bool normalized=False, bool? onesided=None, bool? return_complex=None,"
                + " bool? align_to_window=None) -> Tensor",
            (a, tf) -> spectrogram(a, tf, a.tensor("self"))));
  }

  /** How a signal is cut into frames. */
  private record Frames(int size, int hop, TfValue window) {

    static Frames read(OpArgs a, TfGraph tf, DType dtype) {
      int size = a.integer("n_fft");
      int hop = a.isGiven("hop_length") ? a.integer("hop_length") : size / 4;
      int length = a.isGiven("win_length") ? a.integer("win_length") : size;
      TfValue window =
          a.isGiven("window") ? a.operand("window", dtype) : tf.fill(Shape.of(length), dtype, 1);
      int left = (size - length) / 2;
      return new Frames(
          size,
          hop,
          length == size
              ? window
              : tf.pad(window, tf.scalar(dtype, 0), left, size - length - left));
    }

    /** [batch, time] to [batch, frames, size], each frame times the window. */
    TfValue cut(TfGraph tf, TfValue signal) {
      Dim count = signal.dim(1).minus(size).floorDiv(hop).plus(1);
      TfValue starts = tf.mul(tf.range(count, DType.INT32), tf.scalar(DType.INT32, hop));
      TfValue within = tf.range(Dim.of(size), DType.INT32);
      TfValue index = tf.add(tf.expandDims(starts, 1), within);
      return tf.mul(tf.gather(signal, index, 1), window);
    }

    /**
     * [batch, frames, size] to [batch, time]: sums where frames overlap. Each frame is cut into
     * pieces of one hop; piece i of frame f is a part of piece f + i of the signal.
     */
    TfValue overlapAdd(TfGraph tf, TfValue frames) {
      int pieces = (size + hop - 1) / hop;
      TfValue padded = FourierOps.resized(tf, frames, 2, Dim.of((long) pieces * hop));
      TfValue sum = null;
      for (int i = 0; i < pieces; i++) {
        TfValue piece = tf.slice(padded, 2, (long) i * hop, hop);
        TfValue moved = tf.pad(piece, tf.scalar(piece.dtype(), 0), 0, 0, i, pieces - 1 - i, 0, 0);
        sum = sum == null ? moved : tf.add(sum, moved);
      }
      TfValue blocks = Objects.requireNonNull(sum);
      TfValue time = tf.reshape(blocks, frames.dim(0), blocks.dim(1).times(hop));
      return tf.slice(time, 1, Dim.ZERO, length(frames.dim(1)));
    }

    Dim length(Dim count) {
      return count.minus(1).times(hop).plus(size);
    }
  }

  static TfValue centered(OpArgs a, TfGraph tf) {
    TfValue x = a.tensor("self");
    String mode = a.text("pad_mode");
    if (!a.flag("center")) {
      return spectrogram(a, tf, x);
    }
    Padding padding = around(x, Dim.of(a.integer("n_fft") / 2));
    return spectrogram(
        a,
        tf,
        switch (mode) {
          case "reflect" -> padding.reflect(tf, x);
          case "replicate" -> padding.replicate(tf, x);
          case "circular" -> padding.circular(tf, x);
          case "constant" -> padding.constant(tf, x, tf.scalar(x.dtype(), 0));
          default -> throw a.refuse("`pad_mode` is \"" + mode + "\"", "use reflect or constant");
        });
  }

  private static Padding around(TfValue x, Dim amount) {
    List<Dim> amounts = new ArrayList<>(Collections.nCopies(x.rank(), Dim.ZERO));
    amounts.set(x.rank() - 1, amount);
    return new Padding(amounts, amounts);
  }

  /** [batch, time] to [batch, frequency, frame]. */
  private static TfValue spectrogram(OpArgs a, TfGraph tf, TfValue x) {
    if (a.isGiven("align_to_window")) {
      a.mustBe("align_to_window", false, "leave `align_to_window` at its default");
    }
    TfValue signal = x.rank() == 2 ? x : tf.expandDims(x, 0);
    boolean isWindowComplex = a.isGiven("window") && a.tensor("window").dtype().isComplex();
    if (isWindowComplex) {
      signal = FourierOps.toComplex(tf, signal);
    }
    Frames frames = Frames.read(a, tf, signal.dtype());
    boolean onesided = a.isGiven("onesided") ? a.flag("onesided") : !signal.dtype().isComplex();
    TfValue cut = frames.cut(tf, signal);
    TfValue spectrum =
        onesided
            ? FourierOps.realToHalf(tf, cut, Dim.of(frames.size()))
            : tf.unary("FFT", FourierOps.toComplex(tf, cut));
    double power = a.flag("normalized") ? -0.5 : 0;
    spectrum = FourierOps.scaled(tf, spectrum, Dim.of(frames.size()), power);
    TfValue result = tf.transpose(spectrum, 0, 2, 1);
    result = x.rank() == 2 ? result : tf.squeeze(result, 0);
    boolean complex = a.isGiven("return_complex") && a.flag("return_complex");
    return complex ? result : ComplexOps.asReal(tf, result);
  }

  /** [batch, frequency, frame] to [batch, time], divided by what the windows sum to. */
  static TfValue inverse(OpArgs a, TfGraph tf) {
    TfValue x = a.tensor("self");
    TfValue given = x.dtype().isComplex() ? x : ComplexOps.asComplex(tf, x);
    TfValue spectrum = given.rank() == 3 ? given : tf.expandDims(given, 0);
    boolean complex = a.flag("return_complex");
    DType dtype = complex ? spectrum.dtype() : FourierOps.realOf(spectrum.dtype());
    Frames frames = Frames.read(a, tf, dtype);
    TfValue pieces = tf.mul(signals(a, tf, spectrum, frames.size()), frames.window());
    TfValue sum = frames.overlapAdd(tf, pieces);
    Dim count = pieces.dim(1);
    TfValue square = tf.mul(frames.window(), frames.window());
    TfValue squares = tf.broadcastTo(square, Shape.of(Dim.ONE, count, Dim.of(frames.size())));
    TfValue envelope = frames.overlapAdd(tf, squares);
    Dim start = Dim.of(a.flag("center") ? frames.size() / 2 : 0);
    Dim total = frames.length(count);
    Dim wanted = a.isGiven("length") ? a.dim("length") : total.minus(start.times(2));
    Dim kept = wanted.min(total.minus(start));
    TfValue signal = tf.div(tf.slice(sum, 1, start, kept), tf.slice(envelope, 1, start, kept));
    TfValue result = FourierOps.resized(tf, signal, 1, wanted);
    return given.rank() == 3 ? result : tf.squeeze(result, 0);
  }

  /** [batch, frequency, frame] to the frames [batch, frame, time]. */
  private static TfValue signals(OpArgs a, TfGraph tf, TfValue spectrum, int size) {
    TfValue x = tf.transpose(spectrum, 0, 2, 1);
    boolean onesided = a.isGiven("onesided") ? a.flag("onesided") : !spectrum.dim(1).is(size);
    double power = a.flag("normalized") ? 0.5 : 0;
    Dim points = Dim.of(size);
    if (a.flag("return_complex")) {
      return FourierOps.scaled(tf, tf.unary("IFFT", x), points, power);
    }
    TfValue half = onesided ? x : tf.slice(x, 2, 0, size / 2 + 1);
    return FourierOps.scaled(tf, FourierOps.halfToReal(tf, half, points), points, power);
  }
}
