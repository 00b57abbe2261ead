package org.tensorferry.hostile;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tensorferry.error.FerryException;

/**
 * Programs of torch.export in which one number is another: a size, an axis, a bound of a slice, a
 * dtype. What follows them converts, or answers with a problem of ours; {@code -Dnumbers=100000} is
 * a long run.
 */
class WrongNumbersTest {

  private static final int COUNT = Integer.getInteger("numbers", 150);
  private static final long SEED = Long.getLong("numbers.seed", 1);
  private static final long SLOW_NANOS = 5_000_000_000L;

  private static final Pattern NUMBER = Pattern.compile("(?<=\"as_int\": |\"hint\": )-?\\d+");

  private static final List<String> WRONG =
      List.of(
          "0",
          "-1",
          "2147483647",
          "2147483648",
          "9223372036854775807",
          "-9223372036854775808",
          "4611686018427387904",
          "9223372036854775808",
          "1e308",
          "1.5",
          "\"Infinity\"",
          "3");

  private static final List<String> PROGRAMS =
      List.of(
          "conv_bn",
          "core_aten",
          "derived_dim",
          "gru",
          "image_ops",
          "integers",
          "sdpa_causal",
          "strided_weights",
          "unbacked",
          "while_loop");

  @TempDir Path directory;

  @Test
  void endWithAnAnswerOfOurs() throws IOException {
    Random random = new Random(SEED);
    ThreadMXBean clock = ManagementFactory.getThreadMXBean();
    Path file = directory.resolve("x.pt2");
    List<String> faults = new ArrayList<>();
    int converted = 0;
    for (int i = 0; i < COUNT; i++) {
      String name = PROGRAMS.get(i % PROGRAMS.size());
      Map<String, byte[]> records =
          ZipRecords.read(Files.readAllBytes(Path.of("../../samples/exported", name + ".pt2")));
      String json =
          records.keySet().stream().filter(r -> r.endsWith("models/model.json")).findFirst().get();
      String text = new String(records.get(json), StandardCharsets.UTF_8);
      List<MatchResult> numbers = NUMBER.matcher(text).results().toList();
      MatchResult one = numbers.get(random.nextInt(numbers.size()));
      String wrong = WRONG.get(random.nextInt(WRONG.size()));
      String changed = text.substring(0, one.start()) + wrong + text.substring(one.end());
      records.put(json, changed.getBytes(StandardCharsets.UTF_8));
      Files.write(file, ZipRecords.write(records));
      long begin = clock.getCurrentThreadCpuTime();
      String what = name + " with " + wrong + " at " + one.start();
      try {
        Readers.model(file);
        converted++;
      } catch (FerryException answer) {
        // A sentence with an exit code.
      } catch (Exception | Error fault) {
        faults.add(what + ": " + fault + " " + MutatedFilesTest.place(fault));
      }
      if (clock.getCurrentThreadCpuTime() - begin > SLOW_NANOS) {
        faults.add(what + ": slow");
      }
    }
    assertEquals(List.of(), faults, "of " + COUNT + " with seed " + SEED);
    assertTrue(converted > 0 && converted < COUNT, converted + " converted");
  }
}
