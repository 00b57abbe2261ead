"""Writes core/src/main/resources/org/tensorferry/tf/ops.txt: the TensorFlow operators that rules may use.

One line an operator, from TensorFlow's own registry:
    Name(input:type, ...) -> (output:type, ...) {attr:type=default, ...}
An argument's type is a fixed type, a type attribute (T), N*T for a list of one type, or a list(type) attribute.
To allow one more operator, add its name below and run:
    python tools/list_tensorflow_ops.py > core/src/main/resources/org/tensorferry/tf/ops.txt
A test compares the file with the registry of the TensorFlow that judges our results.
"""
import os

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
from tensorflow.core.framework import types_pb2
from tensorflow.python.framework import op_def_registry

NAMES = """
Abs Acos Acosh AddN AddV2 All Any ArgMax ArgMin Asin Asinh Atan Atan2 Atanh AvgPool AvgPool3D BatchMatMulV2 BatchToSpaceND
BesselI0 BesselI0e BesselI1 BesselI1e Betainc BiasAdd Bincount Bitcast BitwiseAnd BitwiseOr BitwiseXor BroadcastArgs
BroadcastTo Bucketize Cast Ceil Cholesky ClipByValue Complex ComplexAbs Angle ConcatV2 Conj Const Conv2D Conv2DBackpropInput Conv3D
Conv3DBackpropInputV2 Cos Cosh Cross CumulativeLogsumexp Cumprod Cumsum DepthToSpace DepthwiseConv2dNative DiagPart
Digamma Div Einsum Elu EnsureShape Equal Erf Erfc Erfinv Exp ExpandDims Expm1 FFT FFT2D FFT3D Fill Floor FloorDiv FloorMod
FusedBatchNormV3 Gather GatherNd GatherV2 Greater GreaterEqual IFFT IFFT2D IFFT3D IRFFT IRFFT2D Identity IdentityN Igamma Igammac
Imag InvertPermutation Invert IsFinite IsInf IsNan L2Loss LRN LeakyRelu LeftShift Less LessEqual Lgamma LinSpace Log Log1p
LogSoftmax LogicalAnd LogicalNot LogicalOr MatMul MatrixBandPart MatrixDeterminant MatrixDiagPartV3 MatrixDiagV3 MatrixInverse
MatrixSetDiagV3 MatrixSolve MatrixTriangularSolve Max MaxPool MaxPool3D MaxPoolWithArgmax Maximum Mean Min Minimum MirrorPad Mod
Mul Ndtri Neg NextAfter NoOp NotEqual OneHot OnesLike Pack Pad PadV2 PartitionedCall Placeholder Polygamma Pow Prod Qr RFFT RFFT2D RFFT3D
Range Rank ReadVariableOp AssignVariableOp VarHandleOp Real RealDiv Reciprocal Relu Relu6 Reshape ResizeBilinear ResizeNearestNeighbor ReverseSequence ReverseV2
RightShift Rint Roll Round Rsqrt ScaleAndTranslate ScatterNd Select SelectV2 Selu SegmentSum Shape Sigmoid Sign Sin Sinh Size Slice
Softmax Softplus Softsign SpaceToBatchND SpaceToDepth Split SplitV Sqrt Square SquaredDifference Squeeze StatefulPartitionedCall
StatelessWhile StatelessIf StopGradient StridedSlice Sub Sum Svd Tan Tanh TensorListFromTensor TensorListGetItem TensorListReserve
TensorListSetItem TensorListStack TensorScatterAdd TensorScatterMax TensorScatterMin TensorScatterUpdate TensorStridedSliceUpdate Tile TopKV2
Transpose TridiagonalSolve TruncateDiv TruncateMod Unique UniqueV2 Unpack UnsortedSegmentMax UnsortedSegmentProd UnsortedSegmentSum UpperBound LowerBound Where While Xdivy Xlog1py Xlogy ZerosLike Zeta
SelfAdjointEigV2 LogMatrixDeterminant StatelessRandomUniformV2 StatelessRandomNormalV2 SaveV2 RestoreV2 MergeV2Checkpoints Bucketize Lu
SparseSegmentSum TensorScatterSub ExtractImagePatches UnravelIndex Dilation2D ConjugateTranspose BroadcastGradientArgs
""".split()


# Attributes that TensorFlow 2.18, the one that runs our tests, does not know yet, and the type that they had before.
NEWER = {("TensorListGetItem", "Tshape"): "int32"}


def type_name(number):
    return types_pb2.DataType.Name(number).removeprefix("DT_").lower()


def argument(op, arg):
    kind = arg.type_attr or arg.type_list_attr or type_name(arg.type)
    kind = NEWER.get((op.name, kind), kind)
    return f"{arg.name}:{arg.number_attr + '*' if arg.number_attr else ''}{kind}"


def literal(value, kind):
    if kind.startswith("list("):
        items = getattr(value.list, {"list(int)": "i", "list(float)": "f", "list(bool)": "b", "list(string)": "s",
                                     "list(type)": "type", "list(shape)": "shape"}[kind])
        return "[" + ",".join(str(i.decode() if isinstance(i, bytes) else i) for i in items) + "]"
    if kind == "string":
        return value.s.decode() or '""'
    if kind == "type":
        return type_name(value.type)
    if kind == "shape":
        return "unknown" if value.shape.unknown_rank else "[]"
    return str({"int": value.i, "float": value.f, "bool": str(value.b).lower()}.get(kind, "given"))


def attribute(attr):
    allowed = ""
    if attr.HasField("allowed_values") and attr.type in ("type", "list(type)"):
        allowed = "<" + "|".join(type_name(t) for t in attr.allowed_values.list.type) + ">"
    default = "=" + literal(attr.default_value, attr.type) if attr.HasField("default_value") else ""
    return f"{attr.name}:{attr.type}{allowed}{default}"


for name in sorted(set(NAMES)):
    op = op_def_registry.get(name)
    if op is None:
        raise SystemExit(f"TensorFlow has no operator {name}")
    inputs = ", ".join(argument(op, a) for a in op.input_arg)
    outputs = ", ".join(argument(op, a) for a in op.output_arg)
    attrs = ", ".join(attribute(a) for a in op.attr if not a.name.startswith("_") and (name, a.name) not in NEWER)
    print(f"{name}({inputs}) -> ({outputs}) {{{attrs}}}{' stateful' if op.is_stateful else ''}")
