package org.tensorferry.torchscript.syntax;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class OutsideReachTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "torch.save(x, f)                          | `torch.save`",
        "x.save(f)                                 | `x.save`",
        "s = torch.save                            | `torch.save`",
        "torch . from_file(f, True)                | `torch.from_file`",
        "getattr(torch, \"save\")(x, f)            | `getattr` of `save`",
        "getattr(x, 'sa' 've')                     | `getattr` of `save`",
        "getattr(x, '\\163ave')                    | `getattr` of `\\163ave`",
        "o = ops                                   | `ops` without an operator",
        "ops.c10d.broadcast(x)                     | operators of `ops.c10d`",
        "ops.prim.rpc_sync(a)                      | `prim.rpc_sync`",
        "a = __torch__.torch.classes.x.Y()         | `torch.classes`",
        "def __setstate__(self, s: str) -> None: pass | `__setstate__`",
        "def __getstate__(self) -> str: pass       | `__getstate__`",
        "a = 'open                                 | code that can't be read"
      })
  void isFound(String code, String what) {
    String found = OutsideReach.in(new Source("code/m.py", code)).orElse("nothing");
    assertEquals(what, found.startsWith("code") ? found.split(":")[0] : found.split(", line")[0]);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "x = torch.add(a, b)",
        "x = ops.prim.NumToTensor(1)",
        "x = ops.aten.add(a, b)",
        "x = ops.quantized.linear(a, b)",
        "save = torch.relu(x)",
        "x = getattr(self.layers, \"0\")",
        "x = getattr(getattr(self.layers, \"0\"), \"1\").forward(y)",
        "x = {'save': 1}",
        "# torch.save(x, f)",
        "x = self.ops.forward(y)"
      })
  void isNotFound(String code) {
    assertEquals(Optional.empty(), OutsideReach.in(new Source("code/m.py", code)));
  }
}
