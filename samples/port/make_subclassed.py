"""Writes the denoiser of make_torch_twins.py as a subclassed Keras model: python make_subclassed.py OUTDIR EPSILON

A graph that only Python knows, in the forms in which people keep such models: OUTDIR/denoiser.weights.h5, a TensorFlow
checkpoint OUTDIR/denoiser.ckpt and OUTDIR/denoiser.savedmodel, which `model.export` writes. EPSILON is that of the
BatchNormalization: 1e-5 is torch's, 1e-3 what Keras has where nobody says anything.
"""

import os
import pathlib
import sys

os.environ["KERAS_BACKEND"] = "tensorflow"
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"

import keras  # noqa: E402
import numpy  # noqa: E402
import tensorflow  # noqa: E402
from keras import layers  # noqa: E402


class Denoiser(keras.Model):
    """[batch,time,33] to the same: a mask for each frame."""

    def __init__(self, epsilon):
        super().__init__()
        self.fc_in = layers.Dense(24)
        self.bn = layers.BatchNormalization(epsilon=epsilon, momentum=0.9)
        self.gru_a = layers.GRU(24, return_sequences=True)
        self.gru_b = layers.GRU(24, return_sequences=True)
        self.lstm = layers.Bidirectional(layers.LSTM(12, return_sequences=True))
        self.fc_out = layers.Dense(33)

    def call(self, x, training=False):
        y = self.bn(self.fc_in(x), training=training)
        y = self.lstm(self.gru_b(self.gru_a(y)))
        return x * keras.ops.sigmoid(self.fc_out(y))


def main(folder, epsilon):
    keras.utils.set_random_seed(20240501)
    model = Denoiser(epsilon)
    model(numpy.zeros((1, 4, 33), "float32"))
    model.save_weights(folder / "denoiser.weights.h5")
    tensorflow.train.Checkpoint(model=model).write(str(folder / "denoiser.ckpt"))
    signature = [tensorflow.TensorSpec((None, None, 33), tensorflow.float32, name="x")]
    model.export(str(folder / "denoiser.savedmodel"), input_signature=signature, verbose=False)


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    main(pathlib.Path(sys.argv[1]), float(sys.argv[2]))
