package example;

import static org.tensorferry.junit.ParityAssert.assertParity;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.tensorferry.junit.Parity;

/** The build fails when the denoiser and its port no longer compute the same. */
class DenoiserParityTest {

  private static final String MODEL = "../../samples/denoiser.traced.pt";
  private static final String INPUT = "x:float32[batch,time,257]";

  @Parity(model = MODEL, input = INPUT, report = "target/denoiser.html")
  void denoiser() {}

  @Test
  void theDenoiserIsAsExactAsTheTeamAskedFor() {
    assertParity(Path.of(MODEL)).input(INPUT).snrAtLeast(Double.parseDouble(System.getProperty("snr")));
  }
}
