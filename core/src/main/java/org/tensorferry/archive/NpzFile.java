package org.tensorferry.archive;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import org.tensorferry.error.ExitCode;
import org.tensorferry.error.FerryException;
import org.tensorferry.error.IoReasons;
import org.tensorferry.error.Problem;
import org.tensorferry.file.ZipWriter;
import org.tensorferry.tensor.HostTensor;

/**
 * Tensors by name in a numpy .npz file: a zip with a record {@code name.npy} for each.
 *
 * <p>Limits: little-endian arrays of numbers and booleans; never Python objects.
 */
public final class NpzFile {

  private static final String SUFFIX = ".npy";

  private NpzFile() {}

  /**
   * Reads all arrays in the order of the file.
   *
   * @throws FerryException (unreadable) where the file is no .npz, is damaged, has arrays of other
   *     kinds, or does not fit into half of the memory
   */
  public static Map<String, HostTensor> read(Path file) {
    Map<String, HostTensor> tensors = new LinkedHashMap<>();
    long left = Runtime.getRuntime().maxMemory() / 2;
    try (ZipFile zip = new ZipFile(file.toFile())) {
      for (ZipEntry entry : (Iterable<ZipEntry>) zip.stream().map(e -> (ZipEntry) e)::iterator) {
        HostTensor tensor = read(file, zip, entry, left);
        left -= tensor.bytes().remaining();
        String name = entry.getName();
        boolean suffixed = name.endsWith(SUFFIX);
        tensors.put(suffixed ? name.substring(0, name.length() - SUFFIX.length()) : name, tensor);
      }
      return tensors;
    } catch (IOException e) {
      throw unreadable(file, "", IoReasons.of(e));
    }
  }

  /**
   * Reads the array of a .npy file.
   *
   * @throws FerryException (unreadable) as {@link #read}
   */
  public static HostTensor readArray(Path file) {
    try (InputStream in = new BufferedInputStream(Files.newInputStream(file))) {
      return read(file, "", in, Runtime.getRuntime().maxMemory() / 2);
    } catch (IOException e) {
      throw unreadable(file, "", IoReasons.of(e));
    }
  }

  private static HostTensor read(Path file, ZipFile zip, ZipEntry entry, long most) {
    try (InputStream in = zip.getInputStream(entry)) {
      return read(file, entry.getName(), in, most);
    } catch (IOException e) {
      throw unreadable(file, entry.getName(), IoReasons.of(e));
    }
  }

  private static HostTensor read(Path file, String name, InputStream in, long most)
      throws IOException {
    NpyHeader header = NpyHeader.read(in);
    long bytes = header.byteSize().orElse(Long.MAX_VALUE);
    if (bytes > Math.min(most, Integer.MAX_VALUE - 8)) {
      throw unreadable(
          file, name, "its array takes " + bytes + " bytes, more than the memory allows");
    }
    byte[] data = in.readNBytes((int) bytes);
    if (data.length < bytes || in.read() >= 0) {
      String count = data.length < bytes ? data.length + "" : "more";
      throw unreadable(file, name, "its shape needs " + bytes + " bytes, and it has " + count);
    }
    return tensor(header, data);
  }

  private static HostTensor tensor(NpyHeader header, byte[] data) {
    long[] shape = header.shape().stream().mapToLong(Long::longValue).toArray();
    byte[] rowMajor =
        header.fortranOrder() ? transposed(data, shape, header.dtype().bytes()) : data;
    return HostTensor.of(header.dtype(), shape, ByteBuffer.wrap(rowMajor));
  }

  /** Fortran order is the row-major order of the shape read backwards. */
  private static byte[] transposed(byte[] data, long[] shape, int bytes) {
    byte[] target = new byte[data.length];
    int rank = shape.length;
    long[] index = new long[rank];
    for (int from = 0; from < data.length; from += bytes) {
      long to = 0;
      for (int axis = 0; axis < rank; axis++) {
        to = to * shape[axis] + index[axis];
      }
      System.arraycopy(data, from, target, (int) to * bytes, bytes);
      for (int axis = 0; axis < rank && ++index[axis] == shape[axis]; axis++) {
        index[axis] = 0;
      }
    }
    return target;
  }

  private static FerryException unreadable(Path file, String entry, String why) {
    Problem problem = Problem.of("The inputs can't be read").at("file", file);
    if (!entry.isEmpty()) {
      problem = problem.at("array", "`" + entry + "`");
    }
    return problem
        .because(why)
        .fix("write it with `numpy.savez(file, name=array, ...)`")
        .as(ExitCode.UNREADABLE);
  }

  /**
   * Writes arrays, not compressed.
   *
   * @throws FerryException (unwritable) where the file can't be written
   * @throws IllegalArgumentException for a dtype that numpy lacks
   */
  public static void write(Path file, Map<String, HostTensor> tensors) {
    try (OutputStream out = Files.newOutputStream(file)) {
      ZipWriter zip = new ZipWriter(out, ZipWriter.TORCH_ALIGNMENT);
      for (Map.Entry<String, HostTensor> tensor : tensors.entrySet()) {
        zip.record(tensor.getKey() + SUFFIX, bytes(tensor.getValue()));
      }
      zip.finish();
    } catch (IOException e) {
      throw Problem.of("The tensors can't be written")
          .at("file", file)
          .because(IoReasons.of(e))
          .fix("choose a place that can be written")
          .as(ExitCode.UNWRITABLE);
    }
  }

  private static byte[] bytes(HostTensor tensor) {
    List<Long> shape = Arrays.stream(tensor.shape()).boxed().toList();
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.writeBytes(new NpyHeader(tensor.dtype(), false, shape).toBytes());
    byte[] data = new byte[tensor.bytes().remaining()];
    tensor.bytes().get(data);
    out.writeBytes(data);
    return out.toByteArray();
  }
}
