"""Shows that ported files are what Python expects of them.

  check_ported.py keras FILE,NPZ[,MODEL[,LAYER.KEY=NUMBER...]]...
      Keras opens FILE (.keras, .h5, .weights.h5, a checkpoint by its path without .index, or a SavedModel directory), computes
      on the `input` of NPZ, and the result is compared with NPZ's `output`, which PyTorch computed. .weights.h5 and checkpoints
      go into the architecture of the .keras file MODEL; numbers of its layers, such as bn1.epsilon=1e-5, are changed first.
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
    for_keras.add_argument("cases", nargs="+", metavar="FILE,NPZ[,MODEL[,LAYER.KEY=NUMBER...]]")
    for_torch = commands.add_parser("torch", help="compare a state_dict with another file")
    for_torch.add_argument("file")
    for_torch.add_argument("original")
    options = parser.parse_args()
    return check_keras(options) if options.command == "keras" else check_torch(options)


def skip(what, missing):
    print("SKIPPED: check_ported.py checked nothing, because this Python can't import %s: %s" % (what, missing))
    return 77


def check_keras(options):
    try:
        import keras
        import numpy as np
    except ImportError as missing:
        return skip("Keras", missing)
    failures = 0
    for case in options.cases:
        file, npz, *rest = case.split(",")
        try:
            check_outputs(np, file, npz, lambda inputs: run(keras, file, rest, inputs))
        except Failed as failure:
            print("FAILED %s: %s" % (file, failure))
            failures += 1
    return 1 if failures else 0


def check_outputs(np, file, npz, compute):
    values = np.load(npz)
    expected = values["output"]
    actual = np.asarray(compute(values["input"]))
    if actual.shape != expected.shape:
        raise Failed("the output has the shape %s, PyTorch's has %s" % (actual.shape, expected.shape))
    signal = np.square(expected.astype(np.float64)).sum()
    noise = np.square(expected.astype(np.float64) - actual).sum()
    snr = float("inf") if noise == 0 else 10 * np.log10(signal / noise)
    print("%s: %.1f dB beside PyTorch" % (file, snr))
    if not snr >= LEAST_SNR:
        raise Failed("that is less than %.0f dB" % LEAST_SNR)


def run(keras, file, rest, inputs):
    if os.path.isdir(file):
        import tensorflow as tf

        signature = tf.saved_model.load(file).signatures["serving_default"]
        name = next(iter(signature.structured_input_signature[1]))
        return next(iter(signature(**{name: tf.constant(inputs)}).values()))
    if not rest:
        return keras.saving.load_model(file, compile=False)(inputs)
    model = keras.saving.load_model(rest[0], compile=False)
    for setting in rest[1:]:
        place, number = setting.split("=")
        layer, key = place.rsplit(".", 1)
        setattr(model.get_layer(layer), key, float(number))
    if file.endswith(".h5"):
        model.load_weights(file)
    else:
        import tensorflow as tf

        tf.train.Checkpoint(model=model).read(file).assert_existing_objects_matched()
    return model(inputs)


def check_torch(options):
    try:
        import torch
    except ImportError as missing:
        return skip("PyTorch", missing)
    try:
        compare(torch, options.file, options.original)
        return 0
    except Failed as failure:
        print("FAILED %s: %s" % (options.file, failure))
        return 1


def compare(torch, file, original_file):
    written = torch.load(file, weights_only=True)
    original = tensors(load(torch, original_file))
    for name, tensor in written.items():
        if name not in original:
            raise Failed("`%s` is not in %s" % (name, original_file))
        other = original[name]
        if tensor.dtype != other.dtype or tensor.shape != other.shape:
            raise Failed("`%s` is %s %s" % (name, tensor.dtype, tuple(tensor.shape)))
        if not torch.equal(tensor, other):
            raise Failed("`%s` differs" % name)
    missing = sorted(set(original) - set(written))
    left_out = "; left out: " + ", ".join(missing) if missing else ""
    print("%s: %d tensors, bit by bit those of PyTorch%s" % (file, len(written), left_out))


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
