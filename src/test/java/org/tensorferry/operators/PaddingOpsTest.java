package org.tensorferry.operators;

import java.util.List;

/** Padding of the last axes in every mode, and cropping by negative amounts. */
final class PaddingOpsTest extends OperatorTest {

  @Override
  protected void cases(Cases c) {
    for (String mode : List.of("reflect", "replicate", "circular")) {
      c.op("torch.pad(x, [1, 2], \"" + mode + "\", 0.)", f32(2, 3, 5));
      c.refused("torch.pad(x, [1, 2], \"" + mode + "\", 0.5)", "takes no `value`", f32(2, 3, 5));
    }
    // Constant
    c.op("torch.constant_pad_nd(x, [1, 2])", f32(2, 3));
    c.op("torch.constant_pad_nd(x, [1, 2, 0, 3], 0.5)", f32(2, 3, 4));
    c.op("torch.constant_pad_nd(x, [-1, 2], 1)", f32(2, 5));
    c.op("torch.constant_pad_nd(x, [-1, -1, 1, 0])", f32(2, 5, 4));
    c.op("torch.constant_pad_nd(x, [0, 0])", f32(2, 5));
    c.op("torch.constant_pad_nd(x, [1, 1], 7)", i64(2, 3));
    c.op("torch.constant_pad_nd(x, [1, 1], 2)", u8(2, 3));
    c.op("torch.constant_pad_nd(x, [1, 1], True)", bool(2, 3));
    c.op("torch.constant_pad_nd(x, [1, 1], -inf)", f64(2, 3));
    c.op("torch.constant_pad_nd(x, [1, 1])", f16(2, 3));
    c.op("torch.constant_pad_nd(x, [1, 1, 1, 1, 1, 1, 1, 1])", f32(1, 2, 3, 4));
    c.op("torch.pad(x, [1, 2])", f32(2, 3));
    c.op("torch.pad(x, [1, 2], \"constant\", 2.5)", f32(2, 3));
    c.op("torch.pad(x, [0, torch.size(x, 0) - 1])", f32(2, 3)).named("by a dynamic amount");
    c.op("torch.pad(x, [0, 4 - torch.size(x, 1)])", f32(2, 6))
        .named("by a dynamic negative amount");
    c.op("torch.pad(x, [0, (8 - torch.size(x, 1) % 8) % 8])", f32(2, 6))
        .named("to a multiple of eight");
    // Reflection
    c.op("torch.pad(torch.slice(x, 0, 0, 0), [1, 1], \"reflect\")", f32(2, 2, 5));
    c.op("torch.reflection_pad1d(x, [2, 1])", f32(2, 3, 4));
    c.op("torch.reflection_pad1d(x, [2, 1])", f32(3, 4));
    c.op("torch.reflection_pad2d(x, [2, 1, 1, 0])", f32(2, 3, 3, 4));
    c.op("torch.reflection_pad2d(x, [2, 1, 1, 0])", f64(3, 3, 4));
    c.op("torch.reflection_pad3d(x, [1, 1, 2, 1, 1, 0])", f32(2, 3, 3, 4, 3));
    c.op("torch.pad(x, [3, 2], \"reflect\")", f32(2, 3, 4));
    c.op("torch.pad(x, [torch.size(x, 2) - 1, 2], \"reflect\")", f32(2, 3, 4))
        .named("reflect by a dynamic amount");
    c.op("torch.pad(x, [-1, 2], \"reflect\")", f32(2, 3, 4));
    c.op("torch._pad_enum(x, [3, 2], 0)", f32(2, 3, 4));
    c.op("torch._pad_enum(x, [3, 2], 3, 1.5)", f32(2, 3, 4));
    // Replication
    c.op("torch.replication_pad1d(x, [1, 1])", f32(2, 3, 4));
    c.op("torch.replication_pad1d(x, [5, 2])", f32(3, 4));
    c.op("torch.replication_pad2d(x, [1, 0, 1, 1])", f32(2, 3, 3, 4));
    c.op("torch.replication_pad2d(x, [2, 0, 7, 1])", f32(2, 3, 3, 4));
    c.op("torch.replication_pad3d(x, [1, 1, 1, 1, 1, 0])", f32(2, 3, 3, 4, 3));
    c.op("torch.replication_pad3d(x, [1, 2, 1, 1, 0, 3])", f64(2, 3, 3, 4, 3));
    c.op("torch.pad(x, [-1, 2], \"replicate\")", f32(2, 3, 4));
    c.op("torch.pad(x, [torch.size(x, 0), 2], \"replicate\")", f32(2, 3, 4))
        .named("replicate by a dynamic amount");
    // Circular
    c.op("torch._pad_circular(x, [2, 1])", f32(2, 3, 4));
    c.op("torch.pad(x, [2, 1, 3, 0], \"circular\")", f32(2, 3, 3, 4));
    c.op("torch.pad(x, [0, 1, 0, 0, 2, 1], \"circular\")", f32(1, 2, 3, 3, 4));
    c.op("torch.pad(x, [-1, 2], \"circular\")", f32(2, 3, 4));
    c.op("torch.pad(x, [torch.size(x, 0), 0], \"circular\")", f32(2, 3, 4))
        .named("circular by a dynamic amount");
    c.refused("torch.pad(x, [1, 1], \"mirror\")", "no padding mode `mirror`", f32(2, 3, 4));
    for (String pad : List.of("[-1, 2]", "[2, -1]", "[-2, 3]", "[-1, -1]")) {
      c.op("torch.pad(x, " + pad + ", \"circular\")", f32(1, 2, 5));
    }
  }
}
