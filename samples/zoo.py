"""Writes many models, each in every form that PyTorch can give it, with a manifest of what came out.

An input is described in the words of `tensorferry convert --input`, with a second value for each dynamic dim: the model is
made with the first values, and the file must compute what the model computes for the second ones too. Dims for which it
does not (tracing froze them, or the model itself wants that size) are plain numbers in the manifest's `inputs`.

    x:float32[batch=2|3,3,height=224|256,width=224|192]      ids:int64[batch=2|3,length=12|7]<1000
"""

import contextlib
import json
import re
import time
import zlib

import numpy
import torch
from torch import Tensor, nn

from lively import lively

SUFFIX = "" if torch.__version__.startswith("1.") else ".torch2"


class Input:
    """One argument of forward: `name:dtype[dims]` or `name:dtype[dims]<limit`, and optionally how to fill it from the dims."""

    def __init__(self, text, fill=None):
        self.name, self.dtype, dims, limit = re.fullmatch(r"(\w+):(\w+)\[(.*?)\](?:<(\d+))?", text).groups()
        self.limit = limit and int(limit)
        self.fill = fill
        self.dims = [self.dim(part) for part in dims.split(",") if part]

    @staticmethod
    def dim(part):
        """(name, first value, second value); a fixed dim has no name."""
        name, _, values = part.rpartition("=")
        first, _, second = values.partition("|")
        return name or None, int(first), int(second or first)

    def tensor(self, values):
        """A tensor for the named dims' `values`."""
        sizes = [values[name] if name else first for name, first, _ in self.dims]
        if self.fill is not None:
            return self.fill(sizes, values)
        random = numpy.random.RandomState(zlib.crc32(self.name.encode()))
        if self.dtype.startswith("int"):
            numbers = random.randint(0, self.limit or 2, sizes)
        elif self.dtype == "bool":
            numbers = random.randint(0, 2, sizes)
        elif self.dtype.startswith("complex"):
            numbers = random.standard_normal(sizes) + 1j * random.standard_normal(sizes)
        else:
            numbers = random.standard_normal(sizes)
        return torch.tensor(numbers, dtype=getattr(torch, self.dtype))

    def spec(self, dynamic):
        dims = ["%s=%d" % (name, first) if name in dynamic else str(first) for name, first, _ in self.dims]
        limit = "<%d" % self.limit if self.limit else ""
        return "%s:%s[%s]%s" % (self.name, self.dtype, ",".join(dims), limit)


class Model:
    """A row of the zoo: what to build and what to feed it."""

    def __init__(self, name, build, *inputs, family="", exported=None, trace_as=None, note=None):
        self.name, self.build, self.family = name, build, family
        self.inputs = [Input(text) if isinstance(text, str) else text for text in inputs]
        self.exported = exported  # a method marked torch.jit.export, which must not be compiled along with a trace
        self.note = note  # what inputs must keep to, in words
        self.trace_as = trace_as or (lambda model: model)  # a wrapper, where a trace can't return what the model returns

    def arguments(self, others=()):
        """Tensors with the first values of all dims but those named in `others`, which take their second ones."""
        dims = [dim for each in self.inputs for dim in each.dims if dim[0]]
        values = {name: second if name in others else first for name, first, second in dims}
        return tuple(each.tensor(values) for each in self.inputs)

    def dim_names(self):
        return sorted({name for each in self.inputs for name, _, _ in each.dims if name})


def forms(row, model, arguments):
    """(form, function that makes it) for each way to TorchScript."""
    yield "traced", lambda: trace(row, model, arguments, gradients=True)
    if any(isinstance(module, nn.MultiheadAttention) for module in model.modules()):
        yield "traced_nograd", lambda: trace(row, model, arguments, gradients=False)  # has the fused attention operator
    yield "scripted", lambda: torch.jit.script(model)


def trace(row, model, arguments, gradients):
    with torch.set_grad_enabled(gradients), not_exported(row.exported):
        return torch.jit.trace(row.trace_as(model), arguments, check_trace=False, strict=False)


@contextlib.contextmanager
def not_exported(method):
    """torch.jit.trace compiles methods marked torch.jit.export, and fails where they can't be: unmarks one for a while."""
    mark = getattr(method, "_torchscript_modifier", None)
    if mark is not None:
        method._torchscript_modifier = torch._jit_internal.FunctionModifiers.DEFAULT
    try:
        yield
    finally:
        if mark is not None:
            method._torchscript_modifier = mark


def leaves(value):
    if isinstance(value, Tensor):
        return [value]
    if isinstance(value, dict):
        return [leaf for key in sorted(value) for leaf in leaves(value[key])]
    if isinstance(value, (list, tuple)):
        return [leaf for item in value for leaf in leaves(item)]
    return []


def describe(value):
    if isinstance(value, Tensor):
        return "%s[%s]" % (str(value.dtype).replace("torch.", ""), ",".join(map(str, value.shape)))
    if isinstance(value, dict):
        return "{%s}" % ", ".join("%s: %s" % (key, describe(item)) for key, item in value.items())
    if hasattr(value, "_fields"):
        items = zip(value._fields, value)
        return "%s(%s)" % (type(value).__name__, ", ".join("%s: %s" % (k, describe(v)) for k, v in items))
    if isinstance(value, (list, tuple)):
        text = ", ".join(describe(item) for item in value)
        return "[%s]" % text if isinstance(value, list) else "(%s)" % text
    return str(value)


def agree(expected, actual):
    """None, or a sentence that says how two results differ."""
    expected, actual = leaves(expected), leaves(actual)
    if len(expected) != len(actual):
        return "%d tensors instead of %d" % (len(actual), len(expected))
    for a, b in zip(expected, actual):
        if a.shape != b.shape or a.dtype != b.dtype:
            return "%s instead of %s" % (describe(b), describe(a))
        if a.numel() == 0:
            continue
        if not a.is_floating_point() and not a.is_complex():
            if not torch.equal(a, b):
                return "other integers"
            continue
        finite = torch.isfinite(torch.view_as_real(a) if a.is_complex() else a).all()
        error, power = (a - b).abs().double(), a.abs().double()
        if finite and not (error.pow(2).mean() <= 1e-6 * power.pow(2).mean() + 1e-20):  # 60 dB
            return "other values (%.1e on %.1e)" % (error.max(), power.max())
    return None


def run(module, arguments):
    with torch.no_grad():
        return module(*[argument.clone() for argument in arguments])


def moves(row, eager, loaded, names):
    """Why the file does not follow the dims `names` to their second values; None if it does."""
    arguments = row.arguments(names)
    try:
        expected = run(eager, arguments)
    except Exception as error:
        return "the model itself: " + first_line(error)
    try:
        actual = run(loaded, arguments)
    except Exception as error:
        return first_line(error)
    return agree(expected, actual)


def first_line(error):
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    told = [line for line in lines if re.match(r"(\w+\.)*(\w*Error|\w*Exception)\b", line)]
    return (told[-1] if told else lines[0] if lines else type(error).__name__)[:300]


def dynamic_dims(row, eager, loaded):
    """The dims that move together, and for each other one the reason why not."""
    names = row.dim_names()
    if not moves(row, eager, loaded, set(names)):
        return names, {}
    frozen = {}
    for name in names:
        reason = moves(row, eager, loaded, {name})
        if reason:
            frozen[name] = reason
    dynamic = [name for name in names if name not in frozen]
    while len(dynamic) > 1 and moves(row, eager, loaded, set(dynamic)):
        last = dynamic.pop()
        frozen[last] = "moves alone, but not together with " + ", ".join(dynamic)
    return dynamic, frozen


def spread(value):
    tensors = [leaf for leaf in leaves(value) if leaf.is_floating_point() or leaf.is_complex()]
    return ["%.3g" % leaf.std().item() if leaf.numel() > 1 else "%.3g" % leaf.item() for leaf in tensors]


def make(rows, folder):
    """Writes every row in every form; returns the manifest's entries, failures included."""
    folder.mkdir(parents=True, exist_ok=True)
    for row in rows:
        started = time.time()
        try:
            torch.manual_seed(zlib.crc32(row.name.encode()))
            eager = row.build().eval()
            arguments = row.arguments()
            lively(eager, *[argument.clone() for argument in arguments])
            expected = run(eager, arguments)
        except Exception as error:
            record(folder, failure(row, "built", error), started)
            continue
        for form, module in forms(row, eager, arguments):
            try:
                entry = write(row, eager, form, module(), expected, folder)
            except Exception as error:
                entry = failure(row, form, error)
            record(folder, entry, started)
            started = time.time()
    print_table(folder)


def write(row, eager, form, module, expected, folder):
    path = folder / ("%s.%s%s.pt" % (row.name, form, SUFFIX))
    module.save(str(path))
    loaded = torch.jit.load(str(path))
    arguments = row.arguments()
    result = run(loaded, arguments)
    difference = agree(expected, result)
    if difference:
        path.unlink()
        raise ValueError("the saved file computes something else than the model: " + difference)
    dynamic, frozen = dynamic_dims(row, eager, loaded)
    entry = {
        "file": path.name,
        "model": row.name,
        "family": row.family,
        "form": form,
        "torch": torch.__version__,
        "inputs": [each.spec(dynamic) for each in row.inputs],
        "frozen": frozen,
        "output": describe(result),
        "output_std": spread(result),
        "parameters": sum(parameter.numel() for parameter in eager.parameters()),
        "bytes": path.stat().st_size,
    }
    if row.note:
        entry["note"] = row.note
    if row.note or any(each.fill for each in row.inputs):
        values = folder / (row.name + ".npz")
        numpy.savez(values, **{each.name: value.numpy() for each, value in zip(row.inputs, arguments)})
        entry["values"] = values.name  # inputs that random numbers can't stand for
    return entry


def failure(row, form, error):
    return {
        "model": row.name,
        "family": row.family,
        "form": form,
        "torch": torch.__version__,
        "failed": first_line(error),
    }


def record(folder, entry, started):
    """Keeps the manifest current after each file, so that an interrupted run loses nothing."""
    said = entry.get("failed") or "%8.1f MB  %s  std %s%s" % (
        entry["bytes"] / 1e6,
        " ".join(entry["inputs"]),
        " ".join(entry["output_std"][:6]),
        "  frozen: " + ", ".join(entry["frozen"]) if entry["frozen"] else "",
    )
    print("%-28s %-14s %5.1f s  %s" % (entry["model"], entry["form"], time.time() - started, said), flush=True)
    key = lambda e: (e["model"], e["form"], e["torch"])
    stale = lambda e: key(e) == key(entry) or (e["model"] == entry["model"] and e["form"] == "built")
    entries = [each for each in manifest(folder) if not stale(each)] + [entry]
    (folder / "manifest.json").write_text(json.dumps(sorted(entries, key=key), indent=1) + "\n")


def manifest(folder):
    path = folder / "manifest.json"
    return json.loads(path.read_text()) if path.exists() else []


def print_table(folder):
    failed = [entry for entry in manifest(folder) if "failed" in entry]
    print("\n%d files; %d that PyTorch itself could not make:" % (len(manifest(folder)) - len(failed), len(failed)))
    for entry in failed:
        print("  %-28s %-14s %s" % (entry["model"], entry["form"], entry["failed"]))
