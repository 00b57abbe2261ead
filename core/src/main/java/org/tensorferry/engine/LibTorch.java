package org.tensorferry.engine;

import ai.djl.Device;
import ai.djl.engine.Engine;
import ai.djl.engine.EngineException;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.engine.PtSymbolBlock;
import ai.djl.pytorch.jni.IValue;
import ai.djl.pytorch.jni.IValueUtils;
import ai.djl.pytorch.jni.JniUtils;
import ai.djl.util.Platform;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.tensorferry.archive.TorchProgram;
import org.tensorferry.error.ExitCode;
import org.tensorferry.error.Problem;
import org.tensorferry.tensor.DType;
import org.tensorferry.tensor.HostTensor;

/**
 * Tensors across the border to libtorch, for every dtype.
 *
 * <p>DJL's JNI layer knows nine dtypes and ends the process on others, so no dtype crosses it but
 * uint8: a small TorchScript program, run by libtorch itself, makes tensors from bytes and tells
 * the dtype of others.
 */
final class LibTorch implements AutoCloseable {

  private static final String CODE =
      """
      def tensor(self, bytes: Tensor, dtype: int, shape: List[int]) -> Tensor:
        return torch.reshape(torch.view_copy(bytes, dtype=dtype), shape)

      def dtype(self, x: Tensor) -> int:
        return ops.prim.dtype(x)

      def plain(self, x: Tensor) -> Tensor:
        dense = torch.resolve_neg(torch.resolve_conj(torch.detach(x)))
        return torch.contiguous(dense)
      """;

  private final PtNDManager manager;
  private final PtSymbolBlock program;

  private LibTorch(PtNDManager manager, PtSymbolBlock program) {
    this.manager = manager;
    this.program = program;
  }

  /**
   * Loads the engine once for the process, and never from the network.
   *
   * @throws org.tensorferry.error.FerryException (usage) where the native library is not on the
   *     class path
   */
  static LibTorch open() {
    Natives.useHere(EngineKind.TORCH);
    requireNatives();
    PtNDManager manager = (PtNDManager) baseManager();
    byte[] bytes = TorchProgram.ofClass("__torch__.Border").code(CODE).toBytes();
    try {
      PtSymbolBlock program =
          JniUtils.loadModule(manager, new ByteArrayInputStream(bytes), false, false);
      return new LibTorch(manager, program);
    } catch (IOException e) {
      manager.close();
      throw new IllegalStateException("a byte array can always be read", e);
    }
  }

  private static void requireNatives() {
    if (System.getenv("PYTORCH_LIBRARY_PATH") == null
        && System.getProperty("PYTORCH_LIBRARY_PATH") == null
        && Platform.detectPlatform("pytorch").isPlaceholder()) {
      throw Problem.of("libtorch is not on the class path, so the original can't be run")
          .fix(
              "add `ai.djl.pytorch:pytorch-native-cpu` and `ai.djl.pytorch:pytorch-jni` for this platform")
          .as(ExitCode.USAGE);
    }
  }

  private static NDManager baseManager() {
    try {
      return Engine.getEngine("PyTorch").newBaseManager(Device.cpu());
    } catch (EngineException | LinkageError e) {
      Throwable root = e;
      while (root.getCause() != null) {
        root = root.getCause();
      }
      throw Problem.of("libtorch can't be loaded, so the original can't be run")
          .because(root.toString())
          .fix("let the system property tensorferry.natives name a directory that has 1 GB of room")
          .as(ExitCode.USAGE);
    }
  }

  PtNDManager manager() {
    return manager;
  }

  static String version() {
    return Engine.getEngine("PyTorch").getVersion();
  }

  /** A tensor of libtorch with memory of its own. */
  IValue toTorch(HostTensor tensor) {
    ByteBuffer bytes = tensor.bytes();
    ByteBuffer direct = manager.allocateDirect(bytes.remaining());
    direct.put(bytes).flip();
    try (PtNDArray flat = manager.create(direct, new Shape(direct.remaining()), DataType.UINT8);
        IValue data = IValue.from(flat);
        IValue dtype = IValue.from((long) tensor.dtype().torchCode());
        IValue shape = IValue.listFrom(tensor.shape())) {
      return IValueUtils.runMethod(program, "tensor", data, dtype, shape);
    }
  }

  /** Copies a tensor out of libtorch. */
  HostTensor toHost(IValue tensor) {
    long code;
    try (IValue number = IValueUtils.runMethod(program, "dtype", tensor)) {
      code = number.toLong();
    }
    DType dtype =
        DType.ofTorchCode(code)
            .orElseThrow(
                () ->
                    Problem.of("The original returns a tensor of a dtype that can't be compared")
                        .because("its torch scalar type is number " + code)
                        .fix("return a tensor of an ordinary dtype")
                        .as(ExitCode.UNCONVERTIBLE));
    try (IValue plain = IValueUtils.runMethod(program, "plain", tensor);
        PtNDArray array = plain.toTensor(manager)) {
      return HostTensor.of(dtype, array.getShape().getShape(), array.toByteBuffer(false));
    }
  }

  @Override
  public void close() {
    program.close();
    manager.close();
  }
}
