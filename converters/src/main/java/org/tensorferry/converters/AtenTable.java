package org.tensorferry.converters;

import java.util.List;
import java.util.stream.Stream;
import org.tensorferry.converters.aten.ActivationOps;
import org.tensorferry.converters.aten.AdaptivePoolingOps;
import org.tensorferry.converters.aten.ArithmeticOps;
import org.tensorferry.converters.aten.AttentionOps;
import org.tensorferry.converters.aten.AxisOps;
import org.tensorferry.converters.aten.ClassLossOps;
import org.tensorferry.converters.aten.ComparisonOps;
import org.tensorferry.converters.aten.ComplexOps;
import org.tensorferry.converters.aten.ContractionOps;
import org.tensorferry.converters.aten.ConversionOps;
import org.tensorferry.converters.aten.ConvolutionOps;
import org.tensorferry.converters.aten.DifferenceOps;
import org.tensorferry.converters.aten.DropoutOps;
import org.tensorferry.converters.aten.EmbeddingBagOps;
import org.tensorferry.converters.aten.FactoryOps;
import org.tensorferry.converters.aten.FourierOps;
import org.tensorferry.converters.aten.GridOps;
import org.tensorferry.converters.aten.IndexOps;
import org.tensorferry.converters.aten.JoinOps;
import org.tensorferry.converters.aten.LinearAlgebraOps;
import org.tensorferry.converters.aten.LinearOps;
import org.tensorferry.converters.aten.LogicOps;
import org.tensorferry.converters.aten.LossOps;
import org.tensorferry.converters.aten.MathOps;
import org.tensorferry.converters.aten.NativeNormOps;
import org.tensorferry.converters.aten.NormOps;
import org.tensorferry.converters.aten.NormalizationOps;
import org.tensorferry.converters.aten.OrderOps;
import org.tensorferry.converters.aten.PackedOps;
import org.tensorferry.converters.aten.PaddingOps;
import org.tensorferry.converters.aten.PatchOps;
import org.tensorferry.converters.aten.PoolingIndexOps;
import org.tensorferry.converters.aten.PoolingOps;
import org.tensorferry.converters.aten.RandomOps;
import org.tensorferry.converters.aten.RangeOps;
import org.tensorferry.converters.aten.RecurrentOps;
import org.tensorferry.converters.aten.ReductionOps;
import org.tensorferry.converters.aten.RefusedOps;
import org.tensorferry.converters.aten.ReorderOps;
import org.tensorferry.converters.aten.RepeatOps;
import org.tensorferry.converters.aten.ResizeOps;
import org.tensorferry.converters.aten.RoundingOps;
import org.tensorferry.converters.aten.ScanOps;
import org.tensorferry.converters.aten.ScatterOps;
import org.tensorferry.converters.aten.SearchOps;
import org.tensorferry.converters.aten.SelectionOps;
import org.tensorferry.converters.aten.SliceOps;
import org.tensorferry.converters.aten.SoftmaxOps;
import org.tensorferry.converters.aten.SpecialOps;
import org.tensorferry.converters.aten.SpectrogramOps;
import org.tensorferry.converters.aten.SplitOps;
import org.tensorferry.converters.aten.StatisticsOps;
import org.tensorferry.converters.aten.TriangleOps;
import org.tensorferry.converters.aten.UniqueOps;
import org.tensorferry.converters.aten.ViewOps;
import org.tensorferry.converters.aten.VisionOps;
import org.tensorferry.converters.aten.WindowOps;
import org.tensorferry.rule.AtenRule;

/** Every ATen operator that the built-in rules know: one line a family, sorted. */
final class AtenTable {

  private static final List<AtenRule> ROWS =
      Stream.of(
              ActivationOps.rows(),
              AdaptivePoolingOps.rows(),
              ArithmeticOps.rows(),
              AttentionOps.rows(),
              AxisOps.rows(),
              ClassLossOps.rows(),
              ComparisonOps.rows(),
              ComplexOps.rows(),
              ContractionOps.rows(),
              ConversionOps.rows(),
              ConvolutionOps.rows(),
              DifferenceOps.rows(),
              DropoutOps.rows(),
              EmbeddingBagOps.rows(),
              FactoryOps.rows(),
              FourierOps.rows(),
              GridOps.rows(),
              IndexOps.rows(),
              JoinOps.rows(),
              LinearAlgebraOps.rows(),
              LinearOps.rows(),
              LogicOps.rows(),
              LossOps.rows(),
              MathOps.rows(),
              NativeNormOps.rows(),
              NormOps.rows(),
              NormalizationOps.rows(),
              OrderOps.rows(),
              PackedOps.rows(),
              PaddingOps.rows(),
              PatchOps.rows(),
              PoolingIndexOps.rows(),
              PoolingOps.rows(),
              RandomOps.rows(),
              RangeOps.rows(),
              RecurrentOps.rows(),
              ReductionOps.rows(),
              RefusedOps.rows(),
              ReorderOps.rows(),
              RepeatOps.rows(),
              ResizeOps.rows(),
              RoundingOps.rows(),
              ScanOps.rows(),
              ScatterOps.rows(),
              SearchOps.rows(),
              SelectionOps.rows(),
              SliceOps.rows(),
              SoftmaxOps.rows(),
              SpecialOps.rows(),
              SpectrogramOps.rows(),
              SplitOps.rows(),
              StatisticsOps.rows(),
              TriangleOps.rows(),
              UniqueOps.rows(),
              ViewOps.rows(),
              VisionOps.rows(),
              WindowOps.rows())
          .flatMap(List::stream)
          .toList();

  private AtenTable() {}

  static List<AtenRule> rows() {
    return ROWS;
  }
}
