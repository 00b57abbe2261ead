"""Shows that SavedModels with state stream and can begin anew: check_state.py DIR ...

For each directory a sequence of calls gives the same results by plain call, by signature, mixed, and inside a tf.function, each after the
signature `reset`; a model that was saved again goes on from the state it was saved with. Exit codes: 0 all passed, 1 something failed,
2 usage, 77 skipped because this Python has no TensorFlow.
"""

import os
import sys
import tempfile

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("CUDA_VISIBLE_DEVICES", "-1")

try:
    import tensorflow as tf
except ImportError as missing:
    print("SKIPPED: check_state.py checked nothing, because this Python can't import TensorFlow: %s" % missing)
    sys.exit(77)

CALLS = 5


def ways(model):
    signature = model.signatures["serving_default"]
    (spec,) = signature.structured_input_signature[1].values()
    turn = [0]

    def mixed(x):
        turn[0] += 1
        return signature(**{spec.name: x}) if turn[0] % 2 else model(x)

    return spec, {
        "call": lambda x: model(x),
        "signature": lambda x: signature(**{spec.name: x}),
        "both in turn": mixed,
        "tf.function": tf.function(lambda x: model(x)),
    }


def sequence(call, inputs):
    return [[t.numpy() for t in tf.nest.flatten(call(x))] for x in inputs]


def same(a, b):
    return all(abs(x - y).max() <= 1e-5 for p, q in zip(a, b) for x, y in zip(p, q))


def check(directory):
    faults = []
    model = tf.saved_model.load(directory)
    reset = model.signatures["reset"]
    spec, calls = ways(model)
    inputs = [tf.random.stateless_normal(spec.shape, [7, i]) for i in range(CALLS)]
    expected = sequence(calls["call"], inputs)
    if same(expected, sequence(calls["call"], inputs)):
        faults.append("a second sequence gives the same without a reset: nothing is kept")
    for name, call in calls.items():
        if not bool(reset()["done"]):
            faults.append("reset returns no True")
        if not same(expected, sequence(call, inputs)):
            faults.append("%s gives another sequence" % name)
    reset()
    first = sequence(calls["call"], inputs[:2])
    with tempfile.TemporaryDirectory() as again:
        tf.saved_model.save(model, again, signatures=model.signatures)
        rest = sequence(tf.saved_model.load(again), inputs[2:])
    if not same(expected, first + rest):
        faults.append("saved again it does not go on")
    return faults


def main(directories):
    if not directories:
        print(__doc__)
        return 2
    failed = False
    for directory in directories:
        faults = check(directory)
        print("%s: %s" % (directory, "passed" if not faults else "FAILED: " + "; ".join(faults)))
        failed |= bool(faults)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
