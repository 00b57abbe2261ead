package org.tensorferry.operators;

/** Programs that change tensors, lists, dicts and modules while they run. */
final class WritesTest extends OperatorTest {

  @Override
  protected void cases(Cases c) {
    viewsOfViews(c);
    branches(c);
    slices(c);
    indices(c);
    masks(c);
    loops(c);
    outArguments(c);
    lists(c);
    dicts(c);
    modules(c);
  }

  /** A forward of x, y, z that returns x, which is a copy of the argument, after statements. */
  private static Case writes(Cases c, String statements, Input... inputs) {
    String[] names = {"x", "y", "z"};
    StringBuilder source = new StringBuilder("def forward(self");
    for (int i = 0; i < inputs.length; i++) {
      source.append(", ").append(names[i]).append(": Tensor");
    }
    String body = "x = x.clone()\n" + statements + "\nreturn x\n";
    return c.program(
        statements, source.append(") -> Tensor:\n").append(body.indent(2)).toString(), inputs);
  }

  private static void viewsOfViews(Cases c) {
    writes(c, "x[1:][:, 0].add_(1)", f32(3, 4));
    writes(c, "x[1:][:1].t()[1:].mul_(2)", f32(3, 4));
    writes(c, "x.transpose(0, 1)[1].unsqueeze(0).sub_(3)", f32(3, 4));
    writes(c, "x.view([-1])[2:].view([-1, 2])[:, 1].zero_()", f32(3, 4).fixed());
    writes(c, "x.permute([2, 0, 1])[0].diagonal().fill_(7)", f32(3, 3, 2));
    writes(c, "a, b = x.chunk(2, 1)\na[0].add_(b[1])\nb[:, 0].mul_(a[:, 0])", f32(3, 4).fixed());
    writes(c, "y = x[0]\nz = y[1:]\nx.add_(1)\ny.mul_(2)\nz.neg_()", f32(3, 4));
    writes(c, "x[0].copy_(x[1])\nx[1].copy_(x[0] + x[2])", f32(3, 4));
    writes(c, "x.select(1, 0).narrow(0, 1, 2).squeeze(0).exp_()", f32(3, 4));
    writes(c, "torch.broadcast_tensors([x])[0].flatten().add_(1)", f32(2, 3));
    writes(c, "x.expand(-1, 3).reshape(-1).add_(1)", f32(2, 3).fixed());
    writes(c, "x.transpose(-2, 1).flatten().add_(1)", f32(2, 3, 2));
    writes(c, "torch.conj(x).add_(1)", f32(2, 3));
    writes(c, "y = x.narrow(1, torch.tensor(1), 2)\nx.mul_(2)\ny.add_(1)", f32(2, 3).fixed(1));
    writes(c, "x.t().flatten().add_(1)", f32(1, 3).fixed());
    writes(c, "x.t().reshape(-1).add_(1)", f32(2, 3).fixed());
    writes(c, "x.unbind(1)[2].unfold(0, 1, 2).clone().zero_()", f32(3, 4).fixed());
  }

  /** A variable that is torn, but not by its rank, says nothing of which way is taken. */
  private static void branches(Cases c) {
    c.program(
        "a torn variable that nothing uses",
        """
        def forward(self, k: Tensor, y: Tensor, z: Tensor, n: Tensor) -> Tensor:
          _ = torch.add_(torch.select(z, 0, 0), 1)
          if int(torch.sum(torch.gt(n, 0))) > 0:
            _ = torch.sub_(k, 1)
          else:
            y = torch.sub(y, 1)
          return y
        """,
        i64(1),
        f32(1, 1),
        f32(1, 1, 1),
        i64(2).values(0, 0));
  }

  private static void slices(Cases c) {
    writes(c, "x[0] = 4.5", f32(3, 4));
    writes(c, "x[1:] = y", f32(3, 4), f32(4));
    writes(c, "x[:, ::2] = 0.5", f32(3, 4).fixed());
    writes(c, "x[..., -1] = y", f32(3, 4), f32(3));
    writes(c, "x[-2:, 1:3] = y", f32(3, 4), f64(2, 2).fixed());
    writes(c, "x[0, :, None] = y", f32(3, 4), f32(4, 1));
    writes(c, "x[1:] += x[:-1].clone()", f32(3, 4));
    writes(c, "x[:, 0] *= 2\nx[:, 1] -= x[:, 0]\nx[0] /= 4", f32(3, 4));
    writes(c, "x[1] = x[0] > 0", f32(3, 4));
    writes(c, "x[0] = 2.9", i64(3, 4));
    writes(c, "x[:x.size(0) - 1] = x[1:].clone()", f32(3, 4));
  }

  private static void indices(Cases c) {
    writes(c, "x[y] = 1.25", f32(5, 3), i64(2).values(3, -1));
    writes(c, "x[y] = z", f32(5, 3), i64(2).values(3, 1), f32(2, 3).fixed());
    writes(c, "x[:, y] += 2", f32(3, 5), i64(2).values(0, 4));
    writes(c, "x[y, z] = -1", f32(3, 5), i64(2).values(0, 2), i64(2).values(4, 1));
    writes(c, "x[0][y] = 9", f32(3, 5), i64(2).values(4, 1));
    writes(c, "x[1:, y] = 9", f32(3, 5), i64(2).values(4, 1));
    writes(c, "x.t()[y] *= 2", f32(3, 5), i64(2).values(4, 1));
    writes(
        c,
        "i = annotate(List[Optional[Tensor]], [y])\nz = torch.index_put_(x, i, x[0] * 2, True)",
        f32(5, 3),
        i64(3).values(2, 2, 1));
    writes(c, "x[0].index_add_(0, y, z)", f32(2, 5), i64(3).values(1, 1, 4), f32(3).fixed());
    writes(c, "x[:, 1:].scatter_(1, y, 7.0)", f32(2, 5), i64(2, 1).values(0, 2));
    writes(c, "x[1].index_fill_(0, y, 3)", f32(2, 5), i64(2).values(1, 4));
  }

  private static void masks(Cases c) {
    writes(c, "x[x > 0] = 0.0", f32(3, 4));
    writes(c, "x[y] += 1", f32(3, 4), bool(3, 4));
    writes(c, "x[y] *= 2", f32(3, 4), bool(3, 4));
    writes(c, "x[y] = z[y]", f32(3, 4), bool(3, 4), f32(3, 4));
    writes(c, "x[y] = z + 1", f32(3, 4), bool(3), f32(4));
    writes(c, "x[:, y] = -1", f32(3, 4), bool(4));
    writes(c, "x[0][y] = 5.0", f32(3, 4), bool(4));
    writes(c, "x[1:][y[1:]] = 5.0", f32(3, 4), bool(3, 4));
    writes(c, "x[y] = torch.relu(x[y])", f32(3, 4), bool(3, 4));
    writes(c, "x.t().masked_fill_(y, 1.5)", f32(3, 4), bool(4, 3));
    writes(c, "x[1].masked_scatter_(y, z)", f32(3, 4), bool(4), f32(8).fixed());
    writes(c, "x[torch.isnan(x)] = 0.0", f32(3).values(1, Double.NaN, 2));
    writes(c, "x[~y] = float(\"-inf\")", f32(3, 4), bool(3, 4));
  }

  private static void loops(Cases c) {
    writes(c, "for i in range(1, 3):\n  x[i] += x[i - 1]", f32(3, 4).fixed(0));
    writes(c, "for i in range(3):\n  x[:, i:i + 2] += i", f32(2, 4).fixed(1));
    writes(c, "for row in x.unbind(0):\n  row.mul_(2)", f32(3, 4).fixed(0));
    writes(c, "for i, row in enumerate(x.split(1)):\n  row += i", f32(3, 4).fixed(0));
    writes(
        c,
        "s = torch.zeros([x.size(0), 2])\nfor i in range(4):\n  s[:, i % 2] += x[:, i]\nx = s",
        f32(2, 4).fixed(1));
    writes(
        c,
        "i = 0\nwhile i < x.size(1):\n  x[:, i].clamp_(min=i * 0.1)\n  i += 1",
        f32(2, 4).fixed(1));
  }

  private static void outArguments(Cases c) {
    writes(c, "y = torch.add(x, 1, out=x)", f32(3, 4));
    writes(c, "y = torch.mul(x[1], 2, out=x[0])", f32(3, 4));
    writes(c, "z = torch.matmul(y, y, out=x)", f32(3, 3), f32(3, 3));
    writes(c, "z = torch.cat([y, y], out=x)", f32(4, 3), f32(2, 3)).staticOnly("the sizes agree");
    writes(c, "z = torch.sum(y, [0], out=x[0])", f32(3, 4), f32(2, 4));
  }

  private static void lists(Cases c) {
    writes(c, "l = [x, y]\nl[0].add_(1)\nl[1] = l[0] * 2\nx = l[0] + l[1]", f32(2, 3), f32(3));
    writes(c, "l = [x]\nx.mul_(2)\nl.append(x)\nl[0] -= 1\nx = l[1]", f32(2, 3));
    writes(
        c,
        "l = [x, y]\nm = l\nm.append(x + 1)\nl.extend(m[:1])\nl.reverse()\nx = torch.cat(l)",
        f32(2, 3),
        f32(2, 3));
    writes(c, "l = [x, x + 1, x + 2]\ndel l[1]\nl += [x - 1]\nx = torch.cat(l)", f32(2, 3));
    writes(c, "l = [x, y]\nfor t in l:\n  t.neg_()\nx = l[0] - l[1]", f32(2, 3), f32(3));
    writes(
        c,
        "l = [[x], [y]]\nl[1][0] = l[0][0] * 3\nl[0].append(l[1][0])\nx = l[0][1]",
        f32(3),
        f32(3));
    writes(
        c,
        "l = [x, y]\nm = l.copy()\nl.clear()\nm.insert(0, y)\nx = torch.stack(m)",
        f32(3),
        f32(3));
    writes(c, "n = [3, 1, 2]\nn.sort()\nn[0] += 4\nn.pop()\nx = x * n[0] + n[1]", f32(2, 3));
  }

  private static void dicts(Cases c) {
    writes(c, "d = {'a': x}\nd['a'].add_(1)\nd['b'] = d['a'] * 2\nx = d['b'] + x", f32(2, 3));
    writes(
        c,
        "d = {'a': x, 'b': y}\ndel d['a']\nd.update({'c': x})\nx = d['c'] - d['b']",
        f32(3),
        f32(3));
    writes(
        c,
        "d = {'a': x}\ny = d.setdefault('b', x + 1)\nz = d.pop('a')\nx = y * z * len(d)",
        f32(3));
    writes(
        c, "d = {1: [x]}\nd[1].append(x + 1)\nfor k, v in d.items():\n  x = x + v[1] * k", f32(3));
    writes(c, "d = {'s': 1}\nd['s'] += 2\nx = x * d['s']", f32(3));
  }

  /** Tensors of the module itself, which are state: StateTest calls such models again and again. */
  private static void modules(Cases c) {
    writes(c, "y = self.b.add_(1)", f32(3)).buffer("b", f32(3));
    writes(c, "self.b[0] = 2.0", f32(3)).buffer("b", f32(3));
    writes(c, "y = self.b.view([-1])[1:].mul_(2)", f32(3)).buffer("b", f32(3));
    writes(c, "y = torch.add(x, 1, out=self.b)", f32(3)).buffer("b", f32(3));
    writes(c, "y = self.b.clone()\ny += 1\nx += y", f32(3)).buffer("b", f32(3));
    // What is assigned before it is read is no state.
    writes(c, "self.b = x * 2\nx = self.b + 1", f32(3)).buffer("b", f32(3));
  }
}
