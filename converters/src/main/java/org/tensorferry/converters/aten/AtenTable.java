package org.tensorferry.converters.aten;

import java.util.List;
import java.util.stream.Stream;
import org.tensorferry.rule.AtenRule;

/** Every ATen operator that the built-in rules know: one line a family, sorted. */
public final class AtenTable {

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
              DeformableOps.rows(),
              DifferenceOps.rows(),
              DropoutOps.rows(),
              EmbeddingBagOps.rows(),
              FactoryOps.rows(),
              FakeQuantizeOps.rows(),
              FourierOps.rows(),
              GridOps.rows(),
              GroupedOps.rows(),
              IndexOps.rows(),
              JoinOps.rows(),
              LinearAlgebraOps.rows(),
              LinearOps.rows(),
              LogicOps.rows(),
              LossOps.rows(),
              MathOps.rows(),
              NativeNormOps.rows(),
              NestedOps.rows(),
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
              RegionOps.rows(),
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

  public static List<AtenRule> rows() {
    return ROWS;
  }
}
