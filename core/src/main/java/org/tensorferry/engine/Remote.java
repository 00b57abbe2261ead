package org.tensorferry.engine;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.tensorferry.error.FerryException;
import org.tensorferry.tensor.HostTensor;
import org.tensorferry.value.Structure;

/** A child process whose answers are taken for what they should be, or refused. */
final class Remote {

  private final Child child;

  Remote(Child child) {
    this.child = child;
  }

  List<?> list(String operation, Object... arguments) {
    return answer(List.class, operation, arguments);
  }

  String text(String operation, Object... arguments) {
    return answer(String.class, operation, arguments);
  }

  long handle(String operation, Object... arguments) {
    return answer(Long.class, operation, arguments);
  }

  double number(String operation, Object... arguments) {
    return answer(Double.class, operation, arguments);
  }

  @SuppressWarnings("unchecked") // Wire makes structures with tensors as leaves and no others
  Structure<HostTensor> structure(String operation, Object... arguments) {
    return answer(Structure.class, operation, arguments);
  }

  Map<String, HostTensor> tensors(String operation, Object... arguments) {
    Map<String, HostTensor> tensors = new LinkedHashMap<>();
    Map<?, ?> answer = answer(Map.class, operation, arguments);
    answer.forEach((name, tensor) -> tensors.put((String) name, (HostTensor) tensor));
    return tensors;
  }

  private <T> T answer(Class<T> type, String operation, Object... arguments) {
    Object answer = child.call(operation, arguments);
    if (!type.isInstance(answer)) {
      throw child.garbled();
    }
    return type.cast(answer);
  }

  /** Lets go of something; a process that is gone has let go of all. */
  void close(String operation, long handle) {
    try {
      child.call(operation, handle);
    } catch (FerryException e) {
      // It was told when it happened.
    }
  }
}
