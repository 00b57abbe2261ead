package org.tensorferry.torchscript.interp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.tensorferry.dim.Assumptions.Assumption;
import org.tensorferry.dim.Relation;

/** Sizes with dynamic dims stay expressions; what their examples decide is recorded. */
class DynamicDimsTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "x.shape | [batch, time, 8]",
        "torch.size(x, 1) | time",
        "torch.size(x, -1) | 8",
        "x.size(1) + 1 | time + 1",
        "2 * x.size(1) - x.size(1) | time",
        "x.size(1) // 2 | time//2",
        "(4 * x.size(1)) // 2 | 2*time",
        "(2 * x.size(1)) // 3 | (2*time)//3",
        "2 * (x.size(1) // 3) | 2*(time//3)",
        "2 * (x.size(1) // 3) == (2 * x.size(1)) // 3 | BOOL<2*(time//3) == (2*time)//3 e.g. 0.0>",
        "x.size(1) % 4 | time - 4*(time//4)",
        "x.numel() | 8*batch*time",
        "len(x) | batch",
        "-x.size(1) | -time",
        "abs(x.size(1)) | time",
        "min(x.size(1), 1) | 1",
        "max(x.size(1), 1) | time",
        "max(x.size(1), 16) | max(16, time)",
        "min([9223372036854775807, x.size(1)]) | min(9223372036854775807, time)",
        "int(x.size(1) / 2) | time//2",
        "int(float(x.size(1)) * 0.25) | time//4",
        "int(x.size(1) * 2.0) | 2*time",
        "math.floor(x.size(1) / 4) | time//4",
        "math.ceil(x.size(1) / 4) | (time + 3)//4",
        "x.size(1) * 1.5 // 1 | FLOAT<time + time//2 e.g. 30.0>",
        "float(x.size(1)) | FLOAT<time e.g. 20.0>",
        "x.size(1) / 4 | FLOAT<(time)/4 e.g. 5.0>",
        "x.size(1) / x.size(1) | FLOAT<div0 e.g. 1.0>",
        "math.sqrt(x.size(1)) | FLOAT<sqrt0 e.g. 4.47213595499958>",
        "int(math.sqrt(x.size(1))) | n0",
        "x.size(1) >= 1 | True",
        "x.size(1) == 0 | False",
        "x.size(1) == x.size(1) | True",
        "x.size(1) < x.size(1) + 1 | True",
        "x.shape == [1, 2] | False",
        "x.size(1) > 16 | BOOL<time > 16 e.g. 1.0>",
        "not x.size(1) > 16 | BOOL<time <= 16 e.g. 0.0>",
        "x.size(1) > 16 and False | False",
        "x.size(1) / 2 > 8 | BOOL<time > 16 e.g. 1.0>",
        "'{}'.format(x.size(1) + 1) | time + 1",
        "[i for i in x.shape] | [batch, time, 8]",
        "x.stride() | [8*time, 8, 1]",
        "torch.__range_length(0, x.size(1), 2) | (time + 1)//2",
      })
  void integersStayExact(String expression, String expected) {
    String result = Script.forward("return " + expression).result();
    assertEquals(
        expected, result.startsWith("'") ? result.substring(1, result.length() - 1) : result);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "x.size(1) >= 16 | time >= 16 (example: 20) | 1",
        "x.size(1) >= 32 | time < 32 (example: 20) | 2",
        "x.size(1) == 20 | time == 20 (example: 20) | 1",
        "x.size(1) == 21 | time != 21 (example: 20) | 2",
        "x.size(1) % 4 == 0 | time - 4*(time//4) == 0 (example: 20) | 1",
        "x.size(0) < x.size(1) | batch < time (example: batch=2, time=20) | 1",
        "x.size(1) * 0.5 < 3 | time >= 6 (example: 20) | 2",
        "math.sqrt(x.size(1)) < 5 | the condition is true for all sizes, as for the examples | 1",
      })
  void branchesAreDecidedByTheExampleAndRecorded(
      String condition, String assumption, String result) {
    Script script = Script.forward("if " + condition + ":\n  r = 1\nelse:\n  r = 2\nreturn r");
    assertEquals(result, script.result());
    Optional<Relation> relation =
        assumption.contains("(example")
            ? Optional.of(Relation.parse(assumption.replaceAll(" \\(example.*", "")))
            : Optional.empty();
    assertEquals(
        List.of(new Assumption(assumption, "code/__torch__.py:5", relation)),
        script.assumptions.all());
  }

  @Test
  void comparisonsThatNobodyBranchesOnAssumeNothing() {
    Script script = Script.forward("r = x.size(1) > 16\nreturn x.size(1) > 0");
    assertEquals("True", script.result());
    assertTrue(script.assumptions.all().isEmpty());
  }

  @Test
  void numbersBecomeTensorsOnlyWhereAnOperatorTakesThem() {
    Script script = Script.forward("return torch.mul(x, x.size(1) / 2)");
    script.run();
    assertEquals(
        List.of("aten::div(scalar(time), 2.0)", "aten::mul(x, FLOAT<div0 e.g. 10.0>)"),
        script.operators.calls);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        // What tracing writes for sizes; the result's dtype is torch's.
        "ops.prim.NumToTensor(x.size(1)) | tensor(time, int64)",
        "torch.floor_divide(ops.prim.NumToTensor(x.size(1)), 2) | tensor(time//2, int64)",
        "torch.mul(ops.prim.NumToTensor(x.size(1)), torch.tensor(3)) | tensor(3*time, int64)",
        "torch.add(ops.prim.NumToTensor(x.size(1)), 1, alpha=2) | tensor(time + 2, int64)",
        "torch.rsub(ops.prim.NumToTensor(x.size(1)), 1) | tensor(-time + 1, int64)",
        "torch.div(ops.prim.NumToTensor(x.size(1)), 4) | tensor(FLOAT<(time)/4 e.g. 5.0>, float32)",
        "torch.div(ops.prim.NumToTensor(x.size(1)), 4, rounding_mode='floor') | tensor(time//4, int64)",
        "torch.floor(torch.mul(torch.to(ops.prim.NumToTensor(x.size(1)), 6), 0.5)) | tensor(FLOAT<time//2 e.g. 10.0>, float32)",
        "int(torch.floor(torch.mul(torch.to(ops.prim.NumToTensor(x.size(1)), 6), 0.5))) | time//2",
        "torch.mul(torch.tensor(7), 0.5) | tensor(3.5, float32)",
        "torch.add(torch.tensor(7), True) | tensor(8, int64)",
        "torch.eq(torch.tensor(7), 7) | tensor(True, bool)",
        "torch.neg(torch.tensor(7)) | tensor(-7, int64)",
        "torch.to(torch.tensor(2.75), 4) | tensor(2, int64)",
        "torch.tensor(1).add_(2) | tensor(3, int64)",
        "torch.tensor(0.1).item() | 0.10000000149011612",
        "torch.tensor(5).item() | 5",
        "annotate(int, torch.tensor(5)) | 5",
        "annotate(float, torch.tensor(5)) | 5.0",
        "torch.remainder(torch.tensor(-7), 3) | tensor(2, int64)",
      })
  void scalarsThatHoldSizesStayNumbers(String expression, String expected) {
    Script script = Script.forward("return " + expression);
    assertEquals(expected, script.result());
    assertEquals(List.of(), script.operators.calls);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "torch.max(x).item() | FLOAT<max0>",
        "float(torch.max(x)) | FLOAT<max0>",
        "int(torch.to(torch.max(x), 4)) | n0",
        "int(torch.max(x)) | n0",
        "bool(torch.any(x)) | BOOL<any0>",
        "not bool(torch.any(x)) | BOOL<logical_not1>",
        "torch.max(x).item() * 2.0 | FLOAT<mul2>",
        "torch.max(x).item() > 0.0 | BOOL<gt2>",
        "torch.to(torch.max(x), 4).item() == torch.to(torch.max(x), 4).item() | BOOL<n0 == n1>",
      })
  void numbersOfTheDataComeFromTensors(String expression, String expected) {
    assertEquals(expected, Script.forward("return " + expression).result());
  }

  @Test
  void theSameTensorReadTwiceIsTheSameNumber() {
    assertEquals(
        "True", Script.forward("n = torch.to(torch.max(x), 4)\nreturn int(n) == int(n)").result());
  }
}
