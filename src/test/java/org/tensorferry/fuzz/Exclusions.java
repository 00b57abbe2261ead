package org.tensorferry.fuzz;

import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.tensorferry.rule.Schema;

/**
 * Operators that are not drawn, and what is not drawn for their arguments, each with its reason.
 */
final class Exclusions {

  private static final List<Exclusion> TABLE =
      List.of(
          new Exclusion("(new_)?empty.*", "elements have no defined values"),
          new Exclusion(
              "as_strided.*|_reshape_alias|set_", "reads storage beside the tensor; tried by hand"),
          new Exclusion("view_as_complex|_conj|resolve_.*", "want complex views; tried by hand"),
          new Exclusion(
              "argsort|mode|kthvalue|median|nanmedian|topk",
              "among equal elements any may be the one; tried by hand with distinct ones"),
          new Exclusion(
              ".*lstm.*|.*gru.*|.*rnn_.*|quantized_.*|_pack.*|_pad_packed.*|.*attention.*",
              "take whole sets of weights; tried by hand and in the zoo"),
          new Exclusion(
              "ctc_loss|einsum|chain_matmul|linalg_multi_dot|stft|istft|_embedding_bag.*"
                  + "|embedding_bag|max_unpool.*|fractional_.*|affine_grid.*|grid_sampler.*",
              "arguments depend on each other in ways of their own; tried by hand"),
          new Exclusion("signbit|copysign", "NaN has no sign that counts; tried by hand"),
          new Exclusion(
              "channel_shuffle|native_channel_shuffle",
              "libtorch itself dies of more groups than channels"),
          new Exclusion(
              "_?conj_physical", "gives a real tensor itself, which its schema calls a new one"),
          new Exclusion("searchsorted", "wants a sorted tensor; tried by hand"),
          new Exclusion(
              "cholesky.*|matrix_power|p?inverse|.*det|logdet|linalg_(inv|solve|chol|eig|svd|qr|lu|pinv|lstsq|det"
                  + "|slog|matrix_(power|rank|exp)).*|triangular_solve|lu.*|qr|svd|eig.*",
              "want well-conditioned matrices; tried by hand"),
          new Exclusion(
              ".*polygamma|.*zeta|igamma.*|special_gammainc.*|digamma|special_(digamma|psi)",
              "TensorFlow's kernels lose digits left of zero and for large numbers"),
          new Exclusion(
              "_masked_softmax|_add_relu|native_group_norm|_pad_circular|_weight_norm_interface|norm_except_dim|_pdist_forward|nll_loss_forward",
              "parts of other operators"),
          new Exclusion("block_diag|cartesian_prod|combinations", "tried by hand"),
          new Exclusion("tensor|as_tensor|_to_tensor", "take no tensors, or any value"),
          new Exclusion(
              "rand.*|bernoulli|dropout|native_dropout|.*alpha_dropout|feature_dropout|normal",
              "random, or nothing at all"),
          new Exclusion("nextafter", "subnormal numbers: TensorFlow's kernels take them for zero"),
          new Exclusion("allclose|equal|is_nonzero", "give no tensor"),
          new Exclusion("resize.*|.*unique.*|nonzero.*|masked_select", "shapes depend on values"));

  private record Exclusion(Pattern names, String reason) {
    Exclusion(String names, String reason) {
      this(Pattern.compile(names), reason);
    }
  }

  /**
   * What the generator keeps out of arguments.
   *
   * <ul>
   *   <li>Subnormal inputs: TensorFlow's kernels take them for zero.
   *   <li>Floating point to integer: only of finite numbers within every type's range, since C++
   *       leaves other casts undefined. {@link ArgumentMaker} cuts them first.
   *   <li>Convolutions, pools and resizes of empty tensors, which no model has, and resizes of NaN:
   *       whether a neighbour of weight zero is read is no part of the contract.
   *   <li>GELU of infinity: libtorch's vectors give NaN, its scalars infinity.
   *   <li>NaN in max pooling, which torch hands on and TensorFlow's kernel does not; infinities in
   *       var_mean, whose mean depends on where they stand in torch.
   *   <li>Infinite complex numbers: which part is infinite and which NaN is left open by C, too.
   *   <li>Products times 0 ({@code addmm} with {@code alpha=0}) that hold NaN: some of libtorch's
   *       kernels leave the product out.
   *   <li>Creators of tensors without elements: TensorFlow's optimizer takes such a constant for
   *       one of ones, and divides by its size. Inputs without elements are drawn.
   *   <li>Resizing with antialiasing to a single column, of which libtorch 2 fills every row with
   *       the first (1.13 does not).
   *   <li>Rounded quotients of a whole number and a fraction: TensorFlow's optimizer multiplies by
   *       the reciprocal, and -9/0.001 becomes -8999. Elsewhere noise shows that rounding decides.
   *   <li>Sorting of infinity and NaN, which count as equal here: TensorFlow gives NaN no order.
   *   <li>Statistics of nothing: the mean that native_layer_norm gives is 0 in torch, not NaN.
   *   <li>Circular padding with crops: libtorch copies what it has not written yet.
   *   <li>Max pooling with dilation and padding, whose windows may hold padding only.
   *   <li>Infinite weights of convolutions: padding is a product with 0 in some of libtorch's
   *       kernels and nothing at all in others.
   *   <li>Convolutions in 3d of half types, where libtorch's kernels lose products.
   *   <li>Shifts by negative numbers, undefined in C++.
   *   <li>Integers are small, so that signed overflow, undefined in C++, is rare.
   * </ul>
   */
  private Exclusions() {}

  static Optional<String> reason(Schema schema) {
    if (schema.overload().matches("device|prim_Device")) {
      return Optional.of("there is one device");
    }
    if (schema.name().equals("bucketize") && schema.overload().equals("Scalar")) {
      return Optional.of("wants sorted boundaries");
    }
    if (schema.name().endsWith("_shift") && schema.overload().equals("Scalar_Tensor")) {
      return Optional.of("would shift by negative numbers");
    }
    return TABLE.stream()
        .filter(line -> line.names().matcher(schema.name()).matches())
        .map(Exclusion::reason)
        .findFirst();
  }
}
