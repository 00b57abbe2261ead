package org.tensorferry.parity;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import org.tensorferry.tensor.HostTensor;

/** Frames taken out of tensors and put together again. */
final class Sequences {

  private Sequences() {}

  /** One frame of a tensor, with the axis of frames of size 1. */
  static HostTensor frame(HostTensor whole, int axis, int frame) {
    long[] shape = whole.shape();
    int bytes = below(whole, axis);
    int frames = Math.toIntExact(shape[axis]);
    shape[axis] = 1;
    int rows = frames == 0 || bytes == 0 ? 0 : whole.bytes().limit() / bytes / frames;
    ByteBuffer taken = ByteBuffer.allocate(rows * bytes).order(ByteOrder.LITTLE_ENDIAN);
    for (int row = 0; row < rows; row++) {
      taken.put(whole.bytes().slice((row * frames + frame) * bytes, bytes));
    }
    return HostTensor.of(whole.dtype(), shape, taken.flip());
  }

  /** Tensors one behind the other along an axis, all of one shape but for its size. */
  static HostTensor join(List<HostTensor> parts, int axis) {
    HostTensor first = parts.get(0);
    long[] shape = first.shape();
    shape[axis] = parts.stream().mapToLong(part -> part.shape()[axis]).sum();
    int size = parts.stream().mapToInt(part -> part.bytes().limit()).sum();
    int rows = 1;
    for (int i = 0; i < axis; i++) {
      rows *= Math.toIntExact(shape[i]);
    }
    ByteBuffer joined = ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
    for (int row = 0; row < rows; row++) {
      for (HostTensor part : parts) {
        int bytes = part.bytes().limit() / rows;
        joined.put(part.bytes().slice(row * bytes, bytes));
      }
    }
    return HostTensor.of(first.dtype(), shape, joined.flip());
  }

  /** Bytes of one element of an axis. */
  private static int below(HostTensor tensor, int axis) {
    int bytes = tensor.count() == 0 ? 0 : tensor.bytes().limit() / tensor.count();
    for (int i = axis + 1; i < tensor.shape().length; i++) {
      bytes *= Math.toIntExact(tensor.shape()[i]);
    }
    return bytes;
  }
}
