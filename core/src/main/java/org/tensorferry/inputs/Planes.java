package org.tensorferry.inputs;

import java.awt.image.BufferedImage;

/**
 * The channels of a picture, each row by row, 0 to 255.
 *
 * @param values one array of {@code height * width} pixels for each channel
 */
@SuppressWarnings("ArrayRecordComponent")
record Planes(int height, int width, float[][] values) {

  /** Red, green and blue, or their luma alone. */
  static Planes of(BufferedImage image, boolean gray) {
    int height = image.getHeight();
    int width = image.getWidth();
    float[][] values = new float[gray ? 1 : 3][height * width];
    int[] row = new int[width];
    for (int y = 0; y < height; y++) {
      image.getRGB(0, y, width, 1, row, 0, width);
      for (int x = 0; x < width; x++) {
        int red = row[x] >> 16 & 0xff;
        int green = row[x] >> 8 & 0xff;
        int blue = row[x] & 0xff;
        if (gray) {
          // Pillow's integer form of 0.299 R + 0.587 G + 0.114 B.
          values[0][y * width + x] = (red * 19595 + green * 38470 + blue * 7471 + 0x8000) >> 16;
        } else {
          values[0][y * width + x] = red;
          values[1][y * width + x] = green;
          values[2][y * width + x] = blue;
        }
      }
    }
    return new Planes(height, width, values);
  }

  Planes reversed() {
    float[][] reversed = new float[values.length][];
    for (int i = 0; i < values.length; i++) {
      reversed[i] = values[values.length - 1 - i];
    }
    return new Planes(height, width, reversed);
  }

  /** The square in the middle; where it can't lie even, the nearer to the upper left. */
  Planes cropped(int side) {
    int top = (int) Math.rint((height - side) / 2.0);
    int left = (int) Math.rint((width - side) / 2.0);
    float[][] cropped = new float[values.length][side * side];
    for (int c = 0; c < values.length; c++) {
      for (int y = 0; y < side; y++) {
        System.arraycopy(values[c], (top + y) * width + left, cropped[c], y * side, side);
      }
    }
    return new Planes(side, side, cropped);
  }

  /** Antialiased bilinear: columns first, then rows. */
  Planes resized(int newHeight, int newWidth) {
    if (newHeight == height && newWidth == width) {
      return this;
    }
    float[][] resized = new float[values.length][];
    for (int c = 0; c < values.length; c++) {
      float[] wide = along(values[c], height, width, newWidth, 1, width, newWidth);
      resized[c] = along(wide, newWidth, height, newHeight, newWidth, 1, 1);
    }
    return new Planes(newHeight, newWidth, resized);
  }

  /**
   * Resizes {@code lines} lines of {@code from} pixels to {@code to} pixels; neighbours on a line
   * are {@code step} apart, lines begin {@code oldPitch} apart and then {@code newPitch}.
   */
  private static float[] along(
      float[] pixels, int lines, int from, int to, int step, int oldPitch, int newPitch) {
    float[] result = new float[lines * to];
    double scale = (double) from / to;
    double reach = Math.max(1, scale);
    for (int i = 0; i < to; i++) {
      double center = (i + 0.5) * scale;
      int first = (int) Math.max(0, Math.floor(center - reach + 0.5));
      int last = (int) Math.min(from, Math.floor(center + reach + 0.5));
      double[] weights = new double[last - first];
      double total = 0;
      for (int j = first; j < last; j++) {
        weights[j - first] = Math.max(0, 1 - Math.abs((j + 0.5 - center) / reach));
        total += weights[j - first];
      }
      for (int line = 0; line < lines; line++) {
        double sum = 0;
        for (int j = first; j < last; j++) {
          sum += weights[j - first] * pixels[line * oldPitch + j * step];
        }
        result[line * newPitch + i * step] = (float) (sum / total);
      }
    }
    return result;
  }
}
