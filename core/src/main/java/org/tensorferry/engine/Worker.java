package org.tensorferry.engine;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.util.List;
import org.tensorferry.error.FerryException;

/**
 * The program of an engine's process: loads one engine and answers calls until the other side
 * closes the socket or ends.
 *
 * <p>A call is a list of a name and the arguments; an answer is a list of one of the words below
 * and what belongs to it.
 */
public final class Worker {

  /** Behind it the value of the call. */
  static final String VALUE = "value";

  /** Behind it what {@link Problems} wrote. */
  static final String PROBLEM = "problem";

  /** Behind it a text: the engine failed in a way that nobody foresaw. */
  static final String FAULT = "fault";

  private Worker() {}

  /** What an engine's process can do. */
  interface Service {

    /** Loads the engine before the first call comes. */
    void load();

    /** Loads all libraries that lie beside the engine's, by which they are unpacked. */
    default void unpack() {
      load();
    }

    Object call(String operation, List<?> arguments);
  }

  /**
   * Runs the process.
   *
   * @param args the engine and the path of the socket; or the engine alone, to unpack its libraries
   */
  public static void main(String[] args) throws IOException {
    Service service =
        switch (EngineKind.valueOf(args[0])) {
          case TORCH -> new TorchService();
          case TENSORFLOW -> new TensorFlowService();
          case ONNX -> new OnnxService();
        };
    if (args.length == 1) {
      service.unpack();
      Runtime.getRuntime().halt(0);
    }
    endWithParent();
    try (SocketChannel socket = SocketChannel.open(UnixDomainSocketAddress.of(args[1]))) {
      DataInputStream in =
          new DataInputStream(new BufferedInputStream(Channels.newInputStream(socket), 1 << 16));
      DataOutputStream out =
          new DataOutputStream(new BufferedOutputStream(Channels.newOutputStream(socket), 1 << 16));
      try {
        service.load();
      } catch (FerryException e) {
        // The first call fails in the same way, and there is somebody to tell it.
      }
      serve(service, in, out);
    } catch (EOFException e) {
      // The other side is done.
    }
    // Engines have threads and finalizers of their own; nothing of them matters any more.
    Runtime.getRuntime().halt(0);
  }

  private static void serve(Service service, DataInputStream in, DataOutputStream out)
      throws IOException {
    while (true) {
      List<?> call = (List<?>) Wire.read(in);
      Wire.write(out, answer(service, (String) call.get(0), (List<?>) call.get(1)));
      out.flush();
    }
  }

  private static List<Object> answer(Service service, String operation, List<?> arguments) {
    try {
      return List.of(VALUE, service.call(operation, arguments));
    } catch (FerryException e) {
      return List.of(PROBLEM, Problems.write(e));
    } catch (RuntimeException | LinkageError | OutOfMemoryError | StackOverflowError e) {
      return List.of(FAULT, String.valueOf(e));
    }
  }

  /** The standard input ends when the process does that started this one, however it ends. */
  private static void endWithParent() {
    InputStream parent = new FileInputStream(FileDescriptor.in);
    Thread watch =
        new Thread(
            () -> {
              try {
                while (parent.read() >= 0) {
                  // Nobody writes here.
                }
              } catch (IOException e) {
                // As good as the end.
              }
              Runtime.getRuntime().halt(1);
            },
            "end with the parent");
    watch.setDaemon(true);
    watch.start();
  }
}
