package org.tensorferry.exported;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.tensorferry.error.ExitCode;
import org.tensorferry.error.FerryException;
import org.tensorferry.source.TorchModule;
import org.tensorferry.torchscript.syntax.Parser;
import org.tensorferry.torchscript.syntax.Source;

/** What torch exported, as TorchScript; samples/exported/recipe.py made the files. */
class ExportedModelTest {

  private static final Path SAMPLES = Path.of("../samples/exported");

  private static ExportedModel open(String name) {
    return ExportedModel.open(SAMPLES.resolve(name + ".pt2"));
  }

  private static Source source(ExportedModel model) {
    String className = model.torchScript().className();
    return model.source(className.substring(0, className.lastIndexOf('.'))).orElseThrow();
  }

  private static String forward(ExportedModel model) {
    String text = source(model).text();
    return text.substring(text.indexOf("  def forward")).stripTrailing();
  }

  private static TorchModule module(ExportedModel model, String path) {
    return model.modules().stream()
        .filter(module -> module.path().equals(path))
        .findFirst()
        .orElseThrow();
  }

  @ParameterizedTest
  @ValueSource(strings = {"mlp", "old/mlp_2_7", "old/mlp_2_8"})
  void everyLayoutGivesTheSameMethod(String name) {
    try (ExportedModel model = open(name)) {
      assertEquals(
          """
            def forward(self: __torch__.torch.nn.modules.container.Sequential, input: Tensor) -> Tensor:
              v_linear = torch.linear(input, getattr(self, "0").weight, getattr(self, "0").bias)
              v_relu = torch.relu(v_linear)
              v_linear_1 = torch.linear(v_relu, getattr(self, "2").weight, getattr(self, "2").bias)
              return v_linear_1\
          """,
          forward(model));
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "attention",
        "bfloat16_weights",
        "buffer_mutation",
        "cond",
        "constants",
        "conv_bn",
        "core_aten",
        "derived_dim",
        "dynamic_batch_time",
        "gru",
        "half_weights",
        "image_ops",
        "input_mutation",
        "integers",
        "kwargs_and_structures",
        "lstm_bidirectional",
        "sdpa_causal",
        "strided_weights",
        "text_cnn",
        "tied_weights",
        "unbacked",
        "while_loop",
        "old/bfloat16_weights_2_7",
        "old/bfloat16_weights_2_8",
        "old/cond_2_7",
        "old/cond_2_8",
        "old/constants_2_7",
        "old/constants_2_8",
        "old/strided_weights_2_7",
        "old/strided_weights_2_8",
        "old/tied_weights_2_7",
        "old/tied_weights_2_8",
        "old/unbacked_2_7",
        "old/unbacked_2_8"
      })
  void everyProgramIsCodeThatCanBeRead(String name) {
    try (ExportedModel model = open(name)) {
      assertEquals(
          1,
          Parser.parse(source(model)).definitions().stream()
              .filter(definition -> definition.toString().contains("forward"))
              .count());
    }
  }

  @Test
  void autocastIsRefusedByName() {
    FerryException refusal = assertThrows(FerryException.class, () -> open("no_grad_autocast"));
    assertEquals(ExitCode.UNCONVERTIBLE, refusal.exitCode());
    assertTrue(refusal.getMessage().contains("torch.autocast"), refusal.getMessage());
  }

  @ParameterizedTest
  @CsvSource({
    "mlp, 0, torch.nn.modules.linear.Linear",
    "conv_bn, 1, torch.nn.modules.batchnorm.BatchNorm2d",
    "attention, mha, torch.nn.modules.activation.MultiheadAttention",
    "attention, mha.out_proj, torch.nn.modules.linear.NonDynamicallyQuantizableLinear",
    "cond, a, torch.nn.modules.linear.Linear",
    "while_loop, lin, torch.nn.modules.linear.Linear",
    "sdpa_causal, '', __main__.Causal",
    "core_aten, 3, torch.nn.modules.batchnorm.BatchNorm1d"
  })
  void aModuleHasItsPythonClass(String name, String path, String torchClass) {
    try (ExportedModel model = open(name)) {
      assertEquals(torchClass, module(model, path).torchClass());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"tied_weights", "old/tied_weights_2_7", "old/tied_weights_2_8"})
  void aTiedWeightIsOneTensor(String name) {
    try (ExportedModel model = open(name)) {
      assertSame(
          module(model, "embed").tensors().get("weight"),
          module(model, "head").tensors().get("weight"));
    }
  }

  @Test
  void aLineComesFromTheAuthorsPython() {
    try (ExportedModel model = open("sdpa_causal")) {
      Source source = source(model);
      int call = source.text().indexOf("torch.scaled_dot_product_attention");
      assertEquals("recipe.py:110", source.origin(call).orElseThrow());
    }
  }

  @Test
  void literalsOfTheCodeAreConstants() {
    try (ExportedModel model = open("constants")) {
      assertEquals(1, model.constants().size());
      assertTrue(forward(model).contains("torch.lift_fresh_copy(CONSTANTS.c0)"), forward(model));
    }
  }

  @Test
  void partsOfArgumentsAreNamedByTheirKeys() {
    try (ExportedModel model = open("kwargs_and_structures")) {
      assertTrue(
          forward(model)
              .contains("x: Tensor, scale: Tensor, extra_b: Tensor, extra_a_0: Tensor) -> "),
          forward(model));
    }
  }
}
