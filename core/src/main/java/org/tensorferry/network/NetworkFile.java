package org.tensorferry.network;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.tensorferry.savedmodel.SavedModelWriter;

/** A network as a SavedModel, so that TensorFlow can run it. */
public final class NetworkFile {

  private NetworkFile() {}

  /** Writes into a directory that doesn't exist yet. */
  public static void write(Network network, Path directory) throws IOException {
    Files.createDirectories(directory);
    new SavedModelWriter(network.model()).write(directory);
  }
}
