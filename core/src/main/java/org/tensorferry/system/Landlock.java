package org.tensorferry.system;

import com.sun.jna.LastErrorException;
import com.sun.jna.Memory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;

/**
 * Landlock, by which a Linux process without rights takes rights from itself
 * (Documentation/userspace-api/landlock.rst): files below paths that are not named can't be opened,
 * no TCP connection is made, and processes outside get no signal. It holds for the calling thread
 * and for all that it starts.
 */
final class Landlock {

  private static final long CREATE_RULESET = 444;
  private static final long ADD_RULE = 445;
  private static final long RESTRICT_SELF = 446;
  private static final long VERSION = 1;
  private static final long PATH_BENEATH = 1;

  private static final long EXECUTE = 1;
  private static final long WRITE_FILE = 1 << 1;
  private static final long READ_FILE = 1 << 2;
  private static final long READ_DIR = 1 << 3;
  private static final long TRUNCATE = 1 << 14;

  private static final long TCP = 0b11;
  private static final long ABSTRACT_SOCKETS_AND_SIGNALS = 0b11;

  /** Rights that a rule for a file, which is no directory, may name. */
  private static final long OF_FILES = EXECUTE | WRITE_FILE | READ_FILE | TRUNCATE;

  private final Libc libc;
  private final long version;

  private Landlock(Libc libc, long version) {
    this.libc = libc;
    this.version = version;
  }

  /** The version of the running kernel's Landlock, 0 where it has none. */
  static long version(Libc libc) {
    try {
      return libc.syscall(CREATE_RULESET, null, 0L, VERSION);
    } catch (LastErrorException e) {
      return 0;
    }
  }

  /**
   * Restricts the calling thread for ever.
   *
   * @param run files and directories to read and to run
   * @param read files and directories to read
   * @param write directories where everything is allowed
   */
  static void restrict(
      Libc libc, Collection<Path> run, Collection<Path> read, Collection<Path> write) {
    Landlock landlock = new Landlock(libc, version(libc));
    int rules = landlock.ruleset();
    try {
      run.forEach(path -> landlock.allow(rules, path, EXECUTE | READ_FILE | READ_DIR));
      read.forEach(path -> landlock.allow(rules, path, READ_FILE | READ_DIR));
      write.forEach(path -> landlock.allow(rules, path, landlock.all()));
      landlock.allow(rules, Path.of("/dev/null"), READ_FILE | WRITE_FILE);
      libc.prctl(Libc.PR_SET_NO_NEW_PRIVS, 1, 0L, 0, 0);
      libc.syscall(RESTRICT_SELF, (long) rules, 0L);
    } finally {
      libc.close(rules);
    }
  }

  /** All rights to files that this version knows. */
  private long all() {
    int bits = version >= 5 ? 16 : version >= 3 ? 15 : version >= 2 ? 14 : 13;
    return (1L << bits) - 1;
  }

  private int ruleset() {
    Memory attributes = new Memory(24);
    attributes.clear();
    attributes.setLong(0, all());
    attributes.setLong(8, version >= 4 ? TCP : 0);
    attributes.setLong(16, version >= 6 ? ABSTRACT_SOCKETS_AND_SIGNALS : 0);
    long size = version >= 6 ? 24 : version >= 4 ? 16 : 8;
    return (int) libc.syscall(CREATE_RULESET, attributes, size, 0L);
  }

  private void allow(int rules, Path path, long rights) {
    if (!Files.exists(path)) {
      return;
    }
    int descriptor = libc.open(path.toString(), Libc.O_PATH | Libc.O_CLOEXEC);
    try {
      Memory rule = new Memory(16);
      rule.clear();
      rule.setLong(0, (Files.isDirectory(path) ? rights : rights & OF_FILES) & all());
      rule.setInt(8, descriptor);
      libc.syscall(ADD_RULE, (long) rules, PATH_BENEATH, rule, 0L);
    } finally {
      libc.close(descriptor);
    }
  }
}
