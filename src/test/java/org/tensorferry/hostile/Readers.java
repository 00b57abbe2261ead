package org.tensorferry.hostile;

import static org.junit.jupiter.api.Assertions.assertNotNull;

import java.nio.file.Path;
import org.tensorferry.Tensorferry;
import org.tensorferry.TorchModel;
import org.tensorferry.archive.FileKind;
import org.tensorferry.archive.WeightFiles;
import org.tensorferry.convert.ConvertOptions;
import org.tensorferry.keras.TargetModel;
import org.tensorferry.keras.TargetModels;
import org.tensorferry.provenance.RecordedConversion;
import org.tensorferry.savedmodel.SavedModelScan;
import org.tensorferry.tflite.TfliteFile;
import org.tensorferry.tflite.TfliteRecord;

/** What commands read of files of each kind before they run anything. */
final class Readers {

  private Readers() {}

  /** As {@code inspect} and {@code convert}. */
  static void model(Path file) {
    try (TorchModel model = Tensorferry.open(file)) {
      model.inspect();
      // A program says itself what its inputs look like, so that all of it is followed.
      boolean isProgram = FileKind.of(file) == FileKind.EXPORTED_PROGRAM;
      ConvertOptions options = ConvertOptions.defaults();
      model.convert(isProgram ? options : options.input("float32[2,4]"));
    }
  }

  /** As {@code port} its WEIGHTS. */
  static void weights(Path file) {
    try (WeightFiles weights = WeightFiles.open(file)) {
      assertNotNull(weights.tensors());
    }
  }

  /** As {@code port} its TARGET. */
  static void target(Path file) {
    try (TargetModel model = TargetModels.open(file)) {
      model.layers();
    }
  }

  /** As {@code verify} and {@code port} look into a SavedModel. */
  static void savedModel(Path folder) {
    target(folder);
    RecordedConversion.of(folder);
    SavedModelScan.require(folder);
  }

  /** As {@code verify} a .tflite file. */
  static void lite(Path file) {
    TfliteRecord.of(TfliteFile.read(file));
  }
}
