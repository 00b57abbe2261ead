package org.tensorferry.system;

import com.sun.jna.Memory;
import com.sun.jna.Native;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A filter of system calls (Documentation/userspace-api/seccomp_filter.rst): sockets of other
 * families than those of the file system, and what reaches into other processes or the kernel, fail
 * with EPERM. It holds for the calling thread and for all that it starts.
 */
final class Seccomp {

  /**
   * What differs between processors.
   *
   * @param architecture AUDIT_ARCH of linux/audit.h
   * @param socket number of the call
   * @param refused numbers of ptrace, process_vm_readv, process_vm_writev, bpf, keyctl, mount,
   *     unshare, setns, perf_event_open, userfaultfd, io_uring_setup
   */
  private record Numbers(int architecture, int socket, int[] refused) {}

  private static final Numbers X86_64 =
      new Numbers(
          0xC000003E, 41, new int[] {101, 310, 311, 321, 250, 165, 272, 308, 298, 323, 425});
  private static final Numbers AARCH64 =
      new Numbers(0xC00000B7, 198, new int[] {117, 270, 271, 280, 219, 40, 97, 268, 241, 282, 425});

  /** Numbers of x86-64 from here on are those of another call convention, x32. */
  private static final int X32 = 0x40000000;

  private static final int LOAD = 0x20;
  private static final int JUMP_IF_EQUAL = 0x15;
  private static final int JUMP_IF_AT_LEAST = 0x35;
  private static final int RETURN = 0x06;
  private static final int ALLOW = 0x7fff0000;
  private static final int FAIL_WITH_EPERM = 0x00050001;
  private static final int AT_NUMBER = 0;
  private static final int AT_ARCHITECTURE = 4;
  private static final int AT_FIRST_ARGUMENT = 16;
  private static final int AF_UNIX = 1;

  /** One instruction of a classic BPF program. */
  private record Instruction(int code, int ifTrue, int ifFalse, int value) {}

  private Seccomp() {}

  private static Optional<Numbers> numbers() {
    return switch (System.getProperty("os.arch", "")) {
      case "amd64", "x86_64" -> Optional.of(X86_64);
      case "aarch64", "arm64" -> Optional.of(AARCH64);
      default -> Optional.empty();
    };
  }

  static boolean isKnown() {
    return numbers().isPresent();
  }

  /** Restricts the calling thread for ever. */
  static void restrict(Libc libc) {
    List<Instruction> program = program(numbers().orElseThrow());
    Memory instructions = new Memory(8L * program.size());
    for (int i = 0; i < program.size(); i++) {
      Instruction instruction = program.get(i);
      instructions.setShort(8L * i, (short) instruction.code);
      instructions.setByte(8L * i + 2, (byte) instruction.ifTrue);
      instructions.setByte(8L * i + 3, (byte) instruction.ifFalse);
      instructions.setInt(8L * i + 4, instruction.value);
    }
    Memory filter = new Memory(2L * Native.POINTER_SIZE);
    filter.clear();
    filter.setShort(0, (short) program.size());
    filter.setPointer(Native.POINTER_SIZE, instructions);
    libc.prctl(Libc.PR_SET_NO_NEW_PRIVS, 1, 0L, 0, 0);
    libc.prctl(Libc.PR_SET_SECCOMP, Libc.SECCOMP_MODE_FILTER, filter, 0, 0);
  }

  private static List<Instruction> program(Numbers numbers) {
    List<Instruction> program = new ArrayList<>();
    program.add(new Instruction(LOAD, 0, 0, AT_ARCHITECTURE));
    program.add(new Instruction(JUMP_IF_EQUAL, 1, 0, numbers.architecture));
    program.add(new Instruction(RETURN, 0, 0, FAIL_WITH_EPERM));
    program.add(new Instruction(LOAD, 0, 0, AT_NUMBER));
    // The rest as pairs of a test and the failure that it guards.
    program.add(new Instruction(JUMP_IF_AT_LEAST, 0, 1, X32));
    program.add(new Instruction(RETURN, 0, 0, FAIL_WITH_EPERM));
    for (int number : numbers.refused) {
      program.add(new Instruction(JUMP_IF_EQUAL, 0, 1, number));
      program.add(new Instruction(RETURN, 0, 0, FAIL_WITH_EPERM));
    }
    program.add(new Instruction(JUMP_IF_EQUAL, 0, 3, numbers.socket));
    program.add(new Instruction(LOAD, 0, 0, AT_FIRST_ARGUMENT));
    program.add(new Instruction(JUMP_IF_EQUAL, 1, 0, AF_UNIX));
    program.add(new Instruction(RETURN, 0, 0, FAIL_WITH_EPERM));
    program.add(new Instruction(RETURN, 0, 0, ALLOW));
    return program;
  }
}
