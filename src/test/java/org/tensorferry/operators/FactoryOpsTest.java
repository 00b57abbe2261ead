package org.tensorferry.operators;

/** Tensors made of numbers and sizes. */
final class FactoryOpsTest extends OperatorTest {

  @Override
  protected void cases(Cases c) {
    c.op("torch._shape_as_tensor(x)", f32(2, 3));
    c.op("torch._shape_as_tensor(x)", f32());
    c.op("torch.zeros_like(torch.empty_permuted([2, x.size(0)], [1, 0]))", f32(3));
    c.op("torch.zeros([2, 3])", f32(1));
    c.op("torch.zeros([x.size(0), 2], dtype=4)", f32(3));
    c.op("torch.zeros([])", f32(1));
    c.op("torch.ones([x.size(1), x.size(0)], dtype=11)", f32(3, 2));
    c.op("torch.zeros_like(torch.empty([2, 3]))", f32(1));
    c.op("torch.zeros_like(torch.empty_strided([2, 3], [3, 1]))", f32(1));
    c.op("torch.eye(3)", f32(1));
    c.op("torch.eye(x.size(0), 4, dtype=4)", f32(3));
    c.op("torch.full([2], 3)", f32(1));
    c.op("torch.full([x.size(0)], 3.5)", f32(2));
    c.op("torch.full([2], 1, dtype=11)", f32(1));
    c.op("torch.full([2], 3.7, dtype=3)", f32(1));
    c.op("torch.full([x.size(0)], x.size(0))", f32(2));
    c.op("torch.zeros_like(x)", i64(2, 3));
    c.op("torch.zeros_like(x, dtype=6)", bool(2, 3));
    c.op("torch.ones_like(x)", f16(2, 3));
    c.op("torch.zeros_like(torch.empty_like(x))", f32(2, 3));
    c.op("torch.full_like(x, 2.5)", i64(2, 3));
    c.op("torch.full_like(x, 2, dtype=7)", i64(2));
    c.op("torch.new_zeros(x, [2, 3])", i16(2));
    c.op("torch.new_zeros(x, [x.size(0)], dtype=5)", i64(2));
    c.op("torch.new_ones(x, [2, 3])", bf16(2));
    c.op("torch.new_full(x, [2], 3.5)", f64(2));
    c.op("torch.zeros_like(torch.new_empty(x, [2]))", f32(2));
    c.op("torch.zeros_like(torch.new_empty_strided(x, [2], [1]))", f32(2));
    c.op("torch.scalar_tensor(float(torch.item(torch.sum(x))))", f32(2));
    c.op("torch.add(x, torch.scalar_tensor(2))", f32(2));
    c.op("torch.add(x, torch.scalar_tensor(2, dtype=4))", i64(2));
    c.op("torch.tensor([1, 2, 3])", f32(1));
    c.op("torch.tensor([1., -2.5])", f32(1));
    c.op("torch.tensor([True, False])", f32(1));
    c.op("torch.tensor([[1, 2], [3, 4]], dtype=6)", f32(1));
    c.op("torch.tensor([x.size(0), 1])", f32(2));
    c.op("torch.tensor(3)", f32(1));
    c.op("torch.tensor(2.5, dtype=7)", f32(1));
    c.op("torch.tensor(x.size(0))", f32(2));
    c.op("torch.tensor(annotate(List[int], []), dtype=4)", f32(1)).named("an empty list");
    c.op("torch.tensor(annotate(List[int], []))", f32(1)).refused("does not say its type");
    c.op("torch.as_tensor([1, 2])", f32(1));
    c.op("torch.as_tensor(x)", f32(2));
    c.op("torch.as_tensor(x, dtype=4)", f32(2));
  }
}
