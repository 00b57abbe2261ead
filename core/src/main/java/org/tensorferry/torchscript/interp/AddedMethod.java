package org.tensorferry.torchscript.interp;

import java.util.Optional;
import org.tensorferry.archive.ClassText;
import org.tensorferry.source.EntryMethod;
import org.tensorferry.torchscript.syntax.Source;

/** Code with one method more, all else at the places that it has without. */
final class AddedMethod {

  private AddedMethod() {}

  static Source to(Source code, String className, EntryMethod entry) {
    String name = className.substring(className.lastIndexOf('.') + 1);
    int at = ClassText.end(code.text(), name);
    String method = ClassText.method(className, entry.ofModule());
    String text = code.text().substring(0, at) + method + code.text().substring(at);
    return new Source(
        code.name(),
        text,
        offset ->
            offset < at
                ? code.origin(offset)
                : offset < at + method.length()
                    ? Optional.of(entry.place())
                    : code.origin(offset - method.length()),
        offset ->
            offset < at
                ? code.module(offset)
                : offset < at + method.length()
                    ? Optional.empty()
                    : code.module(offset - method.length()));
  }
}
