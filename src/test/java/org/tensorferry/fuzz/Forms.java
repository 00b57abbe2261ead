package org.tensorferry.fuzz;

import java.util.Random;
import java.util.regex.Pattern;
import org.tensorferry.rule.Schema;

/** Which operators have an in-place form, how exact they are, and what rounding they add. */
final class Forms {

  private static final Pattern IN_PLACE =
      Pattern.compile(
          "add|sub|mul|div|pow|floor_divide|remainder|fmod|addcmul|addcdiv|lerp|neg|abs|exp|log"
              + "|log1p|expm1|sqrt|rsqrt|square|reciprocal|sin|cos|tan|tanh|sigmoid|floor|ceil|round"
              + "|trunc|frac|sign|sgn|relu|relu6|hardtanh|leaky_relu|elu|celu|selu|silu|clamp"
              + "|clamp_min|clamp_max|clip|masked_fill|masked_scatter|index_add|index_copy|index_fill"
              + "|index_put|scatter|scatter_add|scatter_reduce|cumsum|cumprod|tril|triu|logical_.*"
              + "|bitwise_and|bitwise_or|bitwise_xor|bitwise_not|eq|ne|lt|le|gt|ge|nan_to_num|erf"
              + "|erfc|atan2|hypot|heaviside|copysign|xlogy|addmm|addbmm|baddbmm|addmv|addr"
              + "|fill_diagonal|renorm|put|hardsigmoid|hardswish|threshold|sinh|cosh|exp2|log2|log10"
              + "|logit|sinc|digamma|lgamma|atan|asin|acos|gcd|lcm|float_power|deg2rad");

  /** These exist in place alone. */
  private static final Pattern ONLY_IN_PLACE = Pattern.compile("copy|zero|fill_diagonal");

  /** What these compute is exact: both engines must agree to the last bit. */
  private static final Pattern EXACT =
      Pattern.compile(
          "select.*|slice.*|narrow.*|transpose|permute|view.*|reshape.*|expand.*|unsqueeze|squeeze"
              + "|diagonal.*|flatten|ravel|unflatten|movedim|moveaxis|swap.*|unbind|.*split.*|.*chunk"
              + "|t|mT|mH|numpy_T|adjoint|matrix_H|atleast_.*|broadcast_.*|alias|clone|contiguous"
              + "|detach|lift.*|copy|fill.*|zero|zeros.*|ones.*|full.*|new_.*|cat|concat.*|.?stack"
              + "|column_stack|row_stack|meshgrid|where|masked_.*|index.*|_unsafe_.*|gather|take.*|flip.*|roll"
              + "|rot90|tril|triu|diag.*|repeat.*|tile|to|_to_copy|type_as|_cast_.*|abs|absolute|neg"
              + "|negative|positive|sign|signbit|sgn|relu|relu6|clamp.*|clip|maximum|minimum|fmax|fmin"
              + "|isnan|isinf|isfinite|is..?.?inf|logical_.*|bitwise_.*|__.*__|nan_to_num|embedding"
              + "|one_hot|constant_pad_nd|pad|_pad.*|.*_pad.d|amax|amin|unfold|tensor_split|real"
              + "|imag|view_as_real|copysign|heaviside|gcd|lcm|pixel_.*|.*channel_shuffle|put"
              + "|select_scatter|slice_scatter|bitwise_not|all|any|scatter|arange|eye|hardtanh"
              + "|threshold|combinations|max_pool.d|resolve_.*|conj|.*aminmax|unsafe_.*|.*_copy");

  private static final Pattern SPECIAL =
      Pattern.compile(
          "special_.*|fft_.*|.*gamma.*|erfinv|i0|mvlgamma|pdist|cdist|.*_dist|dist|corrcoef|cov|.*renorm"
              + "|std.*|var.*|.*norm.*|.*loss.*|kl_div|cosine_similarity|pairwise_distance|conv.*"
              + "|lerp|.*_norm|quantile|linspace|logspace|.*_window|logit|atanh|arctanh|acosh|asinh"
              + "|arc.*|mish|sinc|logaddexp.*|.*logcumsumexp|logsumexp|binary_cross.*|upsample.*"
              + "|interpolate|histc|polar|prod|cumprod|hypot|angle|float_power|pow");

  private static final Pattern CANCELLING =
      Pattern.compile(
          ".*_window|fft_.*|elu|celu|selu|gelu|mish|silu|.*ndtr|erfc|special_erfc|.*softmax.*|.*norm.*|std.*|var.*|.*loss.*|cov"
              + "|corrcoef|.*gamma.*|digamma|special_psi|logit|special_logit|cdist|.*_dist|upsample.*");

  private Forms() {}

  static boolean mayBeInPlace(Schema schema, Random random) {
    String name = schema.name();
    boolean onTensor =
        !schema.params().isEmpty()
            && schema.params().get(0).name().equals("self")
            && schema.params().get(0).type().equals("Tensor");
    if (ONLY_IN_PLACE.matcher(name).matches()) {
      return true;
    }
    return onTensor && IN_PLACE.matcher(name).matches() && random.nextInt(4) == 0;
  }

  static String inPlace(String name) {
    return name + "_";
  }

  static String plain(String callee) {
    return callee.endsWith("_") && !callee.endsWith("__")
        ? callee.substring(0, callee.length() - 1)
        : callee;
  }

  static boolean isExact(String callee) {
    return EXACT.matcher(plain(callee)).matches();
  }

  /**
   * The size of values that rounding is relative to: 1 where an operator adds and takes away
   * numbers of that size within.
   */
  static double leastSize(Program program) {
    return program.statements().stream().mapToDouble(Forms::leastSize).max().orElse(0);
  }

  static double leastSize(Statement s) {
    return s.isBlock() ? 0 : CANCELLING.matcher(plain(s.callee())).matches() ? 1 : 0;
  }

  /** How many units of rounding an operator may be off, for {@link Sensitivity}. */
  static double rounding(String callee) {
    return SPECIAL.matcher(plain(callee)).matches() ? 16 : 1;
  }
}
