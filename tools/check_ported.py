"""Shows that ported files are what Python expects of them.

  check_ported.py keras FILE NPZ [--model MODEL.keras]
      Keras opens FILE (.keras, .h5, .weights.h5, a checkpoint by its path without .index, or a SavedModel directory), computes
      on the `input` of NPZ, and the result is compared with NPZ's `output`, which PyTorch computed. .weights.h5 and checkpoints
      go into the architecture of MODEL; with --set LAYER.epsilon=1e-5 a number of it is changed first.
  check_ported.py torch FILE ORIGINAL
      torch.load(weights_only=True) reads FILE, a state_dict; every tensor of it is in ORIGINAL under the same name, bit by bit
      the same. ORIGINAL, a file that can be trusted, may have a wrapper around its tensors, and more tensors.

Exit codes: 0 passed, 1 failed (below 100 dB, or other bits; the sentence says what), 2 usage, 77 skipped because this Python
lacks Keras or PyTorch.
"""

import argparse
import os
import sys

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
os.environ.setdefault("CUDA_VISIBLE_DEVICES", "-1")
os.environ["KERAS_BACKEND"] = "tensorflow"

LEAST_SNR = 100.0


class Failed(Exception):
    """What is wrong with the file, as a sentence."""


def main():
    parser = argparse.ArgumentParser(description="Checks ported files in Python.")
    commands = parser.add_subparsers(dest="command", required=True)
    for_keras = commands.add_parser("keras", help="run a ported model in Keras or TensorFlow")
    for_keras.add_argument("file")
    for_keras.add_argument("npz")
    for_keras.add_argument("--model", help="a .keras file with the architecture of weights that come alone")
    for_keras.add_argument("--set", action="append", default=[], metavar="LAYER.KEY=NUMBER", help="change a number of it")
    for_torch = commands.add_parser("torch", help="compare a state_dict with another file")
    for_torch.add_argument("file")
    for_torch.add_argument("original")
    options = parser.parse_args()
    try:
        return check_keras(options) if options.command == "keras" else check_torch(options)
    except Failed as failure:
        print("FAILED %s: %s" % (options.file, failure))
        return 1


def skip(what, missing):
    print("SKIPPED: check_ported.py checked nothing, because this Python can't import %s: %s" % (what, missing))
    return 77


def check_keras(options):
    try:
        import keras
        import numpy as np
    except ImportError as missing:
        return skip("Keras", missing)
    values = np.load(options.npz)
    expected = values["output"]
    actual = np.asarray(run(keras, options, values["input"]))
    if actual.shape != expected.shape:
        raise Failed("the output has the shape %s, PyTorch's has %s" % (actual.shape, expected.shape))
    signal = np.square(expected.astype(np.float64)).sum()
    noise = np.square(expected.astype(np.float64) - actual).sum()
    snr = float("inf") if noise == 0 else 10 * np.log10(signal / noise)
    print("%s: %.1f dB beside PyTorch" % (options.file, snr))
    if not snr >= LEAST_SNR:
        raise Failed("that is less than %.0f dB" % LEAST_SNR)
    return 0


def run(keras, options, inputs):
    if os.path.isdir(options.file):
        import tensorflow as tf

        signature = tf.saved_model.load(options.file).signatures["serving_default"]
        name = next(iter(signature.structured_input_signature[1]))
        return next(iter(signature(**{name: tf.constant(inputs)}).values()))
    if options.model is None:
        return keras.saving.load_model(options.file, compile=False)(inputs)
    model = keras.saving.load_model(options.model, compile=False)
    for setting in options.set:
        place, number = setting.split("=")
        layer, key = place.rsplit(".", 1)
        setattr(model.get_layer(layer), key, float(number))
    if options.file.endswith(".h5"):
        model.load_weights(options.file)
    else:
        import tensorflow as tf

        tf.train.Checkpoint(model=model).read(options.file).assert_existing_objects_matched()
    return model(inputs)


def check_torch(options):
    try:
        import torch
    except ImportError as missing:
        return skip("PyTorch", missing)
    written = torch.load(options.file, weights_only=True)
    original = tensors(load(torch, options.original))
    for name, tensor in written.items():
        if name not in original:
            raise Failed("`%s` is not in %s" % (name, options.original))
        other = original[name]
        if tensor.dtype != other.dtype or tensor.shape != other.shape:
            raise Failed("`%s` is %s %s" % (name, tensor.dtype, tuple(tensor.shape)))
        if not torch.equal(tensor, other):
            raise Failed("`%s` differs" % name)
    missing = sorted(set(original) - set(written))
    print("%s: %d tensors, bit by bit those of PyTorch%s" % (options.file, len(written), "; left out: " + ", ".join(missing) if missing else ""))
    return 0


def load(torch, path):
    if not path.endswith(".safetensors"):
        return torch.load(path, map_location="cpu", weights_only=False)  # torch 1.13 stops at a number beside the weights
    import json
    import struct

    with open(path, "rb") as file:
        (length,) = struct.unpack("<Q", file.read(8))
        header, data = json.loads(file.read(length)), bytearray(file.read())
    header.pop("__metadata__", None)
    types = {"F32": torch.float32, "F16": torch.float16, "BF16": torch.bfloat16, "I64": torch.int64}
    return {
        name: torch.frombuffer(data[slice(*entry["data_offsets"])], dtype=types[entry["dtype"]]).reshape(entry["shape"])
        for name, entry in header.items()
    }


def tensors(value):
    """The tensors of a file, without the wrapper and the prefix that a training loop leaves around them."""
    if "state_dict" in value:
        value = value["state_dict"]
    return {name[7:] if name.startswith("module.") else name: tensor for name, tensor in value.items()}


if __name__ == "__main__":
    sys.exit(main())
