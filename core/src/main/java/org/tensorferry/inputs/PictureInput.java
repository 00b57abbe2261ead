package org.tensorferry.inputs;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.stream.ImageInputStream;
import org.tensorferry.dim.Dim;
import org.tensorferry.dim.InputSpec;
import org.tensorferry.error.ExitCode;
import org.tensorferry.error.FerryException;
import org.tensorferry.error.IoReasons;
import org.tensorferry.tensor.HostTensor;

/**
 * A picture as the input of a model, {@code [1, channels, height, width]} or {@code [1, height,
 * width, channels]} (with or without the batch), with 3 channels (red first) or 1 (ITU-R BT.601
 * luma, as Pillow's mode L).
 *
 * <p>Resizing averages over all pixels that a new one covers (a triangle filter, as Pillow's
 * bilinear and torchvision's antialiased one, without rounding in between).
 */
final class PictureInput {

  private static final long MOST_PIXELS = 100_000_000;

  private final Path file;
  private final InputSpec spec;
  private final Preparation preparation;
  private final int channelAxis;
  private final int heightAxis;

  private PictureInput(Path file, InputSpec spec, Preparation preparation) {
    this.file = file;
    this.spec = spec;
    this.preparation = preparation;
    int rank = spec.shape().rank();
    if (rank < 3 || rank > 4) {
      throw misfit("a picture has channels, height and width");
    }
    if (isChannels(rank - 3)) {
      channelAxis = rank - 3;
      heightAxis = rank - 2;
    } else if (isChannels(rank - 1)) {
      channelAxis = rank - 1;
      heightAxis = rank - 3;
    } else {
      throw misfit("no axis has 1 or 3 channels");
    }
  }

  static InputCase read(Path file, InputSpec spec, Preparation preparation) {
    return new PictureInput(file, spec, preparation).read();
  }

  private boolean isChannels(int axis) {
    Dim dim = spec.shape().dim(axis);
    return dim.is(3) || dim.is(1);
  }

  private InputCase read() {
    Planes planes = fitted(Planes.of(decode(), spec.shape().dim(channelAxis).is(1)));
    if (preparation.bgr()) {
      planes = planes.reversed();
    }
    int rank = spec.shape().rank();
    long[] shape = new long[rank];
    Map<String, Long> dims = new TreeMap<>();
    for (int axis = 0; axis < rank; axis++) {
      shape[axis] = size(axis, planes);
      Dim dim = spec.shape().dim(axis);
      if (dim.isKnown() && !dim.is(shape[axis])) {
        throw misfit("axis " + axis + " would be " + shape[axis]);
      }
      if (!dim.isKnown()) {
        dims.put(dim.toString(), shape[axis]);
      }
    }
    return new InputCase(dims, String.valueOf(file.getFileName()), List.of(tensor(planes, shape)));
  }

  private long size(int axis, Planes planes) {
    if (axis == channelAxis) {
      return planes.values().length;
    }
    if (axis == heightAxis) {
      return planes.height();
    }
    return axis == heightAxis + 1 ? planes.width() : 1;
  }

  /** Integers take the pixels as they are, floating types take them prepared. */
  private HostTensor tensor(Planes planes, long[] shape) {
    boolean last = channelAxis > heightAxis;
    int channels = planes.values().length;
    int area = planes.height() * planes.width();
    return HostTensor.generate(
        spec.dtype(),
        shape,
        part -> {
          int channel = last ? part % channels : part / area;
          int pixel = last ? part / channels : part % area;
          float value = planes.values()[channel][pixel];
          return spec.dtype().isFloating() ? prepared(value, channel) : Math.rint(value);
        });
  }

  private double prepared(float pixel, int channel) {
    double value = pixel / preparation.scale();
    return (value - of(preparation.mean(), channel, 0)) / of(preparation.std(), channel, 1);
  }

  private double of(List<Double> values, int channel, double absent) {
    if (values.isEmpty()) {
      return absent;
    }
    if (values.size() != 1 && channel >= values.size()) {
      throw misfit("mean and std have one number, or one for each channel");
    }
    return values.get(values.size() == 1 ? 0 : channel);
  }

  /** Resized and cut as was asked; to the model's fixed size where nothing was. */
  private Planes fitted(Planes planes) {
    Dim height = spec.shape().dim(heightAxis);
    Dim width = spec.shape().dim(heightAxis + 1);
    boolean asked = preparation.resize().isPresent() || preparation.crop().isPresent();
    if (!asked) {
      return planes.resized(
          height.isKnown() ? size(height) : planes.height(),
          width.isKnown() ? size(width) : planes.width());
    }
    if (preparation.resize().isPresent()) {
      double factor =
          (double) preparation.resize().getAsInt() / Math.min(planes.height(), planes.width());
      planes =
          planes.resized(
              (int) Math.max(1, Math.floor(planes.height() * factor)),
              (int) Math.max(1, Math.floor(planes.width() * factor)));
    }
    if (preparation.crop().isPresent()) {
      int side = preparation.crop().getAsInt();
      if (side > Math.min(planes.height(), planes.width())) {
        throw misfit(
            "a square of "
                + side
                + " does not fit into "
                + planes.height()
                + " x "
                + planes.width());
      }
      planes = planes.cropped(side);
    }
    return planes;
  }

  private int size(Dim dim) {
    if (dim.known() > MOST_PIXELS) {
      throw misfit("its side is too long");
    }
    return (int) dim.known();
  }

  private BufferedImage decode() {
    try (InputStream bytes = Files.newInputStream(file);
        ImageInputStream stream = ImageIO.createImageInputStream(bytes)) {
      Iterator<ImageReader> readers = ImageIO.getImageReaders(stream);
      if (!readers.hasNext()) {
        throw RealInputs.problem(file, "it is no picture that Java reads", ExitCode.UNREADABLE);
      }
      ImageReader reader = readers.next();
      try {
        reader.setInput(stream);
        // Checked before pixels are decoded: a small file may say that it is huge.
        if ((long) reader.getWidth(0) * reader.getHeight(0) > MOST_PIXELS) {
          throw RealInputs.problem(
              file, "it has more than " + MOST_PIXELS + " pixels", ExitCode.UNREADABLE);
        }
        return reader.read(0);
      } finally {
        reader.dispose();
      }
    } catch (IOException e) {
      throw RealInputs.problem(file, IoReasons.of(e), ExitCode.UNREADABLE);
    } catch (RuntimeException e) {
      // Readers of pictures throw many kinds where the bytes are damaged.
      if (e instanceof FerryException) {
        throw e;
      }
      throw RealInputs.problem(
          file, "its pixels can't be decoded: " + e.getMessage(), ExitCode.UNREADABLE);
    }
  }

  private FerryException misfit(String why) {
    return RealInputs.problem(file, why + "; the model takes " + spec, ExitCode.USAGE);
  }
}
