package org.tensorferry.port;

import java.util.ArrayList;
import java.util.List;
import org.tensorferry.keras.TargetVariable;

/**
 * Names the dense layers that may stand behind a Flatten: torch flattens [channels, height, width],
 * Keras [height, width, channels], so that rows of the kernel have another order. Told from sizes:
 * a Dense right behind a layer of C channels that takes a multiple of C.
 */
final class FlattenCheck {

  private FlattenCheck() {}

  static List<String> notices(List<TargetSlot> slots, Matching matching) {
    List<String> notices = new ArrayList<>();
    long channels = 0;
    for (TargetSlot slot : slots) {
      TargetVariable kernel = slot.variables().get(0);
      int rank = kernel.shape().rank();
      boolean isDense = rank == 2 && slot.forms().get(0).get(0).attributes().contains("weight");
      boolean isEmbedding = slot.layer().kerasClass().equals("Embedding");
      String kind = slot.layer().kerasClass();
      boolean isConvolution = kind.contains("Conv") || (kind.isEmpty() && rank >= 4);
      if (rank >= 3 && isConvolution) {
        channels = kernel.shape().dim(kind.contains("Transpose") ? -2 : -1).known();
      } else if (rank >= 3) {
        channels = 0;
      } else if (isDense && !isEmbedding) {
        long in = kernel.shape().dim(0).known();
        if (channels > 1
            && in > channels
            && in % channels == 0
            && matching.pairs().containsKey(slot)) {
          notices.add(
              "Layer `"
                  + slot.path()
                  + "` takes "
                  + in
                  + " = "
                  + channels
                  + " x "
                  + in / channels
                  + " values behind a layer of "
                  + channels
                  + " channels. If a Flatten stands between, torch's order is channels first and"
                  + " Keras' channels last: state `"
                  + kernel.path()
                  + "` in the map file with the recipe `reshape["
                  + kernel.shape().dim(1)
                  + ", "
                  + channels
                  + ", height, width], transpose[2, 3, 1, 0], reshape["
                  + in
                  + ", "
                  + kernel.shape().dim(1)
                  + "]`.");
        }
        channels = 0;
      } else if (rank == 2) {
        channels = 0;
      }
    }
    return notices;
  }
}
