package org.tensorferry.fuzz;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Random;

/**
 * What stands around the calls of a program: where its tensors come from, and what form its result
 * has.
 *
 * @param roles of inputs that are no arguments
 * @param results chooses the form of the result; 0 is a tensor or a flat tuple
 */
record Frame(Map<String, Role> roles, long results) {

  /** Where a tensor comes from. */
  enum Role {
    ARGUMENT,
    /** A constant in the code. */
    CONSTANT,
    /** A buffer of the module, which keeps what is written into it. */
    BUFFER
  }

  /** Arguments alone, and a flat result. */
  static final Frame PLAIN = new Frame(Map.of(), 0);

  Frame {
    roles = Map.copyOf(roles);
  }

  /** A type and an expression of it. */
  record Result(String type, String expression) {}

  /** The result with these tensors, and with numbers of them. */
  Result result(List<String> outputs) {
    if (results == 0) {
      List<Result> flat = outputs.stream().map(Frame::tensor).toList();
      return flat.size() == 1 ? flat.get(0) : tuple(flat);
    }
    Random random = new Random(results);
    List<Result> parts = new ArrayList<>();
    Iterator<String> rest = outputs.iterator();
    while (rest.hasNext()) {
      parts.add(part(rest, random));
      if (random.nextInt(2) == 0) {
        parts.add(number(outputs.get(random.nextInt(outputs.size())), random));
      }
    }
    return parts.size() == 1 ? parts.get(0) : tuple(parts);
  }

  private static Result part(Iterator<String> rest, Random random) {
    Result first = tensor(rest.next());
    if (!rest.hasNext()) {
      return first;
    }
    return switch (random.nextInt(5)) {
      case 0 -> tuple(List.of(first, part(rest, random)));
      case 1 -> new Result("List[Tensor]", "[" + first.expression() + ", " + rest.next() + "]");
      case 2 ->
          new Result(
              "Dict[str, Tensor]", "{'b': " + first.expression() + ", 'a': " + rest.next() + "}");
      default -> first;
    };
  }

  private static Result number(String tensor, Random random) {
    return switch (random.nextInt(8)) {
      case 0 -> new Result("int", tensor + ".numel()");
      case 1 -> new Result("bool", tensor + ".numel() > 3");
      case 2 -> new Result("float", tensor + ".numel() / 4");
      case 3 -> new Result("Optional[Tensor]", "annotate(Optional[Tensor], None)");
      case 4 -> new Result("int", "int(torch.sum(torch.isnan(" + tensor + ")))");
      case 5 -> new Result("bool", "bool(torch.any(torch.isnan(" + tensor + ")))");
      case 6 -> new Result("List[int]", "[" + tensor + ".dim(), -7]");
      default -> new Result("Tuple[float, bool]", "(0.1, True)");
    };
  }

  private static Result tensor(String name) {
    return new Result("Tensor", name);
  }

  private static Result tuple(List<Result> parts) {
    return new Result(
        "Tuple[" + String.join(", ", parts.stream().map(Result::type).toList()) + "]",
        "(" + String.join(", ", parts.stream().map(Result::expression).toList()) + ")");
  }
}
