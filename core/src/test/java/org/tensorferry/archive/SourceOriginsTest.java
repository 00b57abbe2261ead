package org.tensorferry.archive;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Code of both torches leads back to the Python it was made of. */
class SourceOriginsTest {

  @TempDir Path folder;

  @ParameterizedTest
  @CsvSource({
    "scripted-1.13.pt, torch.linear, torch/nn/modules/linear.py:114",
    "scripted-2.13.pt, torch.linear, torch/nn/modules/linear.py:134",
    "scripted-1.13.pt, torch.expand, /usr/src/archive/make_fixtures.py:65",
    "scripted-1.13.pt, torch.tensor, /usr/src/archive/make_fixtures.py:68",
    "traced-1.13.pt, torch.linear, /usr/src/archive/make_fixtures.py:29", // not torch's own frame
    "traced-2.13.pt, torch.linear, /usr/src/archive/make_fixtures.py:29",
    "frozen-2.13.pt, torch.linear, torch/nn/modules/linear.py:134",
    "frozen-2.13.pt, torch.gelu, /usr/src/archive/make_fixtures.py:77",
  })
  void callsLeadToPython(String file, String call, String place) throws IOException {
    try (TorchScriptArchive archive = TorchScriptArchive.open(Fixtures.copy(file, folder))) {
      boolean found = false;
      for (String qualifier : archive.qualifiers()) {
        TorchScriptArchive.Source code = archive.source(qualifier).orElseThrow();
        int at = code.text().indexOf(call);
        if (at >= 0) {
          assertEquals(Optional.of(place), code.origin().apply(at));
          found = true;
        }
      }
      assertTrue(found);
    }
  }
}
