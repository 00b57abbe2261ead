#!/usr/bin/env python3
"""Times SavedModels of one model beside each other: python time_saved_models.py DIR DIR ... [name=2,3,64 ...]

Single-threaded, in one process, in turn; processor time of a call of `serving_default`. The first is what the others
are compared with. Dynamic dims are 1, unless a shape is given for the input's name. Needs tensorflow alone.
"""
import os
import sys
import time

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
import numpy as np  # noqa: E402
import tensorflow as tf  # noqa: E402

ROUNDS, CALLS = 40, 5


def inputs(signature, shapes):
    random = np.random.default_rng(0)
    made = {}
    for name, spec in signature.structured_input_signature[1].items():
        shape = shapes.get(name, [size or 1 for size in spec.shape])
        kind = spec.dtype.as_numpy_dtype
        made[name] = tf.constant((random.random(shape) * (1 if spec.dtype.is_floating else 2)).astype(kind))
    return made


def main():
    tf.config.threading.set_intra_op_parallelism_threads(1)
    tf.config.threading.set_inter_op_parallelism_threads(1)
    folders = [word for word in sys.argv[1:] if "=" not in word]
    shapes = {n: [int(s) for s in v.split(",")] for n, v in (w.split("=") for w in sys.argv[1:] if "=" in w)}
    runs = []
    for folder in folders:
        model = tf.saved_model.load(folder)
        call = model.signatures["serving_default"]
        runs.append((folder, model, call, inputs(call, shapes), []))
    for _ in range(20):
        for _, _, call, given, _ in runs:
            call(**given)
    for _ in range(ROUNDS):
        for _, _, call, given, times in runs:
            for _ in range(CALLS):
                start = time.process_time()
                call(**given)
                times.append(time.process_time() - start)
    first = None
    for folder, _, _, _, times in runs:
        times.sort()
        least, median = times[0] * 1e3, times[len(times) // 2] * 1e3
        first = first or (least, median)
        print(f"{folder}: least {least:.3f} ms ({least / first[0]:.2f}), median {median:.3f} ms ({median / first[1]:.2f})")


if __name__ == "__main__":
    main()
