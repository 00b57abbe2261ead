package org.tensorferry.system;

import com.sun.jna.LastErrorException;
import com.sun.jna.Memory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/**
 * What a child process may do, as far as the platform can hold it to that. On Linux: Landlock for
 * files and TCP, seccomp for other networks and for other processes, limits of memory, file sizes
 * and core dumps, and the first place in line where memory runs out. Elsewhere a child is a process
 * of its own and no more.
 *
 * <p>The restrictions are laid on a thread that does nothing but start the child, which inherits
 * them from its first instruction on; this process keeps its rights.
 *
 * @param run files and directories that may be read and run
 * @param read files and directories that may be read
 * @param write directories where files may be written
 * @param memory bytes of data at most
 * @param fileSize bytes of a written file at most
 */
public record Confinement(
    Set<Path> run, Set<Path> read, Set<Path> write, OptionalLong memory, OptionalLong fileSize) {

  /** May do all that this process may do. */
  public static final Confinement NONE =
      new Confinement(Set.of(), Set.of(), Set.of(), OptionalLong.empty(), OptionalLong.empty());

  /** Where systems keep what every program reads: libraries, time zones, facts of the machine. */
  private static final List<String> SYSTEM =
      List.of("/usr", "/lib", "/lib32", "/lib64", "/etc", "/proc", "/sys", "/dev", "/nix/store");

  public Confinement {
    run = Collections.unmodifiableSet(new LinkedHashSet<>(run));
    read = Collections.unmodifiableSet(new LinkedHashSet<>(read));
    write = Collections.unmodifiableSet(new LinkedHashSet<>(write));
  }

  /** What this platform holds a child to, in words; empty for nothing. */
  public static List<String> held() {
    List<String> held = new ArrayList<>();
    Libc.load()
        .ifPresent(
            libc -> {
              long landlock = Landlock.version(libc);
              if (landlock > 0) {
                held.add("files (Landlock " + landlock + ")");
              }
              if (Seccomp.isKnown()) {
                held.add("network and other processes (seccomp)");
              }
              held.add("memory, file sizes (rlimits)");
            });
    return held;
  }

  /** Starts a process. */
  public Process start(ProcessBuilder builder) throws IOException {
    Optional<Libc> libc = equals(NONE) ? Optional.empty() : Libc.load();
    if (libc.isEmpty()) {
      return builder.start();
    }
    CompletableFuture<Process> started = new CompletableFuture<>();
    Thread starter =
        new Thread(() -> started.completeAsync(() -> start(builder, libc.get()), Runnable::run));
    starter.setName("start a confined process");
    starter.setDaemon(true);
    starter.start();
    try {
      Process process = started.join();
      limit(libc.get(), process.pid());
      return process;
    } catch (CompletionException e) {
      if (e.getCause() instanceof Unstarted unstarted) {
        throw unstarted.reason;
      }
      throw e;
    }
  }

  private static final class Unstarted extends RuntimeException {
    private static final long serialVersionUID = 1L;
    private final IOException reason;

    Unstarted(IOException reason) {
      super(reason);
      this.reason = reason;
    }
  }

  private Process start(ProcessBuilder builder, Libc libc) {
    try {
      if (Landlock.version(libc) > 0) {
        Set<Path> readable = new LinkedHashSet<>(read);
        SYSTEM.forEach(path -> readable.add(Path.of(path)));
        Set<Path> runnable = new LinkedHashSet<>(run);
        runnable.addAll(loaders());
        Landlock.restrict(libc, runnable, readable, write);
      }
      if (Seccomp.isKnown()) {
        Seccomp.restrict(libc);
      }
    } catch (LastErrorException e) {
      // A kernel or a container that forbids to restrict oneself; docs/verify.md says so.
    }
    try {
      return builder.start();
    } catch (IOException e) {
      throw new Unstarted(e);
    }
  }

  /** The dynamic loaders, which start programs. */
  private static List<Path> loaders() {
    List<Path> loaders = new ArrayList<>();
    for (String directory : List.of("/lib64", "/lib")) {
      try (var files = Files.newDirectoryStream(Path.of(directory), "ld-*")) {
        files.forEach(loaders::add);
      } catch (IOException e) {
        // No such directory on this system.
      }
    }
    return loaders;
  }

  /** Limits that can be laid on a process while it runs. */
  private void limit(Libc libc, long pid) {
    setLimit(libc, pid, Libc.RLIMIT_CORE, 0);
    memory.ifPresent(bytes -> setLimit(libc, pid, Libc.RLIMIT_DATA, bytes));
    fileSize.ifPresent(bytes -> setLimit(libc, pid, Libc.RLIMIT_FSIZE, bytes));
    try {
      // Where memory runs out the child goes first.
      Files.writeString(Path.of("/proc/" + pid + "/oom_score_adj"), "1000");
    } catch (IOException e) {
      // The child has ended already.
    }
  }

  private static void setLimit(Libc libc, long pid, int resource, long value) {
    Memory limits = new Memory(16);
    limits.setLong(0, value);
    limits.setLong(8, value);
    try {
      libc.prlimit((int) pid, resource, limits, null);
    } catch (LastErrorException e) {
      // The child has ended already, or has a lower limit.
    }
  }
}
