package org.tensorferry.parity;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.tensorferry.error.ExitCode;
import org.tensorferry.error.FerryException;
import org.tensorferry.error.Problem;
import org.tensorferry.savedmodel.Provenance;
import org.tensorferry.tensor.InputSpec;

/** What inputs a converted model takes, as its provenance file tells. */
public final class SavedInputs {

  /** A provenance file has some hundred bytes for each variable. */
  private static final long LONGEST = 64 << 20;

  private SavedInputs() {}

  /**
   * The specs of the arguments in order, with the names, examples and limits that were given to the
   * conversion.
   *
   * @throws FerryException (unreadable) where the SavedModel was not written by Tensorferry, or its
   *     provenance file is damaged
   */
  public static List<InputSpec> read(Path savedModel) {
    Path file = savedModel.resolve(Provenance.FILE);
    try {
      if (Files.size(file) > LONGEST) {
        throw new IOException("it is larger than " + LONGEST + " bytes");
      }
      JsonNode specs = new ObjectMapper().readTree(file.toFile()).path("specs");
      if (!specs.isArray()) {
        throw new IOException("it has no list `specs`");
      }
      List<String> texts = new ArrayList<>();
      specs.forEach(spec -> texts.add(spec.asText()));
      return InputSpec.parseAll(texts);
    } catch (IOException | FerryException e) {
      throw Problem.of("The SavedModel does not tell what inputs it takes")
          .at("file", file)
          .because(e.getClass().getSimpleName() + ": " + e.getMessage())
          .fix("use a SavedModel that `convert` wrote, or give the inputs")
          .as(ExitCode.UNREADABLE);
    }
  }
}
