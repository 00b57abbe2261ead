package org.tensorferry.file;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;

/** SHA-256 of texts, files and directories: equal where all names and all bytes are. */
public final class TreeDigest {

  private final MessageDigest digest = sha256();

  /** Adds a text; two texts are not the same as both in one. */
  public TreeDigest add(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    digest.update((bytes.length + ":").getBytes(StandardCharsets.UTF_8));
    digest.update(bytes);
    return this;
  }

  /** Adds a file, or all files in a directory with their names; a link in one is a name alone. */
  public TreeDigest add(Path root) throws IOException {
    if (!Files.isDirectory(root)) {
      return add(contents(root));
    }
    try (Stream<Path> files = Files.walk(root)) {
      List<Path> sorted = files.sorted().toList();
      for (Path file : sorted) {
        add(root.relativize(file).toString().replace('\\', '/'));
        add(Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS) ? contents(file) : "");
      }
      return this;
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }

  /** Of a file alone, as 64 hexadecimal digits. */
  public static String contents(Path file) throws IOException {
    MessageDigest own = sha256();
    try (InputStream in = new DigestInputStream(Files.newInputStream(file), own)) {
      byte[] buffer = new byte[1 << 18];
      while (in.read(buffer) >= 0) {
        // The stream counts what it gives.
      }
    }
    return HexFormat.of().formatHex(own.digest());
  }

  /** All that was added, as 64 hexadecimal digits; nothing can be added after. */
  public String hex() {
    return HexFormat.of().formatHex(digest.digest());
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }
}
