package org.tensorferry.torchscript.syntax;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * Test data that lies beside the tests as text.
 *
 * <p>A file of snippets is a sequence of {@code input}, a line {@code ===>}, and what is expected;
 * snippets are parted by a line {@code ----}, and each begins with a line {@code ## what it shows}.
 */
final class Snippets {

  /** One input and what must come of it. */
  record Snippet(String title, String input, String expected) {}

  private Snippets() {}

  static String resource(String name) {
    try (InputStream stream = Snippets.class.getResourceAsStream(name)) {
      Objects.requireNonNull(stream, name);
      return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static List<Snippet> read(String name) {
    List<Snippet> snippets = new ArrayList<>();
    for (String block : resource(name).split("\n----\n", -1)) {
      int title = block.indexOf('\n');
      int arrow = block.indexOf("\n===>\n");
      if (!block.startsWith("## ") || arrow < title) {
        throw new IllegalStateException(name + " has a malformed snippet: " + block);
      }
      String input = block.substring(title + 1, Math.max(title + 1, arrow + 1));
      String expected = block.substring(arrow + "\n===>\n".length());
      snippets.add(new Snippet(block.substring(3, title), input, expected.strip()));
    }
    return snippets;
  }
}
