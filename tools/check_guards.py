"""Shows that SavedModels refuse sizes that they were not converted for: check_guards.py DIR GOOD REFUSED [DIR GOOD REFUSED ...]

GOOD and REFUSED are sizes of the inputs in the order of the call, as `4,3` or `4,3 2,3`. Each model must answer for GOOD and fail for REFUSED
by plain call, by signature, inside a tf.function, with XLA, and after tf.saved_model.save; a gradient must reach the first input.
Exit codes: 0 all passed, 1 something failed, 2 usage, 77 skipped because this Python has no TensorFlow.
"""

import os
import sys
import tempfile

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("CUDA_VISIBLE_DEVICES", "-1")

try:
    import tensorflow as tf
except ImportError as missing:
    print("SKIPPED: check_guards.py checked nothing, because this Python can't import TensorFlow: %s" % missing)
    sys.exit(77)


def tensors(sizes):
    return [tf.random.uniform([int(n) for n in size.split(",")]) for size in sizes.split(" ")]


def ways(model):
    signature = model.signatures["serving_default"]
    names = [argument.name for argument in sorted_arguments(signature)]
    yield "call", lambda *x: model(*x)
    yield "signature", lambda *x: signature(**dict(zip(names, x)))
    yield "tf.function", tf.function(lambda *x: model(*x))
    yield "tf.function of the signature", tf.function(lambda *x: signature(**dict(zip(names, x))))
    yield "XLA", tf.function(lambda *x: model(*x), jit_compile=True)
    yield "XLA of the signature", tf.function(lambda *x: signature(**dict(zip(names, x))), jit_compile=True)


def sorted_arguments(signature):
    return sorted(signature.structured_input_signature[1].values(), key=lambda spec: spec.name)


def check(directory, good, refused):
    faults = []
    model = tf.saved_model.load(directory)
    with tempfile.TemporaryDirectory() as again:
        tf.saved_model.save(model, again, signatures=model.signatures)
        for name, loaded in (("", model), (" saved again", tf.saved_model.load(again))):
            for way, call in ways(loaded):
                try:
                    call(*tensors(good))
                except Exception as error:
                    faults.append("%s%s fails at %s: %s" % (way, name, good, str(error)[:300]))
                try:
                    call(*tensors(refused))
                    faults.append("%s%s answers at %s" % (way, name, refused))
                except Exception:
                    pass
    inputs = tensors(good)
    with tf.GradientTape() as tape:
        tape.watch(inputs[0])
        result = tf.reduce_sum(model(*inputs))
    if tape.gradient(result, inputs[0]) is None:
        faults.append("no gradient reaches the first input")
    return faults


def main(arguments):
    if not arguments or len(arguments) % 3:
        print(__doc__)
        return 2
    faults = []
    for i in range(0, len(arguments), 3):
        found = check(*arguments[i : i + 3])
        print("%s: %s" % (arguments[i], "passed" if not found else "FAILED"))
        faults += found
        for fault in found:
            print("  " + fault)
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
