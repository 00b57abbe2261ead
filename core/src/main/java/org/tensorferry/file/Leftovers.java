package org.tensorferry.file;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.CRC32;
import org.jspecify.annotations.Nullable;
import org.tensorferry.system.FileTrees;

/**
 * What a killed process left beside an output. Temporary names tell whose they are: {@code
 * .<name>.tensorferry-<system>-<process>-<random>}, and {@code -replaced} for an old output that a
 * new one was to replace.
 */
final class Leftovers {

  private static final String REPLACED = "-replaced";
  private static final String DISCARDED = "-discarded";

  /** After this time a process on a system that is not this one is taken for dead. */
  private static final Duration LONGEST_RUN = Duration.ofDays(2);

  /** Behind it the ends of checkpoints' files. */
  private static final Pattern NAME =
      Pattern.compile(
          "\\.tensorferry-([0-9a-f]{8})-([0-9]{1,18})-[0-9a-f]{8}(-replaced|-discarded)?(.*)");

  private Leftovers() {}

  /** A temporary name for an output, which nobody else has. */
  static Path newName(Path target) {
    String random = HexFormat.of().toHexDigits(ThreadLocalRandom.current().nextInt());
    return target.resolveSibling(
        prefix(target)
            + ".tensorferry-"
            + system()
            + "-"
            + ProcessHandle.current().pid()
            + "-"
            + random);
  }

  /** The name for what an output under a temporary name replaces. */
  static Path replaced(Path temporary) {
    return temporary.resolveSibling(temporary.getFileName() + REPLACED);
  }

  /** The name for an output that is being deleted. */
  static Path discarded(Path temporary) {
    return temporary.resolveSibling(temporary.getFileName() + DISCARDED);
  }

  private static String prefix(Path target) {
    return "." + target.getFileName();
  }

  /** Tells systems apart between which numbers of processes mean nothing. */
  private static String system() {
    CRC32 sum = new CRC32();
    for (String fact : List.of("/proc/sys/kernel/random/boot_id", "/proc/self/ns/pid")) {
      Path file = Path.of(fact);
      try {
        String text =
            Files.isSymbolicLink(file)
                ? Files.readSymbolicLink(file).toString()
                : Files.readString(file);
        sum.update(text.getBytes(StandardCharsets.UTF_8));
      } catch (IOException e) {
        // No Linux: numbers of processes are those of the machine.
      }
    }
    return HexFormat.of().toHexDigits((int) sum.getValue());
  }

  /**
   * Brings back an output that a killed process had moved aside where no new one has come, and
   * deletes the rest of what dead processes left beside the place.
   */
  static void clear(Path target) {
    Path parent = target.getParent();
    if (parent == null || !Files.isDirectory(parent)) {
      return;
    }
    List<Path> found = new ArrayList<>();
    try (DirectoryStream<Path> siblings =
        Files.newDirectoryStream(
            parent, path -> isLeftover(String.valueOf(path.getFileName()), path, target))) {
      siblings.forEach(found::add);
    } catch (IOException e) {
      return;
    }
    for (Path left : found) {
      try {
        Path place = formerPlace(left, target);
        if (place != null && !Files.exists(place, LinkOption.NOFOLLOW_LINKS)) {
          Files.move(left, place);
        } else {
          FileTrees.delete(left);
        }
      } catch (IOException e) {
        // It stays for the next run.
      }
    }
  }

  private static boolean isLeftover(String name, Path path, Path target) {
    Matcher matcher = matcher(name, target);
    if (matcher == null) {
      return false;
    }
    if (matcher.group(1).equals(system())) {
      return ProcessHandle.of(Long.parseLong(matcher.group(2))).isEmpty();
    }
    try {
      Instant changed = Files.getLastModifiedTime(path, LinkOption.NOFOLLOW_LINKS).toInstant();
      return changed.isBefore(Instant.now().minus(LONGEST_RUN));
    } catch (IOException e) {
      return false;
    }
  }

  private static @Nullable Matcher matcher(String name, Path target) {
    String prefix = prefix(target);
    if (!name.startsWith(prefix)) {
      return null;
    }
    Matcher matcher = NAME.matcher(name.substring(prefix.length()));
    return matcher.matches() ? matcher : null;
  }

  /** Where something stood that was moved aside; null for all else. */
  private static @Nullable Path formerPlace(Path left, Path target) {
    Matcher matcher = matcher(String.valueOf(left.getFileName()), target);
    return matcher != null && REPLACED.equals(matcher.group(3))
        ? target.resolveSibling(target.getFileName() + matcher.group(4))
        : null;
  }
}
