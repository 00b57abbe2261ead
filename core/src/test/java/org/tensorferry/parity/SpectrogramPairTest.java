package org.tensorferry.parity;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.tensorferry.tensor.DType;
import org.tensorferry.tensor.HostTensor;

/** What a report draws of audio. */
class SpectrogramPairTest {

  private static final int SAMPLES = 4096;

  /** Two channels with tones at these bins of 512. */
  private static HostTensor tones(int first, int second) {
    return HostTensor.generate(
        DType.FLOAT32,
        new long[] {1, 2, SAMPLES},
        i -> Math.sin(2 * Math.PI * (i < SAMPLES ? first : second) * i / 512));
  }

  private static int loudest(SpectrogramPair pair, float[] levels, int frame) {
    int loudest = 0;
    for (int bin = 0; bin < pair.bins(); bin++) {
      if (levels[frame * pair.bins() + bin] > levels[frame * pair.bins() + loudest]) {
        loudest = bin;
      }
    }
    return loudest;
  }

  @Test
  void theChannelThatDiffersIsShownWithWhatDiffers() {
    SpectrogramPair pair = SpectrogramPair.of(tones(20, 60), tones(20, 100)).orElseThrow();
    assertTrue(pair.axes().startsWith("channel 1, 4096 samples"), pair.axes());
    assertEquals(257, pair.bins());
    assertEquals(1 + (SAMPLES - 512) / 128, pair.frames());
    for (int frame : List.of(0, pair.frames() / 2, pair.frames() - 1)) {
      assertEquals(60, loudest(pair, pair.original(), frame));
      assertEquals(100, loudest(pair, pair.result(), frame));
      // The error has both tones.
      assertEquals(0, pair.error()[frame * 257 + 60], 0.1);
      assertEquals(0, pair.error()[frame * 257 + 100], 0.1);
    }
  }

  @Test
  void whatIsEqualHasASilentError() {
    SpectrogramPair pair = SpectrogramPair.of(tones(20, 60), tones(20, 60)).orElseThrow();
    for (float level : pair.error()) {
      assertEquals(SpectrogramPair.FLOOR, level);
    }
  }

  @Test
  void aLongSignalHasAsManyFramesAsAPictureHasRoomFor() {
    HostTensor hour = HostTensor.generate(DType.FLOAT32, new long[] {500_000}, i -> i % 7);
    assertTrue(SpectrogramPair.of(hour, hour).orElseThrow().frames() <= 241);
  }

  @Test
  void spectraAreTakenAsTheyAre() {
    HostTensor mask =
        HostTensor.generate(DType.FLOAT32, new long[] {2, 10, 257}, i -> i % 257 == 3 ? 1 : 0.1);
    SpectrogramPair pair = SpectrogramPair.of(mask, mask).orElseThrow();
    assertEquals(10, pair.frames());
    assertEquals(257, pair.bins());
    assertEquals(3, loudest(pair, pair.original(), 4));
    assertEquals(-20, pair.original()[0], 1e-3);
  }

  @Test
  void whatIsNoAudioHasNone() {
    HostTensor classes = HostTensor.generate(DType.FLOAT32, new long[] {4, 10}, i -> i);
    assertEquals(Optional.empty(), SpectrogramPair.of(classes, classes));
    HostTensor whole = HostTensor.generate(DType.INT64, new long[] {SAMPLES}, i -> i);
    assertEquals(Optional.empty(), SpectrogramPair.of(whole, whole));
  }

  /** Where only a ratio judges, the worst value is still the one that differs. */
  @Test
  void theWorstValueIsToldWithoutALimit() {
    HostTensor one = HostTensor.generate(DType.FLOAT32, new long[] {5}, i -> 1);
    HostTensor other = HostTensor.generate(DType.FLOAT32, new long[] {5}, i -> i == 3 ? 2 : 1);
    OutputComparison compared = Comparer.compare("y", one, other, Tolerance.ratio(60));
    assertEquals(List.of(3L), compared.metrics().orElseThrow().worst().index());
  }
}
