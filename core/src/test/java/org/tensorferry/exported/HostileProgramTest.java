package org.tensorferry.exported;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.tensorferry.archive.Fixtures.assertUnreadable;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.tensorferry.archive.ZipBytes;
import org.tensorferry.error.FerryException;

/** What is no sound program of torch.export ends with one clear sentence, whatever it is. */
class HostileProgramTest {

  private static final Path SAMPLES = Path.of("../samples/exported");

  private static final String SPEC =
      "[1, {\\\"type\\\": null, \\\"context\\\": null, \\\"children_spec\\\": []}]";

  /** A model that returns its one argument, with a hole for one weight and the nodes. */
  private static final String PROGRAM =
      """
      {'schema_version': {'major': 8, 'minor': 20}, 'graph_module': {
        'graph': {'inputs': [{'as_tensor': {'name': 'w'}}, {'as_tensor': {'name': 'x'}}],
          'outputs': [{'as_tensor': {'name': 'x'}}], 'nodes': [], 'tensor_values': {}},
        'signature': {'input_specs': [
            {'parameter': {'arg': {'name': 'w'}, 'parameter_name': 'lin.weight'}},
            {'user_input': {'arg': {'as_tensor': {'name': 'x'}}}}],
          'output_specs': [{'user_output': {'arg': {'as_tensor': {'name': 'x'}}}}]},
        'module_call_graph': [{'fqn': '', 'signature': {'in_spec': 'SPEC', 'out_spec': 'SPEC',
          'forward_arg_names': ['x']}}]}}
      """;

  private static final String WEIGHTS =
      """
      {'config': {'lin.weight': {'path_name': 'weight_0', 'is_param': true, 'use_pickle': false,
        'tensor_meta': {'dtype': 7, 'sizes': [{'as_int': 2}], 'requires_grad': true,
          'strides': [{'as_int': 1}], 'storage_offset': {'as_int': 0}, 'layout': 7}}}}
      """;

  @TempDir Path folder;

  private static String json(String text) {
    return text.replace('\'', '"').replace("SPEC", SPEC);
  }

  private void open(byte[] bytes) throws IOException {
    ExportedModel.open(Files.write(folder.resolve("x.pt2"), bytes)).close();
  }

  private static ZipBytes archive(String program, String weights) {
    return new ZipBytes()
        .stored("x/data/weights/weight_0", new byte[8])
        .stored("x/data/weights/model_weights_config.json", json(weights))
        .stored("x/models/model.json", json(program))
        .stored("x/archive_format", "pt2");
  }

  @Test
  void theProgramAsItShouldBeOpens() throws IOException {
    open(archive(PROGRAM, WEIGHTS).end());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "'major': 8 | 'major': 9 | schema version 9",
        "'schema_version' | 'schema' | no schema version",
        "'nodes': [] | 'nodes': [{}] | node without a target",
        "{'as_tensor': {'name': 'x'}}], 'nodes' | {'as_tensor': {'name': 'y'}}], 'nodes' | uses `y`",
        "{'as_tensor': {'name': 'x'}}], 'nodes' | {'as_int': 1e99}], 'nodes' | over 64 bits",
        "'lin.weight' | 'lin..weight' | missing",
        "'lin.weight' | 'other' | `other` of the program is missing",
        "'user_output' | 'user_output': {}, 'token' | union with 2 branches",
        "'outputs': [ | 'outputs': [{'as_none': true}, | signature of the program",
        "'graph': { | 'graph': [], 'grph': { | no graph",
      })
  void aBrokenProgramIsToldOf(String from, String to, String text) throws IOException {
    assertTrue(PROGRAM.contains(from), from);
    assertUnreadable(() -> open(archive(PROGRAM.replace(from, to), WEIGHTS).end()), text);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "'as_int': 2 | 'as_int': 3 | reaches element 2",
        "'as_int': 2 | 'as_int': -2 | negative size",
        "'as_int': 2 | 'as_int': 9223372036854775807 | reaches",
        "'as_int': 2 | 'as_float': 2.5 | no number",
        "'storage_offset': {'as_int': 0} | 'storage_offset': {'as_int': 1} | reaches element 2",
        "'strides': [{'as_int': 1}] | 'strides': [] | strides",
        "weight_0 | weight_1 | `data/weights/weight_1` is missing",
        "weight_0 | weight_0/../../x | is missing",
      })
  void aBrokenWeightIsToldOf(String from, String to, String text) throws IOException {
    assertTrue(WEIGHTS.contains(from), from);
    assertUnreadable(() -> open(archive(PROGRAM, WEIGHTS.replace(from, to)).end()), text);
  }

  @Test
  void jsonMayNestOnlySoDeep() {
    String deep = "{'graph_module':" + "[".repeat(100_000);
    assertUnreadable(() -> open(archive(deep, WEIGHTS).end()), "models/model.json");
  }

  @Test
  void jsonMayHoldOnlySoMuch() {
    String wide = "{'graph_module': [" + "[],".repeat(2_500_000) + "[]]}";
    assertUnreadable(() -> open(archive(wide, WEIGHTS).end()), "models/model.json");
  }

  /** Compressed, a thousandth of it; only what was claimed and is allowed is ever unpacked. */
  @Test
  void aRecordMayUnpackToOnlySoMuch() {
    byte[] blanks = new byte[1 << 20];
    Arrays.fill(blanks, (byte) ' ');
    for (long claimed : new long[] {1L << 10, 1L << 30, 1L << 40, -1}) {
      assertUnreadable(
          () ->
              open(
                  new ZipBytes()
                      .claiming("x/models/model.json", blanks, claimed)
                      .stored("x/archive_format", "pt2")
                      .end()),
          "models/model.json");
    }
  }

  @Test
  void moduleNamesMayNestOnlySoDeep() {
    String path = "a.".repeat(5_000) + "weight";
    assertUnreadable(
        () ->
            open(
                archive(PROGRAM.replace("lin.weight", path), WEIGHTS.replace("lin.weight", path))
                    .end()),
        "names the module");
  }

  @Test
  void aPackageOfMachineCodeIsToldOf() {
    assertUnreadable(
        () ->
            open(
                new ZipBytes()
                    .stored("x/archive_format", "pt2")
                    .stored("x/data/aotinductor/model/a.so", new byte[4])
                    .end()),
        "AOTInductor",
        "torch.export.save");
  }

  @Test
  void aFileCutAnywhereIsUnreadable() throws IOException {
    byte[] whole = Files.readAllBytes(SAMPLES.resolve("mlp.pt2"));
    for (int length = 1; length < whole.length; length += 997) {
      byte[] cut = Arrays.copyOf(whole, length);
      assertUnreadable(() -> open(cut));
    }
  }

  /** Whatever byte is wrong, the file opens or is refused; nothing else is thrown. */
  @ParameterizedTest
  @CsvSource({
    "constants",
    "old/constants_2_7",
    "old/constants_2_8",
    "cond",
    "kwargs_and_structures"
  })
  void aFileWithWrongBytesOpensOrIsRefused(String name) throws IOException {
    byte[] whole = Files.readAllBytes(SAMPLES.resolve(name + ".pt2"));
    Random random = new Random(7);
    for (int round = 0; round < 100; round++) {
      byte[] wrong = whole.clone();
      for (int i = 0; i <= round % 4; i++) {
        wrong[random.nextInt(wrong.length)] = (byte) (32 + random.nextInt(96));
      }
      try {
        open(wrong);
      } catch (FerryException told) {
        assertTrue(!told.problems().isEmpty(), new String(wrong, StandardCharsets.ISO_8859_1));
      }
    }
  }
}
