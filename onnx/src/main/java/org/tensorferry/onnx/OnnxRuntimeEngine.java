package org.tensorferry.onnx;

import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtLoggingLevel;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.OrtSession.SessionOptions;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.tensorferry.engine.OnnxEngine;
import org.tensorferry.engine.ResultRunner;
import org.tensorferry.error.ExitCode;
import org.tensorferry.error.Problem;

/** ONNX Runtime on the processor. */
public final class OnnxRuntimeEngine implements OnnxEngine {

  /** The library itself and its bridge to Java. */
  private static final List<String> LIBRARIES = List.of("onnxruntime", "onnxruntime4j_jni");

  @Override
  public void unpack(Path folder) throws IOException {
    for (String library : LIBRARIES) {
      String name = System.mapLibraryName(library);
      String resource = "/ai/onnxruntime/native/" + platform() + "/" + name;
      @Nullable InputStream found = OrtEnvironment.class.getResourceAsStream(resource);
      if (found == null) {
        throw new IOException("ONNX Runtime has no library for " + platform());
      }
      try (InputStream bytes = found) {
        Files.copy(bytes, folder.resolve(name));
      }
    }
  }

  /** As ONNX Runtime names the folders of its jar. */
  private static String platform() {
    String system = System.getProperty("os.name", "").toLowerCase(Locale.ROOT);
    String processor = System.getProperty("os.arch", "").toLowerCase(Locale.ROOT);
    String os = system.startsWith("mac") ? "osx" : system.startsWith("win") ? "win" : "linux";
    boolean isArm = processor.equals("aarch64") || processor.equals("arm64");
    return os + (isArm ? "-aarch64" : "-x64");
  }

  @Override
  public void load() {
    // The engine is for files of anybody: it tells nobody what it ran.
    try {
      environment().setTelemetry(false);
    } catch (OrtException e) {
      throw failed(e);
    }
  }

  private static OrtEnvironment environment() {
    try {
      return OrtEnvironment.getEnvironment(OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR);
    } catch (LinkageError e) {
      throw Problem.of("ONNX Runtime can't be loaded")
          .because(String.valueOf(e.getCause() == null ? e : e.getCause()))
          .fix("leave --onnx out on this platform, " + platform())
          .as(ExitCode.USAGE);
    }
  }

  private static RuntimeException failed(OrtException e) {
    return Problem.of("ONNX Runtime can't be set up")
        .because(OnnxModel.reason(e))
        .fix("report this")
        .as(ExitCode.FAULT);
  }

  @Override
  public ResultRunner open(Path file, int threads) {
    OrtEnvironment environment = environment();
    try (SessionOptions options = new SessionOptions()) {
      if (threads > 0) {
        options.setIntraOpNumThreads(threads);
      }
      OrtSession session = environment.createSession(file.toString(), options);
      return OnnxModel.of(file, environment, session);
    } catch (OrtException e) {
      throw Problem.of("ONNX Runtime can't load the .onnx file")
          .at("file", file)
          .because(OnnxModel.reason(e))
          .fix("check that onnxruntime loads it in Python, or export it again")
          .as(ExitCode.UNREADABLE);
    }
  }
}
