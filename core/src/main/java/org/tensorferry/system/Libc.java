package org.tensorferry.system;

import com.sun.jna.LastErrorException;
import com.sun.jna.Library;
import com.sun.jna.Native;
import com.sun.jna.Pointer;
import java.io.IOException;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The calls of Linux that Java does not have. Every failing call throws its errno. */
interface Libc extends Library {

  int O_PATH = 0x200000;
  int O_CLOEXEC = 0x80000;
  int PR_SET_NO_NEW_PRIVS = 38;
  int PR_SET_SECCOMP = 22;
  int SECCOMP_MODE_FILTER = 2;
  int RLIMIT_FSIZE = 1;
  int RLIMIT_DATA = 2;
  int RLIMIT_CORE = 4;

  long syscall(long number, @Nullable Object... arguments) throws LastErrorException;

  int prctl(int option, long a, Object b, long c, long d) throws LastErrorException;

  int open(String path, int flags) throws LastErrorException;

  int close(int descriptor) throws LastErrorException;

  int renameat2(int fromDirectory, String from, int toDirectory, String to, int flags)
      throws LastErrorException;

  int prlimit(int pid, int resource, Pointer limits, @Nullable Pointer before)
      throws LastErrorException;

  /** How names of files are written, as Java itself writes them. */
  private static String encoding() {
    return System.getProperty("sun.jnu.encoding", "UTF-8");
  }

  /** The library, where this is a Linux that JNA can call into. */
  static Optional<Libc> load() {
    return Loaded.LIBRARY;
  }

  /** The library, once for the process. */
  final class Loaded {

    /** Where JNA unpacks its own library to; else a folder that others may know and prepare. */
    private static final String UNPACKED = "jna.tmpdir";

    private static final Optional<Libc> LIBRARY =
        System.getProperty("os.name", "").equals("Linux") ? load() : Optional.empty();

    private Loaded() {}

    private static Optional<Libc> load() {
      boolean isNamed = System.getProperty(UNPACKED) != null;
      try (PrivateFolder folder = PrivateFolder.temporary()) {
        if (!isNamed) {
          System.setProperty(UNPACKED, folder.path().toString());
        }
        return Optional.of(
            Native.load("c", Libc.class, Map.of(Library.OPTION_STRING_ENCODING, encoding())));
      } catch (IOException | LinkageError e) {
        // JNA has no library for this processor, or may not write one: the platform gives no
        // limits.
        return Optional.empty();
      } finally {
        if (!isNamed) {
          System.clearProperty(UNPACKED);
        }
      }
    }
  }
}
