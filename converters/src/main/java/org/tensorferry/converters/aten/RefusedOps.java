package org.tensorferry.converters.aten;

import java.util.List;
import java.util.stream.Stream;
import org.tensorferry.rule.AtenRule;

/** Operators that are refused for what they are: parts of training, of other layouts, of export. */
final class RefusedOps {

  private RefusedOps() {}

  static List<AtenRule> rows() {
    return Stream.of(training(), quantized(), sparse(), exported(), factored(), reductions())
        .flatMap(List::stream)
        .toList();
  }

  private static List<AtenRule> refused(String reason, String workaround, String... schemas) {
    return Stream.of(schemas).map(schema -> AtenRule.refused(schema, reason, workaround)).toList();
  }

  private static List<AtenRule> training() {
    return refused(
        "it computes gradients",
        "convert the forward pass: TensorFlow differentiates the converted model itself",
        "_adaptive_avg_pool2d_backward(Tensor grad_output, Tensor self) -> Tensor",
        "avg_pool2d_backward(Tensor grad_output, Tensor self, int[2] kernel_size, int[2] stride, int[2] padding, bool ceil_mode, bool count_include_pad, int? divisor_override) -> Tensor",
        "convolution_backward(Tensor grad_output, Tensor input, Tensor weight, int[]? bias_sizes, int[] stride, int[] padding, int[] dilation, bool transposed, int[] output_padding, int groups, bool[3] output_mask) -> (Tensor, Tensor, Tensor)",
        "embedding_dense_backward(Tensor grad_output, Tensor indices, int num_weights, int padding_idx, bool scale_grad_by_freq) -> Tensor",
        "max_pool2d_with_indices_backward(Tensor grad_output, Tensor self, int[2] kernel_size, int[2] stride, int[2] padding, int[2] dilation, bool ceil_mode, Tensor indices) -> Tensor",
        "native_group_norm_backward(Tensor grad_out, Tensor input, Tensor mean, Tensor rstd, Tensor? weight, int N, int C, int HxW, int group, bool[3] output_mask) -> (Tensor, Tensor, Tensor)",
        "native_layer_norm_backward(Tensor grad_out, Tensor input, int[] normalized_shape, Tensor mean, Tensor rstd, Tensor? weight, Tensor? bias, bool[3] output_mask) -> (Tensor, Tensor, Tensor)");
  }

  private static List<AtenRule> quantized() {
    return refused(
        "quantized tensors hold integers with a scale, which only PyTorch's own kernels read",
        "save the model before quantization, and quantize the converted one with TensorFlow Lite",
        "dequantize.self(Tensor self) -> Tensor",
        "dequantize.tensors(Tensor[] tensors) -> Tensor[]",
        "quantize_per_channel(Tensor self, Tensor scales, Tensor zero_points, int axis, ScalarType dtype) -> Tensor",
        "quantize_per_tensor(Tensor self, float scale, int zero_point, ScalarType dtype) -> Tensor",
        "quantize_per_tensor.tensor_qparams(Tensor self, Tensor scale, Tensor zero_point, ScalarType dtype) -> Tensor");
  }

  private static List<AtenRule> sparse() {
    return refused(
        "sparse tensors are not supported",
        "call .to_dense() on the weights before exporting, and keep the model's tensors dense",
        "coalesce(Tensor self) -> Tensor",
        "to_dense(Tensor self, ScalarType? dtype=None, *, bool? masked_grad=None) -> Tensor",
        "to_mkldnn(Tensor self, ScalarType? dtype=None) -> Tensor",
        "to_sparse(Tensor self, *, Layout? layout=None, int[2]? blocksize=None, int? dense_dim=None) -> Tensor",
        "to_sparse.sparse_dim(Tensor self, int sparse_dim) -> Tensor");
  }

  /** What stands in programs of torch.export, and in TorchScript only where somebody calls it. */
  private static List<AtenRule> exported() {
    return refused(
        "it is an internal part of another operator, made for programs of torch.export",
        "save the model with torch.jit.trace or torch.jit.script, and call the public function"
            + " (.item(), .size())",
        "_local_scalar_dense(Tensor self) -> Scalar",
        "sym_is_contiguous(Tensor self, MemoryFormat memory_format=contiguous_format) -> bool",
        "sym_numel(Tensor self) -> int",
        "sym_size.int(Tensor self, int dim) -> int",
        "sym_storage_offset(Tensor self) -> int",
        "sym_stride.int(Tensor self, int dim) -> int");
  }

  private static List<AtenRule> factored() {
    return refused(
        "TensorFlow has no operator for this factorisation in the same form",
        "use torch.linalg.solve, inv, pinv or cholesky, or compute it outside of the model",
        "cholesky_inverse(Tensor self, bool upper=False) -> Tensor",
        "geqrf(Tensor self) -> (Tensor, Tensor)",
        "linalg_cond(Tensor self, Scalar? p=None) -> Tensor",
        "linalg_householder_product(Tensor input, Tensor tau) -> Tensor",
        "linalg_ldl_factor(Tensor self, *, bool hermitian=False) -> (Tensor, Tensor)",
        "linalg_lu(Tensor A, *, bool pivot=True) -> (Tensor, Tensor, Tensor)",
        "linalg_lu_factor(Tensor A, *, bool pivot=True) -> (Tensor, Tensor)",
        "linalg_matrix_rank(Tensor self, float tol, bool hermitian=False) -> Tensor",
        "orgqr(Tensor self, Tensor input2) -> Tensor",
        "ormqr(Tensor self, Tensor input2, Tensor input3, bool left=True, bool transpose=False) -> Tensor");
  }

  private static List<AtenRule> reductions() {
    return refused(
        "it is a beta operator of PyTorch that no rule covers",
        "use scatter_reduce, which does the same along an axis",
        "index_reduce(Tensor self, int dim, Tensor index, Tensor source, str reduce, *, bool include_self=True) -> Tensor",
        "segment_reduce(Tensor data, str reduce, *, Tensor? lengths=None, Tensor? indices=None, Tensor? offsets=None, int axis=0, bool unsafe=False, Scalar? initial=None) -> Tensor");
  }
}
