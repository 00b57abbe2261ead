"""Shows that SavedModels are good citizens of Python TensorFlow: check_saved_model.py [--tflite] [--dims 3,5] DIR...

For each directory:
  1. tf.saved_model.load gives a callable object, and calling it on random inputs works for every value of --dims in place of
     the dynamic dims (all of them get the same value, so that dims which must agree do agree);
  2. all outputs are finite;
  3. the signature `serving_default` computes the same as the call;
  4. .trainable_variables have names, no two the same, and a gradient flows to every one of them;
  5. tf.saved_model.save writes the object again, and what is loaded from there computes the same;
  6. with --tflite: what the TFLite converter and its interpreter make of it (reported, never a failure).

Integer inputs are drawn from 0 and 1, which every table of ids has. Exit codes: 0 all passed, 1 something failed (the sentence
says what), 2 usage, 77 skipped because this Python has no TensorFlow.
"""

import argparse
import os
import sys
import tempfile

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
os.environ.setdefault("CUDA_VISIBLE_DEVICES", "-1")

try:
    import numpy as np
    import tensorflow as tf
except ImportError as missing:
    print("SKIPPED: check_saved_model.py checked nothing, because this Python can't import TensorFlow: %s" % missing)
    sys.exit(77)


class Failed(Exception):
    """What is wrong with the SavedModel, as a sentence."""


def main():
    parser = argparse.ArgumentParser(description="Checks SavedModels in Python TensorFlow.")
    parser.add_argument("directories", metavar="DIR", nargs="+")
    parser.add_argument("--dims", default="3,5", help="values for dynamic dims, one run for each (default: 3,5)")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--tflite", action="store_true", help="also report what TFLite makes of it")
    options = parser.parse_args()
    dims = [int(value) for value in options.dims.split(",")]
    print("TensorFlow %s" % tf.__version__)
    failures = 0
    for directory in options.directories:
        print("\n%s" % directory)
        try:
            check(directory, dims, options.seed)
            print("  passed")
        except Failed as failure:
            failures += 1
            print("  FAILED: %s" % failure)
        if options.tflite:
            report_tflite(directory, dims, options.seed)
    if failures:
        print("\n%d of %d SavedModels failed" % (failures, len(options.directories)))
    return 1 if failures else 0


def check(directory, dims, seed):
    model = attempt("tf.saved_model.load fails", lambda: tf.saved_model.load(directory))
    if not callable(model):
        raise Failed("the loaded object is not callable")
    if "serving_default" not in getattr(model, "signatures", {}):
        raise Failed("there is no signature `serving_default`")
    signature = model.signatures["serving_default"]
    specs = signature.structured_input_signature[1]
    for name, spec in specs.items():
        print("  input   %s: %s %s" % (name, spec.dtype.name, spec.shape))
    for value in dims:
        inputs = random_inputs(specs, value, seed)
        result = attempt("calling it with dynamic dims of %d fails" % value, lambda: model(**inputs))
        check_finite(result, value)
        served = attempt("the signature fails for dynamic dims of %d" % value, lambda: signature(**inputs))
        check_same("`serving_default`", result, served)
    for name, tensor in named(result):
        print("  output  %s: %s %s" % (name, tensor.dtype.name, tensor.shape))
    check_gradients(model, random_inputs(specs, dims[0], seed))
    check_saving_again(model, random_inputs(specs, dims[-1], seed))


def attempt(what, action):
    try:
        return action()
    except Exception as error:  # whatever TensorFlow throws, the user gets the sentence
        text = str(error).strip() or type(error).__name__
        raise Failed("%s: %s" % (what, text[:2000])) from error


def random_inputs(specs, dim, seed):
    random = np.random.RandomState(seed)
    return {name: random_tensor(random, specs[name], dim) for name in sorted(specs)}


def random_tensor(random, spec, dim):
    shape = [dim if size is None else size for size in spec.shape.as_list()]
    if spec.dtype.is_bool:
        values = random.randint(0, 2, shape).astype(bool)
    elif spec.dtype.is_integer:
        values = random.randint(0, 2, shape)
    elif spec.dtype.is_complex:
        values = random.randn(*shape) + 1j * random.randn(*shape)
    else:
        values = random.randn(*shape)
    return tf.cast(tf.constant(values), spec.dtype)


def named(value, path=""):
    """The tensors of a result, each with the path that leads to it; None is no tensor."""
    if value is None:
        return []
    if isinstance(value, dict):
        items = sorted(value.items())
    elif hasattr(value, "_fields"):
        items = list(zip(value._fields, value))
    elif isinstance(value, (list, tuple)):
        items = list(enumerate(value))
    else:
        return [(path or "(the result)", value)]
    return [leaf for key, item in items for leaf in named(item, "%s/%s" % (path, key) if path else str(key))]


def check_finite(result, dim):
    for name, tensor in named(result):
        if is_inexact(tensor) and not np.all(np.isfinite(tensor.numpy())):
            raise Failed("output %s has NaN or infinity for random inputs with dynamic dims of %d" % (name, dim))


def is_inexact(tensor):
    return tensor.dtype.is_floating or tensor.dtype.is_complex


def check_same(what, result, served):
    """A signature always returns a dict; a result that is none is matched tensor by tensor."""
    left = dict(served)
    for name, tensor in named(result):
        keys = [name] if name in left else list(left)
        key = next((key for key in keys if equal(tensor, left[key])), None)
        if key is None:
            raise Failed("%s returns %s, and none of these is output %s of the call" % (what, sorted(left), name))
        del left[key]
    if left:
        raise Failed("%s returns %s, which the call does not return" % (what, sorted(left)))


def equal(a, b):
    if a.dtype != b.dtype or a.shape != b.shape:
        return False
    if is_inexact(a):
        return np.allclose(a.numpy(), b.numpy(), rtol=1e-5, atol=1e-6)
    return np.array_equal(a.numpy(), b.numpy())


def check_gradients(model, inputs):
    if not hasattr(model, "trainable_variables"):
        raise Failed("the loaded object has no .trainable_variables")
    variables = list(model.trainable_variables)
    names = [variable.name for variable in variables]
    for variable in variables:
        print("  trains  %s %s" % (variable.name, variable.shape))
    for variable in getattr(model, "non_trainable_variables", []):
        print("  keeps   %s %s" % (variable.name, variable.shape))
    if not all(names) or len(set(names)) < len(names):
        raise Failed("the trainable variables do not have a name of their own each: %s" % names)
    if not variables:
        print("  note: it has no trainable variables")
        return
    random = np.random.RandomState(1)
    with tf.GradientTape() as tape:
        outputs = [tensor for _, tensor in named(model(**inputs)) if tensor.dtype.is_floating]
        if not outputs:
            raise Failed("it has trainable variables, but no floating-point output that could train them")
        weighted = [tf.reduce_sum(y * tf.constant(random.randn(*y.shape), y.dtype)) for y in outputs]
        loss = tf.add_n([tf.cast(term, tf.float64) for term in weighted])
    gradients = attempt("no gradient can be taken", lambda: tape.gradient(loss, variables))
    missing = [name for name, gradient in zip(names, gradients) if gradient is None]
    if missing:
        raise Failed("no gradient flows to %s" % ", ".join(missing))
    dense = [tf.convert_to_tensor(gradient) for gradient in gradients]
    broken = [name for name, gradient in zip(names, dense) if not np.all(np.isfinite(gradient.numpy()))]
    if broken:
        raise Failed("the gradient has NaN or infinity for %s" % ", ".join(broken))
    still = [name for name, gradient in zip(names, dense) if not np.any(gradient.numpy())]
    print("  gradients flow to %d trainable variables" % len(variables))
    if still:
        print("  note: for these inputs the gradient is zero everywhere for %s" % ", ".join(still))


def check_saving_again(model, inputs):
    with tempfile.TemporaryDirectory() as folder:
        attempt("tf.saved_model.save fails", lambda: tf.saved_model.save(model, folder))
        again = attempt("what tf.saved_model.save wrote can't be loaded", lambda: tf.saved_model.load(folder))
        expected = model(**inputs)
        actual = attempt("what tf.saved_model.save wrote can't be called", lambda: again(**inputs))
        for (name, a), (_, b) in zip(named(expected), named(actual)):
            if not equal(a, b):
                raise Failed("saved again and loaded, output %s is another" % name)
        if [v.name for v in model.trainable_variables] != [v.name for v in again.trainable_variables]:
            raise Failed("saved again and loaded, the trainable variables are others")
        signature = again.signatures.get("serving_default")
        if signature is None:
            raise Failed("saved again and loaded, the signature `serving_default` is gone")
        check_same("the signature saved again", expected, signature(**inputs))
    print("  saved again and loaded: the same")


def report_tflite(directory, dims, seed):
    for title, ops in (
        ("TFLite builtin operators", [tf.lite.OpsSet.TFLITE_BUILTINS]),
        ("TFLite with TensorFlow operators", [tf.lite.OpsSet.TFLITE_BUILTINS, tf.lite.OpsSet.SELECT_TF_OPS]),
    ):
        try:
            converter = tf.lite.TFLiteConverter.from_saved_model(directory)
            converter.target_spec.supported_ops = ops
            flatbuffer = converter.convert()
            print("  %s: %d bytes, %s" % (title, len(flatbuffer), compare_tflite(flatbuffer, directory, dims, seed)))
            return
        except Exception as error:
            print("  %s: no (%s)" % (title, " ".join(str(error).split())[:300]))


def compare_tflite(flatbuffer, directory, dims, seed):
    signature = tf.saved_model.load(directory).signatures["serving_default"]
    inputs = random_inputs(signature.structured_input_signature[1], dims[-1], seed)
    runner = tf.lite.Interpreter(model_content=flatbuffer).get_signature_runner("serving_default")
    results = runner(**{name: tensor.numpy() for name, tensor in inputs.items()})
    expected = signature(**inputs)
    worst = max(float(np.max(np.abs(expected[key].numpy() * 1.0 - results[key]), initial=0.0)) for key in expected)
    return "largest difference from TensorFlow %.1e" % worst


if __name__ == "__main__":
    sys.exit(main())
