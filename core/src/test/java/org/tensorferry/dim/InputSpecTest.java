package org.tensorferry.dim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.tensorferry.error.ExitCode;
import org.tensorferry.error.FerryException;

class InputSpecTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          x:float32[batch,3,224,224]    | x:float32[batch=2,3,224,224]
          [1,3,224,224]                 | float32[1,3,224,224]
          int32[5]                      | int32[5]
          x[5]                          | x:float32[5]
          x:[]                          | x:float32[]
          :bool[2]                      | bool[2]
          ids:int64[1,16]<30522         | ids:int64[1,16]<30522
          ids[batch,16]<5               | ids:int64[batch=2,16]<5
          ' x : int8 [ t = 5 , 2 ] < 3 '| x:int8[t=5,2]<3
          [batch,time,7]                | float32[batch=2,time=11,7]
          [rows,columns]                | float32[rows=7,columns=11]
          [time,time]                   | float32[time=7,time=7]
          x[2*half=3,4]                 | x:float32[2*half=3,4]
          [time + 1, 4 * (time//4)]     | float32[time + 1=7,4*(time//4)=7]
          """)
  void specsAreReadAndPrinted(String text, String printed) {
    InputSpec spec = InputSpec.parse(text);
    assertEquals(printed, spec.toString());
    assertEquals(spec, InputSpec.parse(printed));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          x                  | 2  | expected the dims in brackets
          ''                 | 1  | expected the dims in brackets
          x:float33[1]       | 3  | unknown dtype `float33`
          x:long[1]          | 3  | did you mean `int64`?
          [1,,2]             | 4  | a dim is a number or a name
          [a+b]              | 2  | a formula of one name
          [2*]               | 2  | a formula of one name
          [-1]               | 2  | name a dim that changes from run to run
          [None,3]           | 2  | name a dim that changes from run to run
          [1,2               | 5  | the bracket is not closed
          [1.5]              | 3  | expected `,` or `]`
          [0]                | 2  | a whole number from 1
          [a=]               | 4  | a whole number from 1
          [99999999999]      | 2  | a whole number from 1
          [1]x               | 4  | unexpected text after the dims
          x:float32[2]<4     | 13 | `<max` is for integer inputs
          [2]<0              | 5  | a whole number from 1
          1x:float32[2]      | 1  | a name starts with a letter
          """)
  void brokenSpecsAreExplained(String text, int column, String sentence) {
    FerryException error = assertThrows(FerryException.class, () -> InputSpec.parse(text));
    assertEquals(ExitCode.USAGE, error.exitCode());
    assertTrue(error.getMessage().contains(sentence), error.getMessage());
    assertTrue(error.getMessage().contains("column " + column + "\n"), error.getMessage());
    String caret = "    " + text + "\n    " + " ".repeat(column - 1) + "^";
    assertTrue(error.getMessage().contains(caret), error.getMessage());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          [batch,time] ; [time=7,h,11]  | float32[batch=2,time=7] ; float32[time=7,h=13,11]
          [a,2] ; [b,7]                 | float32[a=11,2] ; float32[b=13,7]
          [batch,2]                     | float32[batch=7,2]
          """)
  void dimsOfAllInputsGetDistinctExamples(String texts, String printed) {
    List<InputSpec> specs =
        InputSpec.parseAll(Arrays.stream(texts.split(";", -1)).map(String::strip).toList());
    assertEquals(
        printed, specs.stream().map(InputSpec::toString).collect(Collectors.joining(" ; ")));
  }

  @Test
  void aDimHasOneExample() {
    FerryException error =
        assertThrows(
            FerryException.class, () -> InputSpec.parseAll(List.of("[time=2]", "[time=3]")));
    assertTrue(error.getMessage().contains("Dim `time` has two example values, 2 and 3"));
  }
}
