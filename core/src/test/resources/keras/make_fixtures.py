"""Makes the model files that TargetModelsTest reads: python make_fixtures.py [OUTDIR]

keras 3.15, tf_keras 2.21 (Keras 2) and tensorflow-cpu 2.21; weights are random with a fixed seed.
"""

import os
import pathlib
import sys

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
os.environ.setdefault("CUDA_VISIBLE_DEVICES", "-1")

import h5py  # noqa: E402
import keras  # noqa: E402
import numpy as np  # noqa: E402
import tensorflow as tf  # noqa: E402
import tf_keras  # noqa: E402
from keras import layers  # noqa: E402


@keras.saving.register_keras_serializable("demo")
class Subclassed(keras.Model):
    """Layers as attributes, in a list, in a dict in a list."""

    def __init__(self, **arguments):
        super().__init__(**arguments)
        self.stem = layers.Dense(4, name="first")
        self.blocks = [layers.Dense(4) for _ in range(2)]
        self.nested = [{"a": layers.Dense(4)}]
        self.drop = layers.Dropout(0.1)
        self.head = layers.BatchNormalization()

    def call(self, x):
        x = self.stem(x)
        for block in self.blocks:
            x = block(x)
        return self.head(self.drop(self.nested[0]["a"](x)))


def subclassed(folder):
    model = Subclassed()
    model.compile("adam", "mse")
    model.fit(np.ones((4, 3)), np.ones((4, 4)), verbose=0)
    model.save(folder / "subclassed.keras")


def wrappers(folder):
    inputs = keras.Input((10,))
    x = layers.Embedding(20, 6)(inputs)
    x = layers.RNN([layers.GRUCell(4), layers.LSTMCell(5)], return_sequences=True, name="stack")(x)
    x = layers.TimeDistributed(layers.Dense(3), name="each")(x)
    x = layers.SpectralNormalization(layers.Dense(3), name="spectral")(layers.Flatten()(x))
    twice = keras.Sequential([layers.Dense(3, name="inner")], name="twice")
    model = keras.Model(inputs, twice(twice(x)), name="wrappers")
    model.save(folder / "wrappers.keras")
    model.save(folder / "wrappers.h5")


def keras2(folder):
    inputs = tf_keras.Input((9, 6), name="frames")
    x = tf_keras.layers.GRU(4, return_sequences=True, name="rec")(inputs)
    x = tf_keras.layers.Bidirectional(tf_keras.layers.LSTM(3, return_sequences=True), name="both")(x)
    x = tf_keras.layers.MultiHeadAttention(2, 3, name="att")(x, x)
    x = tf_keras.Sequential([tf_keras.layers.Dense(4, name="inner")], name="nest")(x)
    model = tf_keras.Model(inputs, x, name="two")
    model.compile("adam", "mse")
    model.fit(np.ones((2, 9, 6)), np.ones((2, 9, 4)), verbose=0)
    model.save_weights(str(folder / "keras2.ckpt"))
    model = tf_keras.models.clone_model(model)
    model.save(folder / "keras2.h5")
    model.save_weights(folder / "keras2_weights.h5")


def unusual(folder):
    keras.config.set_dtype_policy("bfloat16")
    keras.Sequential([keras.Input((4,)), layers.Dense(3)]).save(folder / "bfloat16.keras")
    keras.config.set_dtype_policy("float16")
    keras.Sequential([keras.Input((4,)), layers.Dense(3, name="half")]).save(folder / "float16.keras")
    with h5py.File(folder / "packed.weights.h5", "w") as file:
        group = file.create_group("layers/dense/vars")
        group.create_dataset("0", data=np.ones((8, 8), "f"), compression="gzip")


def by_name(folder):
    with tf.Graph().as_default(), tf.compat.v1.Session() as session:
        x = tf.ones((2, 3))
        with tf.compat.v1.variable_scope("fc"):
            kernel = tf.compat.v1.get_variable("kernel", (3, 4), use_resource=False)
            bias = tf.compat.v1.get_variable("bias", (4,), use_resource=False)
        step = tf.compat.v1.train.get_or_create_global_step()
        loss = tf.reduce_sum(tf.matmul(x, kernel) + bias)
        training = tf.compat.v1.train.AdamOptimizer().minimize(loss, global_step=step)
        session.run(tf.compat.v1.global_variables_initializer())
        session.run(training)
        saver = tf.compat.v1.train.Saver()
        saver.save(session, str(folder / "by_name.ckpt"), write_meta_graph=False, write_state=False)
    with tf.Graph().as_default(), tf.compat.v1.Session() as session:
        partitioner = tf.compat.v1.fixed_size_partitioner(2)
        tf.compat.v1.get_variable("table", (6, 2), partitioner=partitioner, use_resource=False)
        session.run(tf.compat.v1.global_variables_initializer())
        saver = tf.compat.v1.train.Saver()
        saver.save(session, str(folder / "partitioned.ckpt"), write_meta_graph=False, write_state=False)


if __name__ == "__main__":
    out = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else pathlib.Path(__file__).parent)
    for make in (subclassed, wrappers, keras2, unusual, by_name):
        keras.utils.set_random_seed(1)
        make(out)
