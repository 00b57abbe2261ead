package org.tensorferry.doors;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.tensorferry.error.Problem;
import org.tensorferry.provenance.Provenance;
import org.tensorferry.tf.TfNode;
import org.tensorferry.writer.ModelWriter;

/** A form of a model that holds nothing but the names of its operators; it knows no Softmax. */
record OperatorList(Provenance record) implements ModelWriter {

  private List<String> lines() {
    return record.model().graph().nodes().stream().map(TfNode::op).toList();
  }

  @Override
  public List<Problem> refusals() {
    return lines().contains("Softmax")
        ? List.of(Problem.of("a list of operators holds no `Softmax`").fix("use another form"))
        : List.of();
  }

  @Override
  public boolean isDirectory() {
    return false;
  }

  @Override
  public long bytesNeeded() {
    return String.join("\n", lines()).length() + 1L;
  }

  @Override
  public void write(Path place) throws IOException {
    Files.write(place, lines());
  }
}
