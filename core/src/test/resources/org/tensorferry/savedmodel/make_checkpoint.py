"""Writes the checkpoint `python` that BundleTest reads. Run in this folder with TensorFlow 2."""

import numpy as np
import tensorflow as tf


class Model(tf.Module):
    def __init__(self):
        self.kernel = tf.Variable(np.arange(6, dtype=np.float32).reshape(2, 3) / 2)
        self.words = tf.Variable(["ferry", "bridge"])
        self.scale = tf.Variable(tf.cast([1, 2], tf.bfloat16))


tf.train.Checkpoint(model=Model()).write("python")
