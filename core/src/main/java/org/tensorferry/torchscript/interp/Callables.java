package org.tensorferry.torchscript.interp;

import java.util.List;
import org.tensorferry.dim.Dim;
import org.tensorferry.torchscript.syntax.ClassDef;
import org.tensorferry.torchscript.syntax.FunctionDef;
import org.tensorferry.value.Value;

/** Values that are neither data nor tensors: what a name in code may stand for. */
final class Callables {

  private Callables() {}

  /** An operator or a function of the language, {@code aten::add}, with leading arguments bound. */
  record Operator(String name, List<Value> bound) implements Value.Callable {
    @Override
    public String typeName() {
      return "function";
    }
  }

  /** A function of the model's code. */
  record Function(String qualifiedName, FunctionDef definition) implements Value.Callable {
    @Override
    public String typeName() {
      return "function";
    }
  }

  /** A method of an object. */
  record Method(Value.Obj self, FunctionDef definition) implements Value.Callable {
    @Override
    public String typeName() {
      return "function";
    }
  }

  /** A function inside a function, as {@code fork} runs it. */
  record Nested(FunctionDef definition, Frame around) implements Value.Callable {
    @Override
    public String typeName() {
      return "function";
    }
  }

  /** A class of the model's code. */
  record ClassRef(String qualifiedName, ClassDef definition) implements Value.Callable {
    @Override
    public String typeName() {
      return "type";
    }
  }

  /** {@code T.__new__}: makes an object without calling its constructor. */
  record New(ClassRef type) implements Value.Callable {
    @Override
    public String typeName() {
      return "function";
    }
  }

  /** A tensor or object of the file that can't be read; an error only for whoever uses it. */
  record Unreadable(String what) implements Value.Callable {
    @Override
    public String typeName() {
      return what;
    }
  }

  /** What {@code uninitialized(T)} gives: a value that no way through the code uses. */
  record Uninitialized() implements Value.Callable {
    @Override
    public String typeName() {
      return "uninitialized";
    }
  }

  /**
   * A variable that two ways through the code leave too different; an error for its user.
   *
   * @param byRank true where both ways leave tensors of one dtype, and only their ranks differ
   */
  record Torn(String why, boolean byRank, String place) implements Value.Callable {
    @Override
    public String typeName() {
      return "value";
    }
  }

  /**
   * What is None or not as the data decides.
   *
   * @param isGiven a bool that is known when the model runs
   * @param value what it is where it is given
   */
  record Maybe(Value isGiven, Value value) implements Value.Callable {
    @Override
    public String typeName() {
      return "Optional[" + value.typeName() + "]";
    }
  }

  /** {@code range(start, stop, step)}. */
  record Range(Dim start, Dim stop, long step) implements Value.Callable {
    @Override
    public String typeName() {
      return "range";
    }

    /** The number of rounds. */
    Dim length() {
      Dim span = step > 0 ? stop.minus(start) : start.minus(stop);
      return span.ceilDiv(Math.abs(step)).max(Dim.ZERO);
    }

    /** The number of a round. */
    Dim at(Dim round) {
      return start.plus(round.times(step));
    }
  }
}
