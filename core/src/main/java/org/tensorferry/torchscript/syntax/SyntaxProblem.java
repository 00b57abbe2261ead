package org.tensorferry.torchscript.syntax;

import org.tensorferry.error.ExitCode;
import org.tensorferry.error.FerryException;
import org.tensorferry.error.Problem;

/** The form of all complaints about source text: the sentence, the place, the line with a caret. */
final class SyntaxProblem {

  private static final int LONGEST_QUOTE = 40;

  private SyntaxProblem() {}

  /** Ends the parsing; {@code sentence} comes without its full stop. */
  static FerryException at(Span span, String sentence) {
    return Problem.of(sentence + ".")
        .at("source", span)
        .because(
            "TorchScript code does not parse here:\n" + span.excerpt().indent(4).stripTrailing())
        .fix(
            "save the model again with torch.jit.save: this file is damaged or was edited by hand.")
        .as(ExitCode.UNREADABLE);
  }

  /** A piece of source between backticks, shortened to fit into a sentence. */
  static String quote(String text) {
    int lineEnd = text.indexOf('\n');
    String line = lineEnd < 0 ? text : text.substring(0, lineEnd);
    boolean shorten = line.length() > LONGEST_QUOTE;
    return "`"
        + (shorten ? line.substring(0, LONGEST_QUOTE) : line)
        + (shorten || lineEnd >= 0 ? "..." : "")
        + "`";
  }
}
