package org.tensorferry.operators;

import java.util.Arrays;
import java.util.List;
import org.tensorferry.archive.TorchProgram;
import org.tensorferry.harness.TorchScript;

/** Attention as one operator. */
final class AttentionOpsTest extends OperatorTest {

  @Override
  protected void cases(Cases c) {
    flash(c);
    nested(c);
    scaledDotProduct(c);
    nativeAttention(c);
    encoderLayer(c);
    c.op("torch._masked_softmax(x, y, -1, 2)", f32(2, 3, 4, 4), bool(2, 3, 4, 4));
    c.op("torch._masked_softmax(x, y, -1, 0)", f32(2, 3, 4, 4), bool(4, 4));
    c.op("torch._masked_softmax(x, y, -1, 1)", f32(2, 3, 4, 4), bool(2, 4));
  }

  /** Rows of 2, 0, 4 and 1 elements. */
  private static void nested(Cases c) {
    Input x = f32(4, 4, 6);
    Input mask = bool(4, 4).values(1, 1, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 0, 0, 0);
    Input holes = bool(4, 4).values(0, 1, 0, 0, 1, 0, 1, 0, 1, 1, 1, 0, 0, 1, 1, 0);
    String nested = "torch._nested_tensor_from_mask(x, y, False)";
    c.op("torch.to_padded_tensor(" + nested + ", 0., torch.size(x))", x, mask);
    c.op("torch.to_padded_tensor(" + nested + ", 1.5, [4, 4, 6])", x, mask);
    c.op("torch.to_padded_tensor(" + nested + ", 0.)", x, mask);
    c.op("torch.to_padded_tensor(" + nested + ", 0.)", x, holes).named("a mask with holes");
    c.op("torch.to_padded_tensor(" + nested + ", 0., [5, 7, 6])", x.fixed(), mask);
    c.op("torch.nested_to_padded_tensor(" + nested + ", -1., [4, 4, 6])", x, holes);
    c.refused("torch.neg(" + nested + ")", "rows have lengths of their own", x, mask);
    c.refused("torch.to_padded_tensor(x, 0.)", "`self` is no nested tensor", f32(2, 3, 4));
    for (double[] ends :
        new double[][] {{1, 1, 0, 0, 0, 0, 1, 1, 1}, {1, 1, 1, 1, 1, 1, 1, 1, 1}}) {
      c.program(
              "an encoder's mask " + Arrays.toString(ends),
              ENCODER_OUTSIDE,
              f32(3, 3, 4).fixed(),
              bool(3, 3).values(ends))
          .with(program -> program.submodule("e", encoderModule()));
    }
  }

  /** As torch.nn.TransformerEncoder decides whether it makes a nested tensor. */
  private static final String ENCODER =
      """
      def forward(self, x: Tensor, y: Tensor) -> Tensor:
        if torch._nested_tensor_from_mask_left_aligned(x, y):
          z = torch._nested_tensor_from_mask(x, y, False)
          n = True
        else:
          z = x
          n = False
        if torch.__and__(n, ops.prim.is_nested(z)):
          w = torch.to_padded_tensor(z, 0., torch.size(x))
        else:
          w = z
        return w
      """;

  private static final String ENCODER_OUTSIDE =
      """
      def forward(self, x: Tensor, y: Tensor) -> Tensor:
        return (self.e).forward(x, y, )
      """;

  private static TorchProgram encoderModule() {
    return TorchScript.layer("torch.nn.modules.transformer.TransformerEncoder", ENCODER);
  }

  static TorchProgram encoder() {
    return TorchScript.module(ENCODER_OUTSIDE).submodule("e", encoderModule());
  }

  private static void scaledDotProduct(Cases c) {
    Input q = f32(2, 3, 5, 4);
    Input kv = f32(2, 3, 6, 4);
    String call = "torch.scaled_dot_product_attention(x, y, z";
    c.op(call + ")", q, kv, kv);
    c.op(call + ")", f32(3, 5, 4), f32(3, 6, 4), f32(3, 6, 7));
    c.op(call + ")", f32(5, 4), f32(6, 4), f32(6, 4));
    c.op(call + ", scale=0.3)", q, kv, kv);
    c.op(call + ", None, 0., True)", q, kv, kv);
    c.op(call + ", None, 0., True)", q, q, q);
    c.op(call + ", w)", q, kv, kv, bool(5, 6).values(masks(30)));
    c.op(call + ", w)", q, kv, kv, bool(2, 1, 1, 6).values(masks(12)));
    c.op(call + ", w)", q, kv, kv, f32(5, 6));
    c.op(call + ", w)", q, kv, kv, f32(2, 3, 5, 6));
    c.op(call + ", w)", q, kv, kv, bool(5, 6).values(new double[30]))
        .named("attention that reads nothing");
    c.op(call + ", enable_gqa=True)", f32(2, 6, 5, 4), f32(2, 3, 7, 4), f32(2, 3, 7, 4));
    c.op(call + ")", f64(2, 3, 5, 4), f64(2, 3, 6, 4), f64(2, 3, 6, 4));
    c.op(call + ")", f16(2, 3, 5, 4), f16(2, 3, 6, 4), f16(2, 3, 6, 4));
    c.op("torch._scaled_dot_product_attention_math(x, y, z)[0]", q, kv, kv);
    c.refused(call + ", None, 0.5)", "dropped at random", q, kv, kv);
  }

  /** Every second is true, and the first of each row. */
  private static double[] masks(int count) {
    double[] values = new double[count];
    for (int i = 0; i < count; i++) {
      values[i] = i % 2 == 0 || i % 3 == 0 ? 1 : 0;
    }
    return values;
  }

  private static void nativeAttention(Cases c) {
    for (String rest :
        new String[] {
          "x, x, x|None, True, True",
          "x, x, x|None, True, False",
          "x, y, y|None, True, True",
          "x, x, x|z, True, True, 0",
          "x, x, x|w, True, True, 1"
        }) {
      String[] parts = rest.split("\\|");
      Case added =
          c.program(
              "native attention of " + rest,
              "def forward(self, x: Tensor, y: Tensor, z: Tensor, w: Tensor) -> Tuple[Tensor, Tensor]:\n"
                  + "  return torch._native_multi_head_attention("
                  + parts[0]
                  + ", 8, 2, self.w, self.b, self.pw, self.pb, "
                  + parts[1]
                  + ")\n",
              f32(2, 5, 8).fixed(2),
              f32(2, 5, 8).fixed(2),
              bool(5, 5).values(masks(25)),
              bool(2, 5).values(0, 0, 0, 0, 1, 0, 0, 1, 1, 1));
      attentionWeights(added);
    }
  }

  private static void attentionWeights(Case c) {
    c.parameter("w", f32(24, 8).between(-0.5, 0.5))
        .parameter("b", f32(24))
        .parameter("pw", f32(8, 8).between(-0.5, 0.5))
        .parameter("pb", f32(8));
  }

  private static void encoderLayer(Cases c) {
    for (String options : new String[] {"False, False", "True, False", "False, True"}) {
      for (String mask : new String[] {"", ", y, 1", "nested"}) {
        boolean isNested = mask.equals("nested");
        Case added =
            c.op(
                    (isNested ? "torch.to_padded_tensor(" : "")
                        + "torch._transformer_encoder_layer_fwd("
                        + (isNested
                            ? "torch._nested_tensor_from_mask(x, torch.logical_not(y), False)"
                            : "x")
                        + ", 8, 2, self.w, self.b, self.pw, self.pb, "
                        + options
                        + ", 1e-05, self.n1, self.m1, self.n2, self.m2, self.f1, self.g1, self.f2, self.g2"
                        + (isNested ? "), 0., torch.size(x)" : mask)
                        + ")",
                    f32(2, 5, 8).fixed(2),
                    bool(2, 5).values(0, 0, 0, 0, 1, 0, 0, 1, 1, 1))
                .tolerance(1e-5);
        attentionWeights(added);
        for (String name : new String[] {"n1", "m1", "n2", "m2", "g2"}) {
          added.parameter(name, f32(8));
        }
        added
            .parameter("f1", f32(16, 8).between(-0.5, 0.5))
            .parameter("g1", f32(16))
            .parameter("f2", f32(8, 16).between(-0.5, 0.5));
      }
    }
  }

  /** Both results: the product, and the logarithm of what the softmax divides by. */
  private static void flash(Cases c) {
    for (String part : List.of("[0]", "[1]")) {
      String call = "torch._scaled_dot_product_flash_attention_for_cpu(x, y, z";
      Input[] inputs = {f32(2, 3, 5, 4), f32(2, 3, 7, 4), f32(2, 3, 7, 4)};
      c.op(call + ")" + part, inputs).tolerance(1e-5);
      c.op(call + ", 0., True)" + part, inputs).tolerance(1e-5);
      c.op(call + ", scale=0.3)" + part, inputs).tolerance(1e-5);
      c.op(call + ", attn_mask=torch.ones([5, 7]) * 0.5)" + part, inputs)
          .tolerance(1e-5)
          .staticOnly("the mask has fixed sizes");
    }
  }
}
