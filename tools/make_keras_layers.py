"""Makes a small Keras model for every row of the table of Keras' layers, with what Keras computes: python3 make_keras_layers.py OUTDIR

For each case OUTDIR gets NAME.keras, NAME.h5 where Keras can write it, and NAME.npz with input_000, ... and output_000, ...
Random weights, so that no variable may be left out or exchanged unseen. Needs keras 3 with TensorFlow.
"""

import os
import pathlib
import sys

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("CUDA_VISIBLE_DEVICES", "-1")
os.environ["KERAS_BACKEND"] = "tensorflow"

import keras  # noqa: E402
import numpy as np  # noqa: E402
from keras import layers as L  # noqa: E402
from keras import ops as O  # noqa: E402

IMAGE, SEQUENCE, VECTOR, VOLUME = (9, 8, 6), (7, 6), (6,), (5, 6, 4, 4)


def chain(shape, *layers):
    return lambda: keras.Sequential([keras.Input(shape), *[layer() for layer in layers]])


def graph(shape, body):
    def make():
        inputs = keras.Input(shape)
        return keras.Model(inputs, body(inputs))

    return make


def pair(one, other, body):
    def make():
        a, b = keras.Input(one, name="zeta"), keras.Input(other, name="alpha")
        return keras.Model([a, b], body(a, b))

    return make


def shared():
    inputs = keras.Input(VECTOR)
    dense, block = L.Dense(6, "tanh"), keras.Sequential([keras.Input(VECTOR), L.Dense(6), L.ReLU(), L.Dense(6)], name="block")
    return keras.Model(inputs, dense(block(dense(block(inputs)) + inputs)))


def nested():
    inner_in = keras.Input(VECTOR)
    inner = keras.Model(inner_in, [L.Dense(5, name="d")(inner_in), L.Dense(4, name="e")(inner_in)], name="inner")
    a, b = keras.Input(VECTOR), keras.Input(VECTOR)
    p, q = inner(a)
    r, s = inner(b)
    return keras.Model({"x": a, "y": b}, [L.Concatenate()([p, s]), L.Dense(3, name="d")(L.Concatenate()([r, q]))])


def attention(**kwargs):
    def body(x):
        call = {k: kwargs.pop(k) for k in ["use_causal_mask"] if k in kwargs}
        return L.MultiHeadAttention(2, 5, **kwargs)(x, x, **call)

    return graph(SEQUENCE, body)


def states():
    inputs = keras.Input(SEQUENCE)
    y, h, c = L.LSTM(5, return_sequences=True, return_state=True)(inputs)
    z = L.LSTM(5)(inputs, initial_state=[h, c])
    return keras.Model(inputs, [y, z])


CASES = {
    "dense": chain(VECTOR, lambda: L.Dense(4, "gelu")),
    "dense_3d": chain(SEQUENCE, lambda: L.Dense(4, "silu", use_bias=False)),
    "einsum": chain(SEQUENCE, lambda: L.EinsumDense("abc,cde->abde", (None, 3, 2), bias_axes="de")),
    "einsum_dots": chain(SEQUENCE, lambda: L.EinsumDense("...x,xy->...y", 5, bias_axes="y", activation="relu")),
    "conv1d": chain(SEQUENCE, lambda: L.Conv1D(4, 3, padding="same", strides=2)),
    "conv1d_causal": chain(SEQUENCE, lambda: L.Conv1D(4, 3, padding="causal", dilation_rate=2)),
    "conv2d": chain(IMAGE, lambda: L.Conv2D(4, (3, 2), strides=(2, 1), padding="same", activation="relu")),
    "conv2d_groups": chain(IMAGE, lambda: L.Conv2D(4, 3, groups=2, dilation_rate=2)),
    "conv2d_first": chain((6, 9, 8), lambda: L.Conv2D(4, 3, data_format="channels_first"), lambda: L.Flatten(data_format="channels_first")),
    "conv3d": chain(VOLUME, lambda: L.Conv3D(4, 3, padding="same", strides=2)),
    "conv3d_groups": chain(VOLUME, lambda: L.Conv3D(4, 2, groups=2)),
    **{
        f"transposed2d_{p}_{k}_{s}_{o}": chain(IMAGE, lambda p=p, k=k, s=s, o=o: L.Conv2DTranspose(4, k, strides=s, padding=p, output_padding=o))
        for p, k, s, o in [("valid", 3, 2, None), ("valid", 2, 3, None), ("same", 3, 2, None), ("same", 4, 2, None), ("same", 3, 2, 1), ("valid", 3, 2, 1), ("same", 5, 1, None)]
    },
    "transposed1d": chain(SEQUENCE, lambda: L.Conv1DTranspose(4, 4, strides=2, padding="same")),
    "transposed3d": chain(VOLUME, lambda: L.Conv3DTranspose(3, 3, strides=2, padding="same")),
    "depthwise2d": chain(IMAGE, lambda: L.DepthwiseConv2D(3, padding="same", depth_multiplier=2)),
    "depthwise2d_dilated": chain(IMAGE, lambda: L.DepthwiseConv2D(3, dilation_rate=2, depth_multiplier=2)),
    "depthwise1d": chain(SEQUENCE, lambda: L.DepthwiseConv1D(3, strides=2, padding="same")),
    "separable2d": chain(IMAGE, lambda: L.SeparableConv2D(5, 3, strides=2, padding="same", depth_multiplier=2)),
    "separable1d": chain(SEQUENCE, lambda: L.SeparableConv1D(5, 3)),
    "max_pool": chain(IMAGE, lambda: L.MaxPooling2D(3, 2, padding="same")),
    "average_pool": chain(IMAGE, lambda: L.AveragePooling2D(3, 2, padding="same")),
    "pool1d": chain(SEQUENCE, lambda: L.MaxPooling1D(2), lambda: L.AveragePooling1D(2)),
    "pool3d": chain(VOLUME, lambda: L.MaxPooling3D(2), lambda: L.AveragePooling3D(2, padding="same")),
    "global": chain(IMAGE, lambda: L.GlobalMaxPooling2D(keepdims=True), lambda: L.GlobalAveragePooling2D()),
    "batch_norm": chain(IMAGE, lambda: L.BatchNormalization(epsilon=0.01)),
    "batch_norm_plain": chain(IMAGE, lambda: L.BatchNormalization(scale=False), lambda: L.BatchNormalization(center=False, axis=1)),
    "layer_norm": chain(IMAGE, lambda: L.LayerNormalization(axis=[1, 3]), lambda: L.LayerNormalization(center=False)),
    "group_norm": chain(IMAGE, lambda: L.GroupNormalization(3), lambda: L.GroupNormalization(-1)),
    "rms_norm": chain(SEQUENCE, lambda: L.RMSNormalization()),
    "unit_norm": chain(SEQUENCE, lambda: L.UnitNormalization()),
    "normalization": chain(VECTOR, lambda: L.Normalization(mean=[1, 2, 3, 4, 5, 6], variance=[1, 2, 3, 4, 5, 6])),
    "embedding": lambda: keras.Sequential([keras.Input((7,), dtype="int32"), L.Embedding(11, 5)]),
    "lstm": chain(SEQUENCE, lambda: L.LSTM(5, return_sequences=True), lambda: L.LSTM(4)),
    "lstm_hard": chain(SEQUENCE, lambda: L.LSTM(5, activation="relu", recurrent_activation="hard_sigmoid")),
    "lstm_back": chain(SEQUENCE, lambda: L.LSTM(5, go_backwards=True, return_sequences=True, use_bias=False)),
    "gru": chain(SEQUENCE, lambda: L.GRU(5, return_sequences=True), lambda: L.GRU(4, reset_after=False)),
    "gru_plain": chain(SEQUENCE, lambda: L.GRU(5, use_bias=False)),
    "rnn": chain(SEQUENCE, lambda: L.SimpleRNN(5, return_sequences=True), lambda: L.RNN(L.GRUCell(4))),
    "lstm_states": states,
    **{f"both_{m}": chain(SEQUENCE, lambda m=m: L.Bidirectional(L.GRU(4, return_sequences=True), merge_mode=m)) for m in ["concat", "sum", "ave", "mul"]},
    "both_last": chain(SEQUENCE, lambda: L.Bidirectional(L.LSTM(4))),
    "time_distributed": chain((3, 9, 8, 6), lambda: L.TimeDistributed(L.Conv2D(4, 3)), lambda: L.TimeDistributed(L.GlobalAveragePooling2D())),
    "attention": attention(),
    "attention_causal": attention(use_causal_mask=True, value_dim=3, output_shape=4),
    "attention_plain": attention(use_bias=False),
    "attention_cross": pair(SEQUENCE, (4, 3), lambda a, b: L.MultiHeadAttention(2, 5)(a, b)),
    "attention_mask": pair(SEQUENCE, (7, 7), lambda a, b: L.MultiHeadAttention(2, 5)(a, a, attention_mask=b > 0)),
    "grouped": graph(SEQUENCE, lambda x: L.GroupQueryAttention(5, 4, 2)(x, x)),
    "dot_attention": pair(SEQUENCE, (4, 6), lambda a, b: L.Attention(use_scale=True)([a, b])),
    "additive_attention": pair(SEQUENCE, (4, 6), lambda a, b: L.AdditiveAttention()([a, b])),
    "merges": pair(SEQUENCE, SEQUENCE, lambda a, b: L.Concatenate(axis=1)([L.Add()([a, b]), L.Multiply()([a, b]), L.Subtract()([a, b]), L.Maximum()([a, b]), L.Average()([a, b]), L.Minimum()([a, b])])),
    "broadcast_merge": pair(IMAGE, (6,), lambda a, b: L.Multiply()([a, b])),
    "dot": pair(SEQUENCE, SEQUENCE, lambda a, b: L.Dot(axes=(1, 1))([a, b])),
    "dot_last": pair(SEQUENCE, SEQUENCE, lambda a, b: L.Dot(axes=-1)([a, b])),
    "activations": chain(VECTOR, *[lambda n=n: L.Activation(n) for n in ["softsign", "elu", "selu", "mish", "hard_silu", "softplus", "log_sigmoid", "leaky_relu", "tanh_shrink", "squareplus"]]),
    "activation_layers": chain(VECTOR, lambda: L.LeakyReLU(0.1), lambda: L.ELU(0.7), lambda: L.PReLU(), lambda: L.ReLU(max_value=0.4, negative_slope=0.2, threshold=0.1), lambda: L.Softmax()),
    "softmax_axis": chain(IMAGE, lambda: L.Softmax(axis=1)),
    "activation_object": chain(VECTOR, lambda: L.Dense(5, activation=L.LeakyReLU(0.05))),
    "reshapes": chain(IMAGE, lambda: L.Permute((3, 1, 2)), lambda: L.Reshape((-1, 12)), lambda: L.Flatten(), lambda: L.RepeatVector(3)),
    "pads": chain(IMAGE, lambda: L.ZeroPadding2D(((1, 2), (0, 3))), lambda: L.Cropping2D(((1, 0), (2, 1)))),
    "pads1d": chain(SEQUENCE, lambda: L.ZeroPadding1D((1, 2)), lambda: L.Cropping1D((0, 1)), lambda: L.UpSampling1D(2)),
    "up": chain(IMAGE, lambda: L.UpSampling2D((2, 3)), lambda: L.UpSampling2D(2, interpolation="bilinear")),
    "resizing": chain(IMAGE, lambda: L.Resizing(5, 11), lambda: L.Resizing(7, 6, interpolation="nearest")),
    "rescaling": chain(IMAGE, lambda: L.Rescaling(1 / 127.5, offset=-1)),
    "idle": chain(SEQUENCE, lambda: L.Dropout(0.5), lambda: L.SpatialDropout1D(0.5), lambda: L.GaussianNoise(1.0), lambda: L.Identity()),
    "spectral": chain(VECTOR, lambda: L.SpectralNormalization(L.Dense(5))),
    "arithmetic": graph(SEQUENCE, lambda x: (2.0 * x - 1) / (1 - x * x + 3) ** 2 + abs(-x)),
    "items": graph(SEQUENCE, lambda x: O.concatenate([x[:, 1, None], x[:, -3:-1], x[:, ::2], O.expand_dims(x[..., 0], 1)[:, :, :6]], axis=1)),
    "operations": graph(SEQUENCE, lambda x: O.mean(O.relu(O.transpose(O.reshape(x, (-1, 3, 14)), (0, 2, 1))) + O.gelu(O.swapaxes(O.reshape(x, (-1, 3, 14)), 1, 2)), axis=1, keepdims=True)),
    "operations2": graph(SEQUENCE, lambda x: O.softmax(O.where(x > 0, x, O.zeros_like(x) - 1.0) @ O.transpose(x, (0, 2, 1)), axis=-1)),
    "operations3": graph(SEQUENCE, lambda x: O.stack(O.split(O.pad(O.clip(x, -0.5, 0.5), ((0, 0), (1, 0), (0, 2))), 2, axis=1), axis=2)),
    "functions": graph(VECTOR, lambda x: keras.activations.relu(x) + O.silu(x) + O.sqrt(O.exp(x)) + O.maximum(x, 0.1) + O.sum(x, axis=-1, keepdims=True)),
    "shared": shared,
    "nested": nested,
}


def main(out):
    rng = np.random.default_rng(5)
    for name, make in CASES.items():
        keras.backend.clear_session()
        model = make()
        for variable in model.variables:
            if "seed" in variable.path:
                continue
            low = 0.2 if "variance" in variable.path else -0.7
            variable.assign(rng.uniform(low, 0.9, variable.shape))
        inputs = [rng.integers(0, 11, (2, *i.shape[1:])).astype("int32") if i.dtype == "int32" else rng.normal(size=(2, *i.shape[1:])).astype("float32") for i in model.inputs]
        outputs = model(dict(zip(sorted(["x", "y"]), inputs)) if name == "nested" else inputs if len(inputs) > 1 else inputs[0], training=False)
        outputs = outputs if isinstance(outputs, (list, tuple)) else [outputs]
        values = {f"input_{i:03d}": x for i, x in enumerate(inputs)}
        values |= {f"output_{i:03d}": np.asarray(y) for i, y in enumerate(outputs)}
        np.savez(out / f"{name}.npz", **values)
        model.save(out / f"{name}.keras")
        try:
            model.save(out / f"{name}.h5")
        except Exception as refused:  # some layers can't be written in that form
            print(name, "has no .h5:", str(refused).splitlines()[0][:80])


if __name__ == "__main__":
    directory = pathlib.Path(sys.argv[1])
    directory.mkdir(parents=True, exist_ok=True)
    main(directory)
