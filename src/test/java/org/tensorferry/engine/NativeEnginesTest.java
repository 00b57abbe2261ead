package org.tensorferry.engine;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import ai.djl.engine.Engine;
import ai.djl.ndarray.NDManager;
import org.junit.jupiter.api.Test;
import org.tensorflow.EagerSession;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/** Both engines come from the class path, without the network, and run side by side in one JVM. */
class NativeEnginesTest {

  @Test
  void torchAndTensorFlowComputeInOneProcess() {
    float[] torch;
    try (NDManager manager = NDManager.newBaseManager("PyTorch")) {
      torch = manager.create(new float[] {1, 4, 9}).sqrt().toFloatArray();
    }
    float[] tensorFlow = new float[3];
    try (EagerSession session = EagerSession.create()) {
      Ops ops = Ops.create(session);
      TFloat32 roots = ops.math.sqrt(ops.constant(new float[] {1, 4, 9})).asTensor();
      for (int i = 0; i < tensorFlow.length; i++) {
        tensorFlow[i] = roots.getFloat(i);
      }
    }
    assertArrayEquals(torch, tensorFlow);
  }

  @Test
  void torchIsTheVersionThatTheBuildPins() {
    assertEquals("2.7.1", Engine.getEngine("PyTorch").getVersion());
  }
}
