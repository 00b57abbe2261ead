package org.tensorferry.report;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Base64;
import javax.imageio.ImageIO;

/** Numbers over two axes as a small picture inside of a page. */
final class HeatMap {

  /** From nothing to all, dark to light, so that it reads in grey and in either colour scheme. */
  private static final int[][] COLOURS = {
    {10, 7, 34}, {58, 15, 110}, {140, 41, 129}, {222, 73, 104}, {254, 159, 109}, {252, 253, 191}
  };

  private HeatMap() {}

  /**
   * The picture as the address of an {@code img}.
   *
   * @param values by column, then row from below
   * @param least what is darkest
   * @param most what is lightest
   */
  static String png(float[] values, int columns, int rows, float least, float most) {
    BufferedImage image = new BufferedImage(columns, rows, BufferedImage.TYPE_INT_RGB);
    for (int x = 0; x < columns; x++) {
      for (int y = 0; y < rows; y++) {
        image.setRGB(x, rows - 1 - y, colour((values[x * rows + y] - least) / (most - least)));
      }
    }
    try {
      ByteArrayOutputStream bytes = new ByteArrayOutputStream();
      ImageIO.write(image, "png", bytes);
      return "data:image/png;base64," + Base64.getEncoder().encodeToString(bytes.toByteArray());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static int colour(double share) {
    double place = Math.max(0, Math.min(1, share)) * (COLOURS.length - 1);
    int below = (int) Math.min(place, COLOURS.length - 2);
    int rgb = 0;
    for (int channel = 0; channel < 3; channel++) {
      int from = COLOURS[below][channel];
      int to = COLOURS[below + 1][channel];
      rgb = rgb << 8 | (int) Math.round(from + (place - below) * (to - from));
    }
    return rgb;
  }
}
