package org.tensorferry.operators;

import java.util.ArrayList;
import java.util.List;

/**
 * Branches and loops that only the data decides, as TensorFlow's If and While. Programs come in the
 * forms that torch.jit.script prints, and each takes every way: its inputs are tried positive and
 * negative, long and short.
 */
final class ControlFlowTest extends OperatorTest {

  @Override
  protected void cases(Cases c) {
    branches(c);
    optionals(c);
    loops(c);
    lists(c);
    numbers(c);
    nested(c);
    parts(c);
    decoders(c);
    refusals(c);
  }

  /** A forward of x, y and z; once for each sign of what it decides by. */
  private static List<Case> both(Cases c, String name, String type, String body, Input... more) {
    List<Case> made = new ArrayList<>();
    for (double sign : new double[] {1, -1}) {
      Input x = f32(3, 4).between(Math.min(0, 2 * sign), Math.max(0, 2 * sign));
      Input[] inputs = new Input[more.length + 1];
      inputs[0] = x;
      System.arraycopy(more, 0, inputs, 1, more.length);
      made.add(program(c, name + (sign > 0 ? ", positive" : ", negative"), type, body, inputs));
    }
    return made;
  }

  private static Case program(Cases c, String name, String type, String body, Input... inputs) {
    String[] names = {"x", "y", "z"};
    StringBuilder source = new StringBuilder("def forward(self");
    for (int i = 0; i < inputs.length; i++) {
      source.append(", ").append(names[i]).append(": Tensor");
    }
    return c.program(name, source + ") -> " + type + ":\n" + body.indent(2), inputs);
  }

  private static void branches(Cases c) {
    both(
        c,
        "changed in place on one way and replaced on the other",
        "Tensor",
        "x = torch.clone(x)\nif bool(x.sum() > 0):\n  x.sub_(1)\nelse:\n  x = x.clone()\nreturn x");
    both(
        c,
        "a list of what one way changes in place",
        "List[Tensor]",
        "x = torch.clone(x)\nif bool(x.sum() > 0):\n  x.sub_(1)\n  l = [x]\nelse:\n  l = [x * 2]\nreturn l");
    both(
        c,
        "changed after both ways, and nobody else looks",
        "Tensor",
        "x = torch.clone(x)\nif bool(x.sum() > 0):\n  x = x + 1\nx.add_(1)\nreturn x");
    both(c, "if", "Tensor", "if bool(x.sum() > 0):\n  x = x + 1\nreturn x");
    both(
        c,
        "if and else",
        "Tensor",
        "if bool(x.sum() > 0):\n  y = x + 1\nelse:\n  y = x * 2\nreturn y");
    both(
        c,
        "elif",
        "Tensor",
        "s = x.sum()\nif bool(s > 3):\n  y = x + 1\nelif bool(s > 0):\n  y = x * 2\nelse:\n  y = -x\nreturn y");
    both(
        c,
        "two results",
        "Tuple[Tensor, Tensor]",
        "if bool(x.mean() > 0):\n  a, b = x, x + 1\nelse:\n  a, b = x * 2, x\nreturn a, b");
    both(
        c,
        "another shape on either way",
        "Tensor",
        "if bool(x.sum() > 0):\n  y = x[:, 1:]\nelse:\n  y = x\nreturn y * y.size(1)");
    both(
        c, "both return", "Tensor", "if bool(x.sum() > 0):\n  return x + 1\nelse:\n  return x - 1");
    both(
        c,
        "a tuple is returned from both",
        "Tuple[Tensor, int]",
        "if bool(x.sum() > 0):\n  return x + 1, 3\nelse:\n  return x - 1, x.size(0)");
    both(
        c,
        "uninitialized on one way",
        "Tensor",
        "u = uninitialized(Tensor)\nif bool(x.sum() > 0):\n  a, b = True, x * 3\nelse:\n  a, b = False, u\n"
            + "if a:\n  r = b\nelse:\n  r = -x\nreturn r");
    both(c, "conditional expression", "Tensor", "return x if bool(x.sum() > 0) else -x");
    both(
        c,
        "condition of and, or, not",
        "Tensor",
        "if bool(x.sum() > 0) and not bool(x.max() > 100):\n  x = x + 1\nreturn x");
    both(c, "item compared", "Tensor", "if x.sum().item() > 0.5:\n  x = x + 1\nreturn x");
    both(
        c,
        "an int of data compared",
        "Tensor",
        "n = int(x.sum())\nif n > 2:\n  x = x + n\nreturn x");
    both(
        c,
        "in place in a branch",
        "Tensor",
        "y = x.clone()\nif bool(x.sum() > 0):\n  y.add_(1)\nreturn y * 2");
    both(
        c,
        "a view written in a branch",
        "Tensor",
        "y = x.clone()\nrow = y[0]\nif bool(x.sum() > 0):\n  row.zero_()\nreturn y + row");
    both(
        c,
        "a list changed in a branch",
        "Tensor",
        "l = [x, x + 1]\nif bool(x.sum() > 0):\n  l[0] = x * 5\nelse:\n  l.append(x * 7)\nreturn torch.stack(l)");
    both(
        c,
        "a dict changed in a branch",
        "Tensor",
        "d = {'a': x, 'b': x}\nif bool(x.sum() > 0):\n  d['a'] = x * 5\nreturn d['a'] + d['b']");
    both(
        c,
        "a check that raises",
        "Tensor",
        "if bool(x.sum() > 1000.):\n  ops.prim.RaiseException('large')\nreturn x + 1");
    program(
        c,
        "a flag and constants",
        "Tuple[Tensor, Tensor]",
        "if bool(x[0] == 1):\n  a, b = torch.tensor([0]), torch.tensor([1])\nelse:\n  a, b = torch.tensor([1]), torch.tensor([2])\nreturn a, b",
        i32(1).below(2));
    c.program(
            "a weight in a branch",
            "def forward(self, x: Tensor) -> Tensor:\n  if bool(x.sum() > 0):\n    x = torch.linear(x, self.w)\n"
                + "  else:\n    x = torch.linear(x, self.v)\n  return x\n",
            f32(2, 3).fixed(1))
        .parameter("w", f32(4, 3))
        .parameter("v", f32(4, 3));
  }

  /** What is None on one way and given on the other. */
  private static void optionals(Cases c) {
    both(
        c,
        "None on one way",
        "Tensor",
        "h: Optional[Tensor] = None\nif bool(x.sum() > 0):\n  h = x * 2\nif torch.__isnot__(h, None):\n  h1 = unchecked_cast(Tensor, h)\n  y = h1 + 1\nelse:\n  y = x - 1\nreturn y");
    both(
        c,
        "None on one way, of another rank when it is changed",
        "Tensor",
        "h: Optional[Tensor] = None\nif bool(x.sum() > 0):\n  h = x * 2\nif torch.__isnot__(h, None):\n  h1 = unchecked_cast(Tensor, h)\n  h2: Optional[Tensor] = torch.unsqueeze(h1, 0)\nelse:\n  h2 = h\n"
            + "if torch.__is__(h2, None):\n  y = x\nelse:\n  h3 = unchecked_cast(Tensor, h2)\n  y = h3[0]\nreturn y");
    both(
        c,
        "a number or None",
        "Tensor",
        "n: Optional[int] = None\nif bool(x.sum() > 0):\n  n = 2\nif torch.__is__(n, None):\n  m = x.size(0)\nelse:\n  m = unchecked_cast(int, n)\nreturn x * m");
    both(
        c,
        "a dict made on either way",
        "Tensor",
        "if bool(x.sum() > 0):\n  d = {'a': x, 'b': x + 1}\nelse:\n  d = {'a': -x, 'b': x * 2}\nreturn d['a'] * d['b']");
    program(
        c,
        "None until a round gives it",
        "Tensor",
        "h: Optional[Tensor] = None\nfor i in range(x.size(0)):\n  if bool(x[i].sum() > 0):\n    h = x[i]\nif torch.__is__(h, None):\n  y = x[0] * 100\nelse:\n  y = unchecked_cast(Tensor, h)\nreturn y",
        f32(4, 3));
    both(
        c,
        "None or a tensor for an operator",
        "Tensor",
        "h: Optional[Tensor] = None\nif bool(x.sum() > 0):\n  h = torch.ones([2])\nreturn torch.linear(x, y, h)",
        f32(2, 4).fixed());
    both(
            c,
            "None or a tensor is returned",
            "Optional[Tensor]",
            "h: Optional[Tensor] = None\nif bool(x.sum() > 0):\n  h = x\nreturn h")
        .forEach(each -> each.refused("is used that is None or Tensor as the data decides"));
  }

  private static void loops(Cases c) {
    program(
        c,
        "while on data",
        "Tensor",
        "while bool(x.sum() < 100):\n  x = x * 2 + 1\nreturn x",
        f32(2, 3));
    program(
        c,
        "while that never begins",
        "Tensor",
        "while bool(x.sum() > 1000):\n  x = x / 2\nreturn x",
        f32(2, 3));
    program(
        c,
        "a counter and a stop",
        "Tuple[Tensor, int]",
        "i = 0\ngo = bool(x.sum() < 50)\nwhile go:\n  x = x + 3\n  i = i + 1\n  go = bool(x.sum() < 50) and i < 10\nreturn x, i",
        f32(2, 3));
    program(
        c,
        "for over a dim",
        "Tensor",
        "s = torch.zeros([x.size(1)])\nfor i in range(x.size(0)):\n  s = torch.tanh(s + x[i] * i)\nreturn s",
        f32(4, 3));
    program(
        c,
        "for over a dim backward",
        "Tensor",
        "s = torch.zeros([x.size(1)])\nfor i in range(x.size(0) - 1, -1, -1):\n  s = torch.tanh(s + x[i])\nreturn s",
        f32(4, 3));
    program(
        c,
        "for with a step",
        "Tensor",
        "s = x[0]\nfor i in range(1, x.size(0), 2):\n  s = s * x[i]\nreturn s",
        f32(6, 3));
    program(
        c,
        "for over data",
        "Tensor",
        "for i in range(int(y)):\n  x = x * 2 - i\nreturn x",
        f32(2, 3),
        i64().values(3));
    program(
        c,
        "for over data, no round",
        "Tensor",
        "for i in range(int(y)):\n  x = x * 2 - i\nreturn x",
        f32(2, 3),
        i64().values(0));
    program(
        c,
        "rows of a tensor",
        "Tensor",
        "s = torch.zeros([x.size(1)])\nfor v in x.unbind(0):\n  s = torch.tanh(s + v)\nreturn s",
        f32(4, 3));
    program(
        c,
        "a shape that grows",
        "Tensor",
        "for i in range(x.size(0)):\n  x = torch.cat([x, x[:, :1] * i], 1)\nreturn x",
        f32(3, 2));
    program(
        c,
        "a row written each round",
        "Tensor",
        "y = torch.zeros_like(x)\nfor i in range(x.size(0)):\n  y[i] = x[i] * i\nreturn y",
        f32(3, 2));
    program(
        c,
        "None before the first round",
        "Tensor",
        "h: Optional[Tensor] = None\nfor v in x.unbind(0):\n  if h is None:\n    h = v\n  else:\n    h = torch.tanh(h + v)\nassert h is not None\nreturn h",
        f32(4, 3));
    program(
        c,
        "two counters",
        "Tensor",
        "a = 0\nb = 10\nfor i in range(x.size(0)):\n  x = x + a * b\n  a = a + 2\n  b = b - 1\nreturn x + a - b",
        f32(4, 3));
    program(
        c,
        "an int that doubles",
        "Tuple[Tensor, int]",
        "a = 1\nfor i in range(x.size(0)):\n  a = a * 2\n  x = x + a\nreturn x, a",
        f32(4, 3));
    program(
        c,
        "a float that is carried",
        "Tuple[Tensor, float]",
        "a = 1.5\nfor i in range(x.size(0)):\n  a = a * 0.5 + float(x[i].sum())\n  x = x + a\nreturn x, a",
        f32(4, 3));
    program(
        c,
        "collatz",
        "int",
        "n = int(x)\ns = 0\nwhile n != 1:\n  if n % 2 == 0:\n    n = n // 2\n  else:\n    n = 3 * n + 1\n  s = s + 1\nreturn s",
        i64().values(27));
    c.program(
            "a cell of one's own",
            "def forward(self, x: Tensor) -> Tuple[Tensor, Tensor]:\n  h = torch.zeros([x.size(1), 5])\n"
                + "  outs = annotate(List[Tensor], [])\n  rows = torch.unbind(x)\n  for i in range(torch.len(rows)):\n"
                + "    h = torch.tanh(torch.linear(rows[i], self.w) + torch.linear(h, self.u))\n    _ = torch.append(outs, h)\n"
                + "  return torch.stack(outs), h\n",
            f32(6, 2, 4).fixed(2))
        .parameter("w", f32(5, 4))
        .parameter("u", f32(5, 5));
  }

  private static void lists(Cases c) {
    program(
        c,
        "stack",
        "Tensor",
        "l = annotate(List[Tensor], [])\nfor i in range(x.size(0)):\n  l.append(x[i] * i)\nreturn torch.stack(l)",
        f32(4, 3));
    program(
        c,
        "stack along the last axis",
        "Tensor",
        "l = annotate(List[Tensor], [])\nfor i in range(x.size(0)):\n  l.append(x[i] * i)\nreturn torch.stack(l, -1)",
        f32(4, 3));
    program(
        c,
        "cat along the first axis",
        "Tensor",
        "l = annotate(List[Tensor], [])\nfor i in range(x.size(0)):\n  l.append(x * i)\nreturn torch.cat(l)",
        f32(4, 3));
    program(
        c,
        "cat along another axis",
        "Tensor",
        "l = annotate(List[Tensor], [])\nfor i in range(x.size(0)):\n  l.append(x * i)\nreturn torch.cat(l, 1)",
        f32(4, 3));
    program(
        c,
        "elements of different sizes",
        "Tensor",
        "l = annotate(List[Tensor], [])\nfor i in range(x.size(0)):\n  l.append(x[i:i + 1].expand(int(y[i]), -1))\nreturn torch.cat(l)",
        f32(4, 3).fixed(),
        i64(4).values(1, 3, 0, 2));
    program(
        c,
        "appended under a condition",
        "Tuple[Tensor, int]",
        "l = [x[0]]\nfor i in range(1, x.size(0)):\n  if bool(x[i].sum() > 0):\n    l.append(x[i])\nreturn torch.stack(l), len(l)",
        f32(6, 3));
    program(
        c,
        "an element of a list that grows",
        "Tensor",
        "l = [x[0]]\nfor i in range(1, x.size(0)):\n  l.append(l[i - 1] * 0.5 + x[i])\nreturn l[-1] + l[0]",
        f32(4, 3));
    program(
        c,
        "added to in place",
        "Tensor",
        "l = annotate(List[Tensor], [])\nfor i in range(x.size(0)):\n  l = torch.add_(l, [x[i]])\nreturn torch.stack(l)",
        f32(4, 3));
  }

  private static void numbers(Cases c) {
    both(
        c,
        "an int of a branch",
        "Tuple[Tensor, int]",
        "if bool(x.sum() > 0):\n  n = 2\nelse:\n  n = x.size(0) + 1\nreturn x * n, n");
    both(
        c,
        "a float of a branch",
        "Tensor",
        "if bool(x.sum() > 0):\n  n = 0.5\nelse:\n  n = x.size(0) * 0.25\nreturn x * n");
    both(
        c,
        "a bool of a branch",
        "Tensor",
        "if bool(x.sum() > 0):\n  f = True\nelse:\n  f = bool(x.min() < -1)\nif f:\n  x = x + 1\nreturn x");
    both(
        c,
        "a size of a branch",
        "Tensor",
        "if bool(x.sum() > 0):\n  n = 2\nelse:\n  n = 1\nreturn x[:, :n] + torch.zeros([n])");
  }

  private static void nested(Cases c) {
    program(
        c,
        "if in for",
        "Tensor",
        "s = torch.zeros([x.size(1)])\nfor i in range(x.size(0)):\n  if bool(x[i].sum() > 0):\n    s = s + x[i]\n  else:\n    s = s * 0.5\nreturn s",
        f32(6, 3));
    program(
        c,
        "for in for",
        "Tensor",
        "s = torch.zeros([])\nfor i in range(x.size(0)):\n  for j in range(x.size(1)):\n    s = torch.tanh(s + x[i, j] * i - j)\nreturn s",
        f32(3, 4));
    program(
        c,
        "while in if",
        "Tensor",
        "if bool(x.sum() > -1000):\n  while bool(x.sum() < 20):\n    x = x + 1\nreturn x",
        f32(3, 4));
    program(
        c,
        "greedy decoding",
        "Tensor",
        "out = annotate(List[Tensor], [])\nk = 0\nt = x[0]\ngo = True\nwhile go:\n  t = torch.softmax(t + x[0], 0)\n  i = torch.argmax(t, 0, True)\n"
            + "  t = torch.roll(t, [1])\n  _ = torch.append(out, i)\n  if bool(i.item() == 3):\n    f = False\n  else:\n    f = True\n"
            + "  k = k + 1\n  go = torch.__and__(torch.lt(k, 7), f)\nreturn torch.cat(out)",
        f32(2, 5));
    c.program(
        "loops and branches in a method",
        """
        def forward(self, x: Tensor) -> Tensor:
          return self.cut(self.cut(x, 2.), 0.5)
        def cut(self, x: Tensor, most: float) -> Tensor:
          while bool(x.abs().max() > most):
            x = x * 0.5
          if bool(x.sum() > 0):
            x = -x
          return x
        """,
        f32(2, 3));
  }

  /** Parts of tensors that loops and branches in one another change in place. */
  private static void parts(Cases c) {
    String[][] bodies = {
      {
        "a part changed in place by a loop in a loop",
        "z = torch.clone(x)\nfor i in range(x.size(0)):\n  for j in range(x.size(1)):\n    _ = torch.add_(torch.select(z, 0, 0), 1)\nreturn z"
      },
      {
        "a part with a name from before",
        "z = torch.clone(x)\n_ = torch.add_(torch.select(z, 0, 0), 1)\nfor i in range(x.size(0)):\n  for j in range(x.size(1)):\n    _ = torch.add_(torch.select(z, 0, 0), 1)\nreturn z"
      },
      {
        "a part changed by a branch in a loop in a loop",
        "z = torch.clone(x)\nfor i in range(x.size(0)):\n  for j in range(x.size(1)):\n    if bool(z.sum() > 0):\n      _ = torch.add_(torch.select(z, 0, 0), 1)\n    else:\n      _ = torch.sub_(z, 1)\nreturn z"
      },
      {
        "a part changed before and in a loop in a loop",
        "z = torch.clone(x)\nfor i in range(x.size(0)):\n  _ = torch.sub_(torch.select(z, 0, 0), 1)\n  for j in range(x.size(1)):\n    _ = torch.add_(torch.select(z, 0, 0), 1)\nreturn z"
      },
      {
        "a part changed in a loop in a loop and after it",
        "z = torch.clone(x)\nfor i in range(x.size(0)):\n  for j in range(x.size(1)):\n    _ = torch.add_(torch.select(z, 0, 0), 1)\n  _ = torch.sub_(torch.select(z, 0, 0), 1)\nreturn z"
      },
      {
        "a part changed by a loop in a branch in a loop",
        "z = torch.clone(x)\n_ = z\nfor i in range(x.size(0)):\n  if bool(z.sum() > 0):\n    for j in range(x.size(1)):\n      _ = torch.add_(torch.select(z, 0, 0), 1)\n  else:\n    _ = torch.relu_(z)\nreturn z"
      },
      {
        "a part that a branch in a loop picks by its round",
        "z = torch.clone(x)\n_ = z[0]\nfor i in range(x.size(0)):\n  if bool(z.sum() > 0):\n    _ = torch.add_(torch.select(z, 0, i), 1)\n  for j in range(x.size(1)):\n    _ = torch.sub_(torch.select(z, 0, i), j)\nreturn z + _"
      },
    };
    for (String[] body : bodies) {
      both(c, body[0], "Tensor", body[1]);
    }
  }

  /** Decoders that end where a token or a gate says so; the second inputs end them elsewhere. */
  private static void decoders(Cases c) {
    String tacotron =
        """
        def forward(self, x: Tensor) -> Tuple[Tensor, Tensor, int]:
          frame = torch.zeros([torch.size(x, 0), 3])
          h = torch.zeros([torch.size(x, 0), 5])
          c = torch.zeros([torch.size(x, 0), 5])
          seen = torch.zeros([torch.size(x, 0), torch.size(x, 1)])
          context = torch.zeros([torch.size(x, 0), 4])
          frames = annotate(List[Tensor], [])
          k = 0
          go = True
          while go:
            p = torch.relu(torch.linear(frame, self.pre))
            i, f, o, u = torch.chunk(torch.linear(torch.cat([p, context, h], 1), self.cell), 4, 1)
            c = torch.sigmoid(f) * c + torch.sigmoid(i) * torch.tanh(u)
            h = torch.sigmoid(o) * torch.tanh(c)
            place = torch.transpose(torch.conv1d(torch.unsqueeze(seen, 1), self.place, None, [1], [1]), 1, 2)
            e = torch.linear(x, self.memory) + torch.unsqueeze(torch.linear(h, self.query), 1)
            e = torch.tanh(e + torch.linear(place, self.where))
            w = torch.softmax(torch.squeeze(torch.linear(e, self.energy), 2), 1)
            seen = seen + w
            context = torch.squeeze(torch.bmm(torch.unsqueeze(w, 1), x), 1)
            both = torch.cat([h, context], 1)
            frame = torch.linear(both, self.frame)
            _ = torch.append(frames, frame)
            k = k + 1
            ends = bool(torch.gt(torch.sum(torch.linear(both, self.gate)), 0.1))
            go = torch.__and__(torch.lt(k, 9), torch.__not__(ends))
          return torch.stack(frames, 1), seen, k
        """;
    String greedy =
        """
        def forward(self, x: Tensor) -> Tensor:
          ids = torch.zeros([1, 1], dtype=4)
          k = 0
          go = True
          while go:
            n = torch.size(ids, 1)
            e = torch.embedding(self.words, ids) + torch.slice(self.places, 0, 0, n, 1)
            later = torch.triu(torch.full([n, n], float("-inf")), 1)
            keys = torch.transpose(torch.linear(e, self.key), 1, 2)
            a = torch.softmax(torch.matmul(torch.linear(e, self.query), keys) * 0.35 + later, -1)
            y = e + torch.matmul(a, torch.linear(e, self.value))
            b = torch.softmax(torch.matmul(y, torch.transpose(x, 1, 2)), -1)
            y = torch.layer_norm(y + torch.matmul(b, x), [8])
            i = torch.argmax(torch.linear(torch.select(y, 1, -1), self.words), 1, True)
            ids = torch.cat([ids, i], 1)
            k = k + 1
            go = torch.__and__(torch.lt(k, 9), torch.__not__(torch.eq(int(torch.item(i)), 3)))
          return ids
        """;
    for (int i = 0; i < 3; i++) {
      double most = 0.5 + 2 * i;
      c.program(
              "a decoder of spectrograms with a gate, " + i,
              tacotron,
              f32(2, 6, 4).between(-most, most))
          .tolerance(2e-5) // rounding goes on from frame to frame
          .parameter("pre", f32(4, 3))
          .parameter("cell", f32(20, 13))
          .parameter("place", f32(2, 1, 3))
          .parameter("memory", f32(6, 4))
          .parameter("query", f32(6, 5))
          .parameter("where", f32(6, 2))
          .parameter("energy", f32(1, 6))
          .parameter("frame", f32(3, 9))
          .parameter("gate", f32(1, 9));
      c.program(
              "a transformer that decodes greedily, " + i,
              greedy,
              f32(1, 5, 8).between(-most, most).fixed(0, 2))
          .parameter("words", f32(7, 8))
          .parameter("places", f32(12, 8))
          .parameter("query", f32(8, 8))
          .parameter("key", f32(8, 8))
          .parameter("value", f32(8, 8));
    }
  }

  private static void refusals(Cases c) {
    String twoNames = "A tensor that may have two names is changed through one of them";
    program(
            c,
            "the other name of what only data says to be the same",
            "Tensor",
            "x = torch.clone(x)\ny = x\nif bool(x.sum() > 0):\n  x = x * 2\nx.add_(1)\nreturn y",
            f32(3))
        .refused(twoNames);
    program(
            c,
            "changed under its first name",
            "Tensor",
            "y = torch.clone(x)\nx = y\nif bool(x.sum() > 0):\n  x = x * 2\ny.add_(1)\nreturn x",
            f32(3))
        .refused(twoNames);
    program(
            c,
            "two that may be one",
            "Tensor",
            "x = torch.clone(x)\nif bool(x.sum() > 0):\n  a, b = x, x\nelse:\n  a, b = x * 2, x * 3\na.add_(1)\nreturn b",
            f32(3))
        .refused(twoNames);
    program(
            c,
            "two that may be one, in a branch",
            "Tensor",
            "x = torch.clone(x)\ny = x\nwhile bool(x.sum() > 3):\n  if bool(x.sum() > 4):\n    y = y * 2\n  y.add_(1)\n  x = x - 1\nreturn x",
            f32(3))
        .refused(twoNames);
    program(
            c,
            "what a loop replaces, or not",
            "Tensor",
            "x = torch.clone(x)\ny = x\nwhile bool(x.sum() > 3):\n  x = x * 0.5\nx.add_(1)\nreturn y",
            f32(3))
        .refused(twoNames);
    program(
            c,
            "branches of different rank",
            "Tensor",
            "if bool(x.sum() > 0):\n  y = x\nelse:\n  y = x[0]\nreturn y",
            f32(2, 3))
        .refused("is used after a branch or loop on data that gives it no one type");
    program(
            c,
            "branches of different dtypes",
            "Tensor",
            "if bool(x.sum() > 0):\n  y = x\nelse:\n  y = x > 0\nreturn y + 1",
            f32(2, 3))
        .refused("it is a tensor of float32 on one way and of bool on the other");
  }
}
