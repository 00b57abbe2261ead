package org.tensorferry.cause;

import java.util.List;

/** Short-time Fourier transforms: windows, centring, scale. */
final class Spectra {

  private Spectra() {}

  static void add(CallForm call, List<Variation> all) {
    String size = call.arguments().getOrDefault("win_length", "None");
    String length = size.equals("None") ? call.get("n_fft") : size;
    for (String window : List.of("hann", "hamming", "blackman", "bartlett")) {
      for (String periodic : List.of("True", "False")) {
        way(
            call,
            all,
            "a " + (periodic.equals("True") ? "periodic " : "symmetric ") + window + " window",
            "window",
            "torch." + window + "_window(" + length + ", " + periodic + ")");
      }
    }
    way(call, all, "no window", "window", "torch.ones([" + length + "])");
    String window = call.get("window");
    if (!window.equals("None")) {
      way(call, all, "the root of the window", "window", "torch.sqrt(" + window + ")");
      way(call, all, "the window squared", "window", "torch.mul(" + window + ", " + window + ")");
    }
    boolean isNormal = call.get("normalized").equals("True");
    way(
        call,
        all,
        isNormal ? "no scaling by the root of the size" : "scaling by the root of the size",
        "normalized",
        isNormal ? "False" : "True");
    if (call.takes("center")) {
      boolean isCentred = call.get("center").equals("True");
      way(
          call,
          all,
          isCentred ? "no centring" : "centring",
          "center",
          isCentred ? "False" : "True");
    }
    if (call.takes("pad_mode")) {
      for (String mode : List.of("reflect", "constant", "replicate")) {
        way(call, all, mode + " padding", "pad_mode", "\"" + mode + "\"");
      }
    }
  }

  private static void way(CallForm call, List<Variation> all, String text, String... changes) {
    all.add(new Variation(text, call.picked(call.with(changes))));
  }
}
