package org.tensorferry.keras;

import java.util.Arrays;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.tensorferry.dim.Shape;
import org.tensorferry.error.ExitCode;
import org.tensorferry.error.Problem;
import org.tensorferry.tensor.DType;

/**
 * A dataset of an HDF5 file.
 *
 * @param path in the file: {@code layers/dense/vars/0}
 * @param dtype type of the elements, null where Tensorferry has none such
 * @param sizes of the axes
 * @param offset where the elements begin, counted from the file's begin
 * @param made grows with every dataset that was written later to the file
 * @param obstacle why the elements do not lie in one piece, row-major and little endian, in the
 *     file, as it follows "because"; empty where they do
 */
record Hdf5Dataset(
    String path, @Nullable DType dtype, long[] sizes, long offset, long made, String obstacle) {

  /** What the user sees of it. */
  TargetVariable variable(String shownPath, String name) {
    DType type = dtype;
    if (type == null || !obstacle.isEmpty()) {
      throw Problem.of("The dataset `" + path + "` can't be replaced in place.")
          .because(obstacle)
          .fix("load the model in Keras and save it again, which writes plain datasets")
          .as(ExitCode.UNREADABLE);
    }
    return new TargetVariable(shownPath, name, type, Shape.of(sizes));
  }

  long bytes() {
    long bytes = dtype == null ? 0 : dtype.bytes();
    for (long size : sizes) {
      bytes = Math.multiplyExact(bytes, size);
    }
    return bytes;
  }

  @Override
  public String toString() {
    return path
        + Arrays.stream(sizes).mapToObj(Long::toString).collect(Collectors.joining(",", "[", "]"));
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Hdf5Dataset dataset && dataset.path.equals(path);
  }

  @Override
  public int hashCode() {
    return path.hashCode();
  }
}
