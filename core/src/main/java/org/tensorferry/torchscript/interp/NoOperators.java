package org.tensorferry.torchscript.interp;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.tensorferry.dim.Symbol;
import org.tensorferry.tensor.DType;
import org.tensorferry.value.CallSite;
import org.tensorferry.value.Operators;
import org.tensorferry.value.Regions;
import org.tensorferry.value.TensorHandle;
import org.tensorferry.value.Value;

/** For code that is read and not run. */
final class NoOperators implements Operators {

  @Override
  public Value call(String name, List<Value> args, Map<String, Value> kwargs, CallSite site) {
    return Value.unknown();
  }

  @Override
  public Symbol symbol(TensorHandle scalar, OptionalLong example, long min) {
    throw new IllegalStateException("code that is not run makes no symbol");
  }

  @Override
  public Regions regions() {
    throw new IllegalStateException("nothing is run");
  }

  @Override
  public TensorHandle scalar(Value number, DType dtype) {
    throw new IllegalStateException("code that is not run makes no tensor");
  }

  @Override
  public boolean isNested(TensorHandle tensor) {
    return false;
  }

  @Override
  public Optional<Value> known(TensorHandle scalar) {
    return Optional.empty();
  }
}
