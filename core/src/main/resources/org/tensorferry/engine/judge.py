"""Runs SavedModels in this Python's TensorFlow in the ways in which people run them: judge.py FOLDER

FOLDER/job.json names tasks. Each is a SavedModel, cases of inputs, ways to run it, and for cases that ask for gradients a
factor for each element of the outputs: what is differentiated is the sum of their products. Tensors lie beside it as files
of their elements, row-major and little endian.

What happens is written to FOLDER/events.jsonl line by line, before and after each step, so that whoever started this knows
what was going on when the process ends early.
"""

import json
import os
import platform
import shutil
import sys

FOLDER = sys.argv[1]
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
os.environ.setdefault("CUDA_VISIBLE_DEVICES", "-1")


def tell(**event):
    with open(os.path.join(FOLDER, "events.jsonl"), "a", encoding="utf-8") as events:
        events.write(json.dumps(event) + "\n")


tell(event="python", version=platform.python_version())
try:
    import numpy as np
    import tensorflow as tf

    VERSION = tuple(int(part) for part in tf.__version__.split(".")[:2])
except Exception as error:
    tell(event="refused", reason="it can't import TensorFlow: %s: %s" % (type(error).__name__, error))
    sys.exit(0)
if VERSION < (2, 8):
    tell(event="refused", reason="its TensorFlow is %s, and 2.8 is the oldest that is supported" % tf.__version__)
    sys.exit(0)
tell(event="tensorflow", version=tf.__version__)

# What XLA says of models that no graph of ours could make compilable: operators it lacks, sizes that depend on data.
NOT_FOR_XLA = ("Detected unsupported operations", "must be a compile-time constant", "compile-time constant")


class Numbers:
    """Names files that have not been written yet."""

    next = 0


def read(tensor):
    dtype = tf.as_dtype(tensor["dtype"]).as_numpy_dtype
    with open(os.path.join(FOLDER, tensor["file"]), "rb") as file:
        return tf.constant(np.frombuffer(file.read(), dtype=dtype).reshape(tensor["shape"]))


def write(name, tensor):
    array = np.ascontiguousarray(tensor.numpy()).reshape(tensor.shape)
    file = "result.%d.%d" % (os.getpid(), Numbers.next)
    Numbers.next += 1
    with open(os.path.join(FOLDER, file), "wb") as out:
        out.write(array.tobytes())
    return {"name": name, "dtype": tensor.dtype.name, "shape": list(array.shape), "file": file}


def leaves(result, path, into):
    """The tensors of a result by the names that the signature gives them."""
    if result is None:
        return into
    if isinstance(result, dict):
        for key in result:
            leaves(result[key], path + "_" + legal(key) if path else legal(key), into)
    elif hasattr(result, "_fields"):
        for key in result._fields:
            leaves(getattr(result, key), path + "_" + legal(key) if path else legal(key), into)
    elif isinstance(result, (list, tuple)):
        for index, element in enumerate(result):
            leaves(element, "%s_%d" % (path or "output", index), into)
    else:
        name = path or "output"
        free = name
        number = 1
        while free in into:
            free = "%s_%d" % (name, number)
            number += 1
        into[free] = result
    return into


def legal(key):
    name = "".join(c if c.isascii() and (c.isalnum() or c == "_") else "_" for c in key)
    return name if name and name[0].isalpha() else "output_" + name


class Model:
    """A loaded SavedModel and the ways to run it."""

    def __init__(self, directory, method):
        self.directory = directory
        self.loaded = tf.saved_model.load(directory)
        self.called = getattr(self.loaded, method) if method else self.loaded
        self.key = method or "serving_default"

    def call(self, inputs):
        return leaves(self.called(**inputs), "", {})

    def signature(self, inputs):
        return dict(self.loaded.signatures[self.key](**inputs))

    def differentiate(self, inputs, factors):
        """(outputs, gradients by name of variable or input); what no gradient reaches is left out."""
        variables = list(self.loaded.trainable_variables)
        watched = {name: x for name, x in inputs.items() if x.dtype.is_floating}
        with tf.GradientTape() as tape:
            tape.watch(list(watched.values()))
            outputs = self.call(inputs)
            terms = [tf.reduce_sum(outputs[name] * factor) for name, factor in factors.items()]
            total = tf.add_n([tf.cast(term, tf.float64) for term in terms])
        found = tape.gradient(total, [variables, list(watched.values())])
        gradients = {}
        for variable, gradient in zip(variables, found[0]):
            gradients["variable " + variable.name.rsplit(":", 1)[0]] = gradient
        for name, gradient in zip(watched, found[1]):
            gradients["input " + name] = gradient
        return outputs, {k: tf.convert_to_tensor(g) for k, g in gradients.items() if g is not None}


def run(model, way, inputs, factors):
    """(outputs, gradients)"""
    if way == "call":
        return model.call(inputs), {}
    if way == "signature":
        return model.signature(inputs), {}
    if way == "xla":
        compiled = tf.function(lambda given: model.call(given), jit_compile=True, autograph=False)
        return compiled(inputs), {}
    if factors:
        return model.differentiate(inputs, factors)
    if way == "tape":
        with tf.GradientTape():
            return model.call(inputs), {}
    return model.call(inputs), {}


def open_for(way, directory, method):
    model = Model(directory, method)
    if way != "again":
        return model
    copy = os.path.join(FOLDER, "again")
    shutil.rmtree(copy, ignore_errors=True)
    tf.saved_model.save(model.loaded, copy)
    del model
    again = Model(copy, method)
    shutil.rmtree(copy, ignore_errors=True)
    return again


def perform(number, task, way):
    step = {"task": number, "way": way}
    tell(event="begin", **step)
    try:
        model = open_for(way, task["model"], task.get("method"))
    except Exception as error:
        return tell(event="failed", case=-1, reason=reason(error), **step)
    for case, tensors in enumerate(task["cases"]):
        tell(event="case", case=case, **step)
        try:
            inputs = {tensor["name"]: read(tensor) for tensor in tensors["inputs"]}
            factors = {tensor["name"]: read(tensor) for tensor in tensors["factors"]}
            outputs, gradients = run(model, way, inputs, factors)
            tell(
                event="ran",
                case=case,
                outputs=[write(name, tensor) for name, tensor in outputs.items()],
                gradients=[write(name, tensor) for name, tensor in gradients.items()],
                differentiated=bool(factors) and way in ("tape", "again"),
                **step
            )
        except Exception as error:
            refused = way == "xla" and any(text in str(error) for text in NOT_FOR_XLA)
            tell(event="unsupported" if refused else "failed", case=case, reason=reason(error), **step)
    return tell(event="end", **step)


def reason(error):
    text = str(error).strip().split("\n\nStack trace for op definition")[0].split("\n\t [[")[0]
    return "%s: %s" % (type(error).__name__, text[:1500] or "no message")


def main():
    with open(os.path.join(FOLDER, "job.json"), encoding="utf-8") as file:
        job = json.load(file)
    for step in job["steps"]:
        perform(step["task"], job["tasks"][step["task"]], step["way"])
    tell(event="finished")


main()
