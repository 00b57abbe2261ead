package org.tensorferry.torchscript.interp;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.tensorferry.value.CallSite;
import org.tensorferry.value.Tensor;
import org.tensorferry.value.Value;

/**
 * Values as Python prints them. A dynamic dim prints as its expression: such text serves messages
 * and comparisons, which no dim should decide.
 */
final class Text {

  /** Containers in containers; torch's own prints end far before. */
  private static final int DEEPEST = 200;

  private final CallSite site;
  private final StringBuilder text = new StringBuilder();
  private int depth;

  private Text(CallSite site) {
    this.site = site;
  }

  /** {@code str(value)}; a text beyond {@link Work#LONGEST_TEXT} is refused. */
  static String str(Value value, CallSite site) {
    return value instanceof Value.Str text ? text.value() : repr(value, site);
  }

  static String repr(Value value, CallSite site) {
    Text text = new Text(site);
    text.write(value);
    return text.text.toString();
  }

  private void write(Value value) {
    if (value instanceof Value.ListOf list) {
      elements(list.elements(), "[", "]");
    } else if (value instanceof Value.TupleOf tuple) {
      elements(tuple.elements(), "(", tuple.elements().size() == 1 ? ",)" : ")");
    } else if (value instanceof Value.DictOf dict) {
      enter();
      add("{");
      String separator = "";
      for (Map.Entry<Value, Value> entry : dict.elements().entrySet()) {
        add(separator);
        write(entry.getKey());
        add(": ");
        write(entry.getValue());
        separator = ", ";
      }
      add("}");
      depth--;
    } else {
      add(plain(value));
    }
  }

  private void elements(List<Value> elements, String open, String close) {
    enter();
    add(open);
    String separator = "";
    for (Value element : elements) {
      add(separator);
      write(element);
      separator = ", ";
    }
    add(close);
    depth--;
  }

  private void enter() {
    if (++depth > DEEPEST) {
      throw Refusal.invalid(site, "A value that is printed nests more than " + DEEPEST + " deep");
    }
  }

  private void add(String part) {
    Work.limitText((long) text.length() + part.length(), site);
    text.append(part);
  }

  private static String plain(Value value) {
    if (value instanceof Value.Str text) {
      return "'" + text.value().replace("\\", "\\\\").replace("'", "\\'") + "'";
    }
    if (value instanceof Value.Floating floating) {
      return floating(floating.value());
    }
    if (value instanceof Value.Device device) {
      return device.name();
    }
    if (value instanceof Value.Complex complex) {
      return complex(complex);
    }
    if (value instanceof Value.EnumMember member) {
      return member.className().substring(member.className().lastIndexOf('.') + 1)
          + "."
          + member.name();
    }
    if (value instanceof Value.RuntimeNumber number) {
      return number.handle().toString();
    }
    if (value instanceof Tensor tensor) {
      return "Tensor" + tensor.shape();
    }
    return value.toString();
  }

  private static String complex(Value.Complex complex) {
    String imaginary = floating(complex.imaginary()).replaceAll("\\.0$", "");
    String sign = imaginary.startsWith("-") ? "" : "+";
    String real = floating(complex.real()).replaceAll("\\.0$", "");
    return "(" + real + sign + imaginary + "j)";
  }

  /** The shortest text that reads back as the number, as Python prints it. */
  static String floating(double value) {
    if (Double.isNaN(value)) {
      return "nan";
    }
    if (Double.isInfinite(value)) {
      return value > 0 ? "inf" : "-inf";
    }
    double size = Math.abs(value);
    if (size != 0 && (size < 1e-4 || size >= 1e16)) {
      String text = Double.toString(value).replace(".0E", "E").toLowerCase(Locale.ROOT);
      int e = text.indexOf('e');
      String exponent = text.substring(e + 1);
      boolean negative = exponent.startsWith("-");
      String digits = negative ? exponent.substring(1) : exponent;
      return text.substring(0, e + 1)
          + (negative ? "-" : "+")
          + (digits.length() < 2 ? "0" : "")
          + digits;
    }
    String text = new java.math.BigDecimal(Double.toString(value)).toPlainString();
    return text.contains(".") ? text : text + ".0";
  }

  /** {@code "{} of {}".format(...)}: TorchScript knows only plain braces. */
  static String format(String pattern, List<Value> values, CallSite site) {
    StringBuilder text = new StringBuilder();
    int from = 0;
    for (Value value : values) {
      int hole = pattern.indexOf("{}", from);
      if (hole < 0) {
        break;
      }
      text.append(pattern, from, hole).append(str(value, site));
      Work.limitText(text.length(), site);
      from = hole + 2;
    }
    return text.append(pattern.substring(from)).toString();
  }

  /** {@code "%d of %s" % (...)}. */
  static String percentFormat(String pattern, List<Value> values, CallSite site) {
    StringBuilder text = new StringBuilder();
    int used = 0;
    for (int i = 0; i < pattern.length(); i++) {
      char c = pattern.charAt(i);
      if (c != '%') {
        text.append(c);
        continue;
      }
      int end = i + 1;
      while (end < pattern.length() && "0123456789.-+ #".indexOf(pattern.charAt(end)) >= 0) {
        end++;
      }
      if (end >= pattern.length()) {
        throw Refusal.invalid(site, "The format `" + pattern + "` ends after `%`");
      }
      char kind = pattern.charAt(end);
      if (kind == '%') {
        text.append('%');
      } else {
        if (used >= values.size()) {
          throw Refusal.invalid(site, "The format `" + pattern + "` needs more values");
        }
        text.append(formatted(pattern.substring(i + 1, end), kind, values.get(used++), site));
        Work.limitText(text.length(), site);
      }
      i = end;
    }
    return text.toString();
  }

  private static String formatted(String options, char kind, Value value, CallSite site) {
    var number = Numbers.known(value);
    boolean plain = options.matches("[-+ #0]?[0-9]{0,3}(\\.[0-9]{1,3})?");
    if (!plain || number.isEmpty()) {
      return kind == 'r' ? repr(value, site) : str(value, site);
    }
    String width = options.matches("[-+ 0]") ? "" : options;
    return switch (kind) {
      case 'd', 'i' ->
          String.format(
              Locale.ROOT, "%" + width.replaceAll("\\..*", "") + "d", (long) number.getAsDouble());
      case 'f', 'F', 'e', 'E', 'g', 'G' ->
          String.format(Locale.ROOT, "%" + width + kind, number.getAsDouble());
      case 'x', 'X' -> String.format(Locale.ROOT, "%" + kind, (long) number.getAsDouble());
      default -> str(value, site);
    };
  }
}
