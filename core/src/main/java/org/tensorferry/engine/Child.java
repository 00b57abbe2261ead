package org.tensorferry.engine;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.tensorferry.error.ExitCode;
import org.tensorferry.error.FerryException;
import org.tensorferry.error.Problem;
import org.tensorferry.system.Confinement;

/**
 * An engine in a process of its own, asked one thing after another over a socket in a private
 * folder. What the engine prints is kept for messages and reaches no terminal. For one thread.
 */
final class Child implements AutoCloseable {

  /** How long a process may take until its engine is loaded. */
  private static final Duration START = Duration.ofMinutes(5);

  private final EngineKind kind;
  private final Duration timeout;
  private final Process process;
  private final Printed printed;
  private final CompletableFuture<Channel> channel;
  private final ScheduledThreadPoolExecutor clock;
  private final AtomicBoolean late = new AtomicBoolean();

  /** Both ways of the socket. */
  private record Channel(SocketChannel socket, DataInputStream in, DataOutputStream out) {}

  private Child(
      EngineKind kind,
      Duration timeout,
      Process process,
      CompletableFuture<Channel> channel,
      ScheduledThreadPoolExecutor clock) {
    this.kind = kind;
    this.timeout = timeout;
    this.process = process;
    this.printed = Printed.by(process);
    this.channel = channel;
    this.clock = clock;
  }

  /**
   * Starts a process; it loads its engine while this thread goes on.
   *
   * @param folder private, where socket and temporary files lie
   */
  static Child start(
      EngineKind kind, Path natives, Path folder, Confinement confinement, Duration timeout) {
    Path socket = folder.resolve(kind.name().charAt(0) + "");
    ScheduledThreadPoolExecutor clock =
        new ScheduledThreadPoolExecutor(
            1,
            task -> {
              Thread thread = new Thread(task, "limit the time of " + kind);
              thread.setDaemon(true);
              return thread;
            });
    clock.setRemoveOnCancelPolicy(true);
    try {
      ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
      server.bind(UnixDomainSocketAddress.of(socket));
      Process process = confinement.start(JavaCommand.of(kind, natives, folder, socket));
      CompletableFuture<Channel> channel = new CompletableFuture<>();
      Child child = new Child(kind, timeout, process, channel, clock);
      Thread accept = new Thread(() -> child.accept(server), "wait for " + kind);
      accept.setDaemon(true);
      accept.start();
      var unused = process.onExit().thenRun(() -> closeQuietly(server));
      return child;
    } catch (IOException | UnsupportedOperationException e) {
      clock.shutdownNow();
      throw Problem.of(kind + " can't be started in a process of its own")
          .because(String.valueOf(e.getMessage()))
          .fix(
              "let the system property java.io.tmpdir name a directory with a short path that can be"
                  + " written, or let the engines run in this process")
          .as(ExitCode.USAGE);
    }
  }

  private void accept(ServerSocketChannel server) {
    try (server) {
      SocketChannel socket = server.accept();
      channel.complete(
          new Channel(
              socket,
              new DataInputStream(
                  new BufferedInputStream(Channels.newInputStream(socket), 1 << 16)),
              new DataOutputStream(
                  new BufferedOutputStream(Channels.newOutputStream(socket), 1 << 16))));
    } catch (IOException e) {
      channel.completeExceptionally(e);
    }
  }

  private static void closeQuietly(AutoCloseable closeable) {
    try {
      closeable.close();
    } catch (Exception e) {
      // It is closed already.
    }
  }

  /** Asks for a call and waits for its value. */
  Object call(String operation, Object... arguments) {
    ScheduledFuture<?> limit =
        clock.schedule(
            () -> {
              late.set(true);
              process.destroyForcibly();
            },
            channel.isDone() ? timeout.toMillis() : timeout.plus(START).toMillis(),
            TimeUnit.MILLISECONDS);
    try {
      Channel open = channel.join();
      Wire.write(open.out, List.of(operation, List.of(arguments)));
      open.out.flush();
      return value(Wire.read(open.in));
    } catch (CompletionException | EOFException | ClosedChannelException e) {
      throw ended(e);
    } catch (Wire.Garbled e) {
      throw garbled();
    } catch (IOException e) {
      throw ended(e);
    } finally {
      limit.cancel(false);
    }
  }

  private Object value(Object answer) throws Wire.Garbled {
    if (answer instanceof List<?> list && list.size() == 2 && list.get(0) instanceof String kind) {
      Object value = list.get(1);
      if (kind.equals(Worker.VALUE)) {
        return value;
      }
      if (kind.equals(Worker.PROBLEM) && value instanceof Map<?, ?> told) {
        throw Problems.read(told);
      }
      if (kind.equals(Worker.FAULT)) {
        throw problem("failed", String.valueOf(value));
      }
    }
    throw new Wire.Garbled("an answer has no known form");
  }

  /** What to throw where an answer is none to the question. */
  FerryException garbled() {
    process.destroyForcibly();
    return problem("answers with something else than results", "");
  }

  /** Why the process is gone, in a sentence. */
  private FerryException ended(Exception noticed) {
    if (late.get()) {
      return Problem.of(kind + " did not answer within " + timeout.toSeconds() + " s")
          .because("the model runs too long, or for ever; its process was ended")
          .fix("give it more time with --timeout, or smaller inputs")
          .as(ExitCode.UNREADABLE);
    }
    try {
      if (!process.waitFor(5, TimeUnit.SECONDS)) {
        process.destroyForcibly();
        return problem("lost the connection to its process", String.valueOf(noticed));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      process.destroyForcibly();
    }
    // A process that ended by a signal has 128 more than the signal's number.
    int signal = process.isAlive() ? 0 : process.exitValue() - 128;
    return switch (signal) {
      case 9 -> problem("was killed while it ran the model", "most likely because memory ran out");
      case 25 -> problem("wrote more into files than it may", "");
      default -> problem("crashed while it ran the model", printed.reason());
    };
  }

  /** The original's engine is at the mercy of the model; the result's runs what we wrote. */
  private FerryException problem(String what, String why) {
    List<String> reasons = new ArrayList<>();
    reasons.add(why);
    reasons.removeIf(String::isBlank);
    return Problem.of(kind + " " + what)
        .because(String.join("; ", reasons))
        .fix(kind.advice())
        .as(kind.exitCode());
  }

  @Override
  public void close() {
    clock.shutdownNow();
    var unused = channel.thenAccept(open -> closeQuietly(open.socket));
    // It ends by itself when nobody reads from it, but nothing that it does matters any more.
    process.destroyForcibly();
    try {
      process.waitFor();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
