package org.tensorferry.archive;

/** Classes as TorchScript files hold them: one after the other, each from its head to the next. */
public final class ClassText {

  private ClassText() {}

  /**
   * Where a class ends in the text of its file.
   *
   * @param name without its package
   * @throws IllegalArgumentException where the text has no such class
   */
  public static int end(String text, String name) {
    String head = "class " + name + "(";
    int start = text.startsWith(head) ? 0 : text.indexOf("\n" + head) + 1;
    if (start == 0 && !text.startsWith(head)) {
      throw new IllegalArgumentException("no class " + name);
    }
    int end = start;
    do {
      int next = text.indexOf('\n', end);
      end = next < 0 ? text.length() : next + 1;
    } while (end < text.length() && " \n\r#".indexOf(text.charAt(end)) >= 0);
    return end;
  }

  /** A method as it stands in a class, with the type of {@code self}. */
  public static String method(String className, String method) {
    String typed = method.strip().replaceFirst("\\(self", "(self: " + className);
    return "  " + typed.replace("\n", "\n  ") + "\n";
  }
}
