package org.tensorferry.keras;

import io.jhdf.HdfFile;
import io.jhdf.api.Dataset;
import io.jhdf.api.Group;
import io.jhdf.api.Node;
import io.jhdf.api.dataset.ContiguousDataset;
import io.jhdf.object.datatype.DataType;
import io.jhdf.object.datatype.FixedPoint;
import io.jhdf.object.datatype.FloatingPoint;
import io.jhdf.object.datatype.OpaqueDataType;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.tensorferry.error.ExitCode;
import org.tensorferry.error.FerryException;
import org.tensorferry.error.Problem;
import org.tensorferry.tensor.DType;

/**
 * The structure of an HDF5 file: groups, attributes, and where in the file the datasets lie. jHDF
 * reads it; elements are read and replaced by place, without the library.
 *
 * <p><b>Limits.</b> Links to other places or files are refused. So is what no Keras writes: groups
 * 64 deep, a million groups and datasets.
 */
final class Hdf5File {

  private static final int MAX_DEPTH = 64;
  private static final int MAX_NODES = 1_000_000;
  private static final long MAX_ELEMENTS = Long.MAX_VALUE / 16;

  private final Path path;
  private final long begin;
  private final long size;
  private final long base;
  private int nodes;

  private Hdf5File(Path path, long begin, long size, long base) {
    this.path = path;
    this.begin = begin;
    this.size = size;
    this.base = base;
  }

  /**
   * Reads the structure.
   *
   * @param bytes the HDF5 file
   * @param path the file that it is or lies in
   * @param begin where in that file it begins
   * @throws FerryException where it is damaged (UNREADABLE)
   */
  static Hdf5Group read(Hdf5Bytes bytes, Path path, long begin) {
    return guarded(
        path.toString(),
        () -> {
          HdfFile file = bytes.open(path);
          Hdf5File reader = new Hdf5File(path, begin, bytes.size(), file.getUserBlockSize());
          Hdf5Group root = Hdf5Group.empty("", file);
          reader.fill(root, file, 0);
          return root;
        });
  }

  /**
   * The library throws what it likes where a file is damaged: every exception of it, deep recursion
   * and claims of more memory than there is become one problem.
   */
  static <T> T guarded(String place, Supplier<T> reading) {
    try {
      return reading.get();
    } catch (FerryException known) {
      throw known;
    } catch (RuntimeException | StackOverflowError | OutOfMemoryError failure) {
      if (isAboutOpaqueElements(failure)) {
        throw bfloat16(place, failure);
      }
      String message = String.valueOf(failure.getMessage());
      throw damaged(place, message.lines().findFirst().orElse("it can't be followed"), failure);
    }
  }

  /** jHDF stops at opaque elements without a tag, which numpy's bfloat16 becomes in HDF5. */
  private static boolean isAboutOpaqueElements(Throwable failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      for (StackTraceElement call : cause.getStackTrace()) {
        if (call.getClassName().equals(OpaqueDataType.class.getName())) {
          return true;
        }
      }
    }
    return false;
  }

  private static FerryException bfloat16(String place, Throwable cause) {
    Problem problem =
        Problem.of("`" + place + "` has variables of bfloat16.")
            .because("Keras stores them in HDF5 as opaque bytes, which can't be read here")
            .fix(
                "build the model with float32 variables (dtype policy mixed_bfloat16) and save it");
    return new FerryException(ExitCode.UNREADABLE, List.of(problem), cause);
  }

  static FerryException damaged(String place, String why, @Nullable Throwable cause) {
    Problem problem =
        Problem.of("The HDF5 file can't be read.")
            .at("place", "`" + place + "`")
            .because(why)
            .fix("copy the file again in binary mode, or save the model again");
    return new FerryException(ExitCode.UNREADABLE, List.of(problem), cause);
  }

  private void fill(Hdf5Group into, Group group, int depth) {
    if (depth > MAX_DEPTH) {
      throw damaged(into.path(), "its groups are more than " + MAX_DEPTH + " deep", null);
    }
    for (Map.Entry<String, Node> child : group.getChildren().entrySet()) {
      Node node = child.getValue();
      String place = into.path().isEmpty() ? child.getKey() : into.path() + "/" + child.getKey();
      if (++nodes > MAX_NODES) {
        throw damaged(place, "it claims more than " + MAX_NODES + " groups and datasets", null);
      }
      if (node.isLink()) {
        throw damaged(place, "it is a link, which Keras does not write", null);
      }
      if (node instanceof Dataset dataset) {
        into.datasets().put(child.getKey(), dataset(place, dataset));
      } else if (node instanceof Group below) {
        Hdf5Group filled = Hdf5Group.empty(place, node);
        fill(filled, below, depth + 1);
        into.groups().put(child.getKey(), filled);
      }
    }
  }

  private Hdf5Dataset dataset(String place, Dataset dataset) {
    DType type = type(dataset);
    long[] sizes = dataset.getDimensionsAsLong();
    long bytes = bytes(place, type, sizes);
    long address = -1;
    String obstacle = "";
    if (type == null) {
      obstacle = "its elements are " + dataset.getDataType().getClass().getSimpleName();
    } else if (!(dataset instanceof ContiguousDataset contiguous)) {
      obstacle = "it is compressed or stored in pieces";
    } else if (bytes > 0 && contiguous.isEmpty()) {
      obstacle = "the file has no room for its elements";
    } else if (bytes > 0) {
      address = base + contiguous.getDataAddress();
      if (address < 0 || address > size - bytes) {
        throw damaged(
            place, bytes + " bytes at byte " + address + " leave the file `" + path + "`", null);
      }
    }
    long offset = address < 0 ? begin : begin + address;
    long made = Math.max(offset, begin + base + dataset.getAddress());
    return new Hdf5Dataset(place, type, sizes, offset, made, obstacle);
  }

  private static long bytes(String place, @Nullable DType type, long[] sizes) {
    long bytes = type == null ? 0 : type.bytes();
    for (long size : sizes) {
      if (size < 0 || (size > 0 && bytes > MAX_ELEMENTS / size)) {
        throw damaged(place, "its sizes are impossible", null);
      }
      bytes *= size;
    }
    return bytes;
  }

  private static @Nullable DType type(Dataset dataset) {
    DataType type = dataset.getDataType();
    if (type instanceof FloatingPoint real && real.getByteOrder() == ByteOrder.LITTLE_ENDIAN) {
      return switch (real.getSize()) {
        case 2 -> real.getMantissaSize() == 7 ? DType.BFLOAT16 : DType.FLOAT16;
        case 4 -> DType.FLOAT32;
        case 8 -> DType.FLOAT64;
        default -> null;
      };
    }
    if (type instanceof FixedPoint integer && integer.getByteOrder() == ByteOrder.LITTLE_ENDIAN) {
      return integer(integer);
    }
    return null;
  }

  private static @Nullable DType integer(FixedPoint type) {
    return switch (type.getSize()) {
      case 1 -> type.isSigned() ? DType.INT8 : DType.UINT8;
      case 2 -> type.isSigned() ? DType.INT16 : null;
      case 4 -> type.isSigned() ? DType.INT32 : null;
      case 8 -> type.isSigned() ? DType.INT64 : null;
      default -> null;
    };
  }
}
