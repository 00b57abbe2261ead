"""Makes the Keras half of the models that `port` is tried on: python3 make_keras_models.py [OUTDIR [WEIGHTSDIR]]

The twins of `make_torch_twins.py`: the same architecture, other names, random weights, saved in every form that Keras 3 and
TensorFlow have. With WEIGHTSDIR (written by make_torch_twins.py) the weights of the twin are put in by hand, by the mapping
that is written down here, and the outputs must agree: so the two halves are the same model. Made with keras 3.15 and
tensorflow-cpu 2.21.
"""

import os
import pathlib
import sys

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
os.environ.setdefault("CUDA_VISIBLE_DEVICES", "-1")
os.environ["KERAS_BACKEND"] = "tensorflow"

import keras  # noqa: E402
import numpy as np  # noqa: E402
import tensorflow as tf  # noqa: E402
from keras import layers  # noqa: E402


def mlp():
    return keras.Sequential(
        [
            keras.Input((20,)),
            layers.Dense(32, activation="relu", name="hidden_in"),
            layers.LayerNormalization(epsilon=1e-5, name="scale"),
            layers.Dense(32, activation="tanh", name="hidden_square"),
            layers.Dense(7, name="logits"),
        ],
        name="mlp",
    )


def cnn():
    """BatchNormalization has Keras' own epsilon, 1e-3, where the twin has 1e-5."""
    x = inputs = keras.Input((12, 12, 3), name="picture")
    x = layers.Conv2D(16, 3, padding="same", use_bias=False, name="entry_conv")(x)
    x = layers.BatchNormalization(name="entry_norm")(x)
    x = layers.ReLU(name="entry_relu")(x)
    x = layers.DepthwiseConv2D(3, padding="same", use_bias=False, name="spatial")(x)
    x = layers.BatchNormalization(name="spatial_norm")(x)
    x = layers.ReLU(name="spatial_relu")(x)
    x = layers.SeparableConv2D(24, 3, padding="same", activation="relu", name="separable")(x)
    x = layers.Conv2DTranspose(8, 4, strides=2, padding="same", name="upsample")(x)
    x = layers.BatchNormalization(name="upsample_norm")(x)
    x = layers.ReLU(name="upsample_relu")(x)
    x = layers.GlobalAveragePooling2D(name="pool")(x)
    return keras.Model(inputs, layers.Dense(10, name="classifier")(x), name="cnn")


def denoiser():
    inputs = keras.Input((None, 33), name="spectrum")
    x = layers.Dense(24, name="project")(inputs)
    x = layers.BatchNormalization(epsilon=1e-5, name="normalise")(x)
    x = layers.GRU(24, return_sequences=True, name="gru_low")(x)
    x = layers.GRU(24, return_sequences=True, name="gru_high")(x)
    x = layers.Bidirectional(layers.LSTM(12, return_sequences=True), name="both_ways")(x)
    mask = layers.Dense(33, activation="sigmoid", name="mask")(x)
    return keras.Model(inputs, layers.Multiply(name="apply")([inputs, mask]), name="denoiser")


def encoder_block(name):
    inputs = keras.Input((None, 32))
    attended = layers.MultiHeadAttention(num_heads=4, key_dim=8, name="attention")(inputs, inputs)
    x = layers.Add(name="attention_add")([inputs, attended])
    x = layers.LayerNormalization(epsilon=1e-5, name="attention_norm")(x)
    y = layers.Dense(64, activation="relu", name="expand")(x)
    y = layers.Dense(32, name="contract")(y)
    y = layers.Add(name="output_add")([x, y])
    return keras.Model(inputs, layers.LayerNormalization(epsilon=1e-5, name="output_norm")(y), name=name)


def encoder():
    """Models in a model: the names within the two blocks are the same."""
    inputs = keras.Input((None,), dtype="int64", name="words")
    x = layers.Embedding(50, 32, name="lookup")(inputs)
    x = encoder_block("block_a")(x)
    x = encoder_block("block_b")(x)
    x = layers.GlobalAveragePooling1D(name="pool")(x)
    return keras.Model(inputs, layers.Dense(5, name="answer")(x), name="encoder")


MODELS = {"mlp": mlp, "cnn": cnn, "denoiser": denoiser, "encoder": encoder}


# --- the mapping, by hand


def dense(w, name):
    return [w[name + ".weight"].T, w[name + ".bias"]]


def conv(w, name):
    return [w[name + ".weight"].transpose(2, 3, 1, 0)] + ([w[name + ".bias"]] if name + ".bias" in w else [])


def depthwise(w, name):
    return [w[name + ".weight"].transpose(2, 3, 0, 1)]


def norm(w, name):
    return [w[name + part] for part in (".weight", ".bias", ".running_mean", ".running_var") if name + part in w]


def gru(w, name, suffix):
    """Gates r, z, n in torch and z, r, n in Keras; Keras keeps both biases, one above the other."""
    parts = [w["%s.%s_%s" % (name, part, suffix)] for part in ("weight_ih", "weight_hh", "bias_ih", "bias_hh")]
    r, z, n = zip(*(np.split(part, 3) for part in parts))
    wi, wh, bi, bh = (np.concatenate(gates) for gates in zip(z, r, n))
    return [wi.T, wh.T, np.stack([bi, bh])]


def lstm(w, name, suffix):
    """Gates i, f, g, o on both sides; Keras has the sum of the biases."""
    wi, wh, bi, bh = (w["%s.%s_%s" % (name, part, suffix)] for part in ("weight_ih", "weight_hh", "bias_ih", "bias_hh"))
    return [wi.T, wh.T, bi + bh]


def attention(w, name, heads):
    weights = []
    for weight, bias in zip(np.split(w[name + ".in_proj_weight"], 3), np.split(w[name + ".in_proj_bias"], 3)):
        weights += [weight.T.reshape(len(weight), heads, -1), bias.reshape(heads, -1)]
    out = w[name + ".out_proj.weight"].T
    return weights + [out.reshape(heads, -1, out.shape[1]), w[name + ".out_proj.bias"]]


def port(name, model, w):
    layer = model.get_layer
    if name == "mlp":
        layer("hidden_in").set_weights(dense(w, "net.0"))
        layer("scale").set_weights(norm(w, "net.2"))
        layer("hidden_square").set_weights(dense(w, "net.3"))
        layer("logits").set_weights(dense(w, "net.5"))
    if name == "cnn":
        layer("entry_conv").set_weights(conv(w, "conv1"))
        layer("spatial").set_weights(depthwise(w, "dw"))
        layer("separable").set_weights(depthwise(w, "sep.0") + conv(w, "sep.1"))
        layer("upsample").set_weights(conv(w, "up"))
        for keras_name, torch_name in (("entry_norm", "bn1"), ("spatial_norm", "bn2"), ("upsample_norm", "bn3")):
            layer(keras_name).set_weights(norm(w, torch_name))
            layer(keras_name).epsilon = 1e-5
        layer("classifier").set_weights(dense(w, "fc"))
    if name == "denoiser":
        layer("project").set_weights(dense(w, "fc_in"))
        layer("normalise").set_weights(norm(w, "bn"))
        layer("gru_low").set_weights(gru(w, "gru", "l0"))
        layer("gru_high").set_weights(gru(w, "gru", "l1"))
        layer("both_ways").set_weights(lstm(w, "lstm", "l0") + lstm(w, "lstm", "l0_reverse"))
        layer("mask").set_weights(dense(w, "fc_out"))
    if name == "encoder":
        layer("lookup").set_weights([w["embedding.weight"]])
        for number, block in enumerate(("block_a", "block_b")):
            inner, prefix = layer(block).get_layer, "encoder.layers.%d." % number
            inner("attention").set_weights(attention(w, prefix + "self_attn", 4))
            inner("attention_norm").set_weights(norm(w, prefix + "norm1"))
            inner("expand").set_weights(dense(w, prefix + "linear1"))
            inner("contract").set_weights(dense(w, prefix + "linear2"))
            inner("output_norm").set_weights(norm(w, prefix + "norm2"))
        layer("answer").set_weights(dense(w, "head"))


# --- files


def save(name, model, folder):
    model.save(folder / (name + ".keras"))
    model.save_weights(folder / (name + ".weights.h5"))
    model.save(folder / (name + ".h5"))
    tf.train.Checkpoint(model=model).write(str(folder / (name + ".ckpt")))
    model.export(str(folder / (name + ".savedmodel")), verbose=False)


def check(name, model, folder, weights):
    """Signal to noise between the twin's output and this model's, with the twin's weights."""
    values = np.load(folder / (name + ".npz"))
    port(name, model, np.load(weights / (name + ".npz")))
    expected, actual = values["output"], np.asarray(model(values["input"]))
    assert expected.shape == actual.shape, (expected.shape, actual.shape)
    noise = np.square(expected.astype(np.float64) - actual).sum()
    snr = 10 * np.log10(np.square(expected.astype(np.float64)).sum() / max(noise, 1e-300))
    print("%-10s %.1f dB beside the twin" % (name, snr))
    assert snr > 100


def main(folder, weights=None):
    for name, build in MODELS.items():
        keras.utils.clear_session()
        keras.utils.set_random_seed(20240501)
        model = build()
        save(name, model, folder)
        if weights:
            check(name, model, folder, weights)


if __name__ == "__main__":
    folders = [pathlib.Path(argument) for argument in sys.argv[1:]]
    main(*folders if folders else [pathlib.Path(__file__).parent])
