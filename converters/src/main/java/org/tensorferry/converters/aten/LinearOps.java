package org.tensorferry.converters.aten;

import java.util.List;
import java.util.Optional;
import org.tensorferry.converters.layer.Layouts;
import org.tensorferry.dim.Shape;
import org.tensorferry.rule.AtenRule;
import org.tensorferry.rule.OpArgs;
import org.tensorferry.tensor.DType;
import org.tensorferry.tf.TfGraph;
import org.tensorferry.tf.TfValue;

/** Products of matrices, and layers that are one. */
final class LinearOps {

  private LinearOps() {}

  static List<AtenRule> rows() {
    return List.of(
        // Products
        AtenRule.of("bmm(Tensor self, Tensor mat2) -> Tensor", LinearOps::mm),
        AtenRule.of("dot(Tensor self, Tensor tensor) -> Tensor", LinearOps::dot),
        AtenRule.of("matmul(Tensor self, Tensor other) -> Tensor", LinearOps::matmul),
        AtenRule.of("mm(Tensor self, Tensor mat2) -> Tensor", LinearOps::mm),
        AtenRule.of("mv(Tensor self, Tensor vec) -> Tensor", LinearOps::mv),
        // Products with a sum
        AtenRule.of(
            "addbmm(Tensor self, Tensor batch1, Tensor batch2, *, Scalar beta=1, Scalar alpha=1) -> Tensor",
            LinearOps::addbmm),
        AtenRule.of(
            "addmm(Tensor self, Tensor mat1, Tensor mat2, *, Scalar beta=1, Scalar alpha=1) -> Tensor",
            LinearOps::addmm),
        AtenRule.of(
            "addmv(Tensor self, Tensor mat, Tensor vec, *, Scalar beta=1, Scalar alpha=1) -> Tensor",
            LinearOps::addmv),
        AtenRule.of(
            "baddbmm(Tensor self, Tensor batch1, Tensor batch2, *, Scalar beta=1, Scalar alpha=1) -> Tensor",
            LinearOps::baddbmm),
        // Layers
        AtenRule.of(
            "embedding(Tensor weight, Tensor indices, int padding_idx=-1, bool scale_grad_by_freq=False, bool sparse=False) -> Tensor",
            LinearOps::embedding),
        AtenRule.of(
            "linear(Tensor input, Tensor weight, Tensor? bias=None) -> Tensor", LinearOps::linear));
  }

  /** x W^T + b; leading axes are one batch, so that TensorFlow runs one large product. */
  static TfValue linear(OpArgs a, TfGraph tf) {
    TfValue x = a.tensor("input");
    Optional<TfValue> bias = a.optionalTensor("bias");
    if (a.weight("weight").shape().rank() == 1) {
      TfValue product = Products.matmul(tf, x, a.weight("weight").value());
      return bias.map(b -> tf.add(product, b)).orElse(product);
    }
    TfValue kernel = a.weight("weight").as(Layouts.DENSE);
    TfValue product = Products.ofRows(tf, x, kernel);
    return bias.map(b -> tf.add(product, b)).orElse(product);
  }

  static TfValue matmul(OpArgs a, TfGraph tf) {
    return Products.matmul(tf, a.tensor("self"), a.tensor("other"));
  }

  static TfValue mm(OpArgs a, TfGraph tf) {
    return Products.matmul(tf, a.tensor("self"), a.tensor("mat2"));
  }

  static TfValue mv(OpArgs a, TfGraph tf) {
    return Products.matmul(tf, a.tensor("self"), a.tensor("vec"));
  }

  static TfValue dot(OpArgs a, TfGraph tf) {
    return tf.sum(tf.mul(a.tensor("self"), a.tensor("tensor")), false, 0);
  }

  static TfValue addmm(OpArgs a, TfGraph tf) {
    return scaledSum(a, tf, Products.matmul(tf, a.tensor("mat1"), a.tensor("mat2")));
  }

  static TfValue addmv(OpArgs a, TfGraph tf) {
    return scaledSum(a, tf, Products.matmul(tf, a.tensor("mat"), a.tensor("vec")));
  }

  static TfValue baddbmm(OpArgs a, TfGraph tf) {
    return scaledSum(a, tf, Products.matmul(tf, a.tensor("batch1"), a.tensor("batch2")));
  }

  static TfValue addbmm(OpArgs a, TfGraph tf) {
    TfValue products = Products.matmul(tf, a.tensor("batch1"), a.tensor("batch2"));
    return scaledSum(a, tf, tf.sum(products, false, 0));
  }

  /** beta * self + alpha * product; with beta 0 self does not count, not even its NaNs. */
  private static TfValue scaledSum(OpArgs a, TfGraph tf, TfValue product) {
    double alpha = a.number("alpha");
    double beta = a.number("beta");
    TfValue self = a.tensor("self");
    TfValue scaled = alpha == 1 ? product : tf.mul(product, alpha);
    if (beta == 0) {
      return scaled;
    }
    return tf.add(beta == 1 ? self : tf.mul(self, beta), scaled);
  }

  /** Rows of the table; padding and frequency change gradients only. */
  static TfValue embedding(OpArgs a, TfGraph tf) {
    a.ignore("padding_idx", "scale_grad_by_freq", "sparse");
    TfValue indices = a.tensor("indices");
    DType type = indices.dtype() == DType.INT32 ? DType.INT32 : DType.INT64;
    return tf.gather(a.tensor("weight"), tf.cast(indices, type), 0);
  }

  /** Shared by families that multiply matrices. */
  static final class Products {

    private Products() {}

    /** Rows [..., in] times [in, out]. */
    static TfValue ofRows(TfGraph tf, TfValue x, TfValue kernel) {
      if (x.rank() == 2) {
        return tf.matmul(x, kernel);
      }
      Shape leading = x.shape().slice(0, x.rank() - 1);
      TfValue rows = tf.reshape(x, leading.numel(), x.dim(-1));
      return tf.reshape(tf.matmul(rows, kernel), leading.concat(Shape.of(kernel.dim(-1))));
    }

    /** As torch.matmul: vectors are rows or columns that go away again, leading axes broadcast. */
    static TfValue matmul(TfGraph tf, TfValue x, TfValue y) {
      if (x.dtype() == DType.UINT8 || x.dtype() == DType.INT8) {
        // No kernel; what wraps around in the wider type wraps to the same.
        TfValue wide = matmul(tf, tf.cast(x, DType.INT32), tf.cast(y, DType.INT32));
        return tf.cast(wide, x.dtype());
      }
      if (x.rank() == 1 && y.rank() == 1) {
        return tf.sum(tf.mul(x, y), false, 0);
      }
      if (x.rank() == 1) {
        TfValue product = matmul(tf, tf.expandDims(x, 0), y);
        return tf.squeeze(product, product.rank() - 2);
      }
      if (y.rank() == 1) {
        TfValue product = matmul(tf, x, tf.expandDims(y, 1));
        return tf.squeeze(product, product.rank() - 1);
      }
      return y.rank() == 2 && x.rank() > 2 ? ofRows(tf, x, y) : tf.matmul(x, y);
    }
  }
}
