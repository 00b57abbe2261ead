"""Writes many models, each in every form that PyTorch can give it, with a manifest of what came out.

An input is described in the words of `tensorferry convert --input`, with two more values for each dynamic dim: the model is
made with the first values, and the file must compute what the model computes for the second ones too. Dims for which it
does not (tracing froze them, or the model itself wants that size) are plain numbers in the manifest's `inputs`.

    x:float32[batch=2|3|1,3,height=224|256|192,width=224|192|200]      ids:int64[batch=2|3|1,length=12|7|20]<1000

The inputs of three cases, with the first, the second and the third values, are written beside the models, and the manifest
says how far the PyTorch model itself is from its float64 twin, and from itself in one thread, on these inputs.
"""

import contextlib
import json
import math
import re
import time
import zlib
from unittest import mock

import numpy
import torch
from torch import Tensor, nn

from lively import lively

AMPLIFIES = 106.0  # dB: below, the outputs in float64 are kept, because rounding alone may bring a port below 100 dB
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
        """(name, its three values); a fixed dim has no name."""
        name, _, values = part.rpartition("=")
        values = [int(value) for value in values.split("|")]
        return name or None, values + values[-1:] * (3 - len(values))

    def tensor(self, values):
        """A tensor for the named dims' `values`."""
        sizes = [values[name] if name else own[0] for name, own in self.dims]
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
        dims = ["%s=%d" % (name, own[0]) if name in dynamic else str(own[0]) for name, own in self.dims]
        limit = "<%d" % self.limit if self.limit else ""
        return "%s:%s[%s]%s" % (self.name, self.dtype, ",".join(dims), limit)


class Model:
    """A row of the zoo: what to build and what to feed it."""

    def __init__(self, name, build, *inputs, family="", exported=None, trace_as=None, note=None, alone=(), quiet=None):
        self.name, self.build, self.family = name, build, family
        self.inputs = [Input(text) if isinstance(text, str) else text for text in inputs]
        self.exported = exported  # a method marked torch.jit.export, which must not be compiled along with a trace
        self.note = note  # what inputs must keep to, in words
        self.alone = alone  # dims that move alone as well: in case a conversion has to fix the others
        self.quiet = quiet  # a layer that gives a tenth of what it would
        self.trace_as = trace_as or (lambda model: model)  # a wrapper, where a trace can't return what the model returns

    def dims(self, others=(), which=1):
        """The first values of all dims but those named in `others`, which take their second ones, or the `which`-th."""
        dims = [dim for each in self.inputs for dim in each.dims if dim[0]]
        return {name: own[which if name in others else 0] for name, own in dims}

    def arguments(self, others=(), which=1):
        """Tensors of these sizes."""
        values = self.dims(others, which)
        return tuple(each.tensor(values) for each in self.inputs)

    def dim_names(self):
        return sorted({name for each in self.inputs for name, _ in each.dims if name})


def export(row, model, arguments):
    """The program of torch.export, whose named dims are dynamic where torch can keep them so."""
    shapes = tuple({axis: torch.export.Dim.AUTO for axis, dim in enumerate(each.dims) if dim[0]} for each in row.inputs)
    with torch.no_grad():
        return torch.export.export(row.trace_as(model), arguments, dynamic_shapes=shapes)


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
        return [leaf for item in value.values() for leaf in leaves(item)]
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


def make(rows, folder, wanted=None, float64=True):
    """Writes every row in every form, or in the wanted ones of these and `exported`; failures stand in the manifest, too."""
    folder.mkdir(parents=True, exist_ok=True)
    for row in rows:
        started = time.time()
        try:
            torch.manual_seed(zlib.crc32(row.name.encode()))
            eager = row.build().eval()
            arguments = row.arguments()
            enliven(row, eager, arguments)
            expected = run(eager, arguments)
            double = twin(row, eager) if float64 else None  # now, because scripting merges weight norms in the model itself
        except Exception as error:
            record(folder, failure(row, "built", error), started)
            continue
        every = list(forms(row, eager, arguments))
        if wanted:
            every.append(("exported", lambda: export(row, eager, arguments)))
        for form, module in every:
            if wanted and form not in wanted:
                continue
            try:
                entry = write(row, eager, double, form, module(), expected, folder)
            except Exception as error:
                entry = failure(row, form, error)
            record(folder, entry, started)
            started = time.time()
    print_table(folder)


def enliven(row, model, arguments):
    """Fills the model with weights, in place, and returns it."""
    lively(model, *[argument.clone() for argument in arguments], deep=True)
    if row.quiet:
        with torch.no_grad():
            for parameter in model.get_submodule(row.quiet).parameters():
                parameter.mul_(0.1)
    return model


def write(row, eager, double, form, module, expected, folder):
    if form == "exported":
        path = folder / ("%s.pt2" % row.name)
        torch.export.save(module, str(path))
        loaded = torch.export.load(str(path)).module()
    else:
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
    entry["cases"] = cases(row, eager, double, dynamic, folder)
    return entry


def twin(row, eager):
    """The model in float64."""
    double = row.build().eval()
    double.load_state_dict(eager.state_dict())
    return double.double()


def cases(row, eager, double, dynamic, folder):
    """Writes inputs with the first, the second and the third sizes of the dynamic dims; says how exact PyTorch is on them."""
    written = []
    moving = [(dynamic, which) for which in range(3)] + [([name], which) for name in row.alone for which in (1, 2)]
    for names, which in moving if dynamic else moving[:1]:
        dims = row.dims(names, which)
        arguments = row.arguments(names, which)
        try:
            expected = run(eager, arguments)
        except Exception as error:
            print("%s takes no %s: %s" % (row.name, dims, first_line(error)))
            continue
        path = folder / ("%s.%s.npz" % (row.name, "_".join("%s%d" % item for item in sorted(dims.items()))))
        if not path.exists():
            numpy.savez(path, **{each.name: value.numpy() for each, value in zip(row.inputs, arguments)})
        exact = in_float64(double, arguments) if double is not None else None
        case = {
            "values": path.name,
            "float64_db": snr(exact, expected) if exact is not None else None,
            "threads_db": snr(in_one_thread(eager, arguments), expected),
        }
        if case["float64_db"] is not None and case["float64_db"] < AMPLIFIES:
            case["float64"] = path.stem + ".float64.npz"
            numpy.savez(folder / case["float64"], *[leaf.numpy() for leaf in leaves(exact)])
        written.append(case)
    return written


def in_float64(double, arguments):
    """The result of the model's twin in float64; None where its code insists on float32."""
    usual = torch.get_default_dtype()
    torch.set_default_dtype(torch.float64)
    exact = [argument.double() if argument.is_floating_point() else argument for argument in arguments]
    try:
        with mock.patch.object(Tensor, "float", Tensor.double):  # RAFT's code casts its grid
            return run(double, exact)
    except Exception:
        return None
    finally:
        torch.set_default_dtype(usual)


def in_one_thread(eager, arguments):
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        return run(eager, arguments)
    finally:
        torch.set_num_threads(threads)


def snr(reference, result):
    """The least signal-to-noise ratio of all floating outputs in dB; None where there is none, or no difference."""
    least = None
    for a, b in zip(leaves(reference), leaves(result)):
        if a.shape != b.shape or not (a.is_floating_point() or a.is_complex()):
            continue
        signal = a.abs().double().pow(2).sum().item()
        noise = (a.to(torch.complex128 if a.is_complex() else torch.float64) - b).abs().pow(2).sum().item()
        if noise > 0 and signal > 0:
            decibels = round(10 * math.log10(signal / noise), 1)
            least = decibels if least is None else min(least, decibels)
    return least


def measure(rows, folder):
    """Brings the manifest of models that are made already up to date: names of inputs, and cases."""
    for row in rows:
        entries = [each for each in manifest(folder) if each["model"] == row.name and "failed" not in each]
        eager = row.build().eval() if entries else None
        known = {}  # the forms of a model have the same weights
        for entry in entries:
            started = time.time()
            try:
                eager.load_state_dict(torch.jit.load(str(folder / entry["file"])).state_dict())
            except RuntimeError:  # scripting merged a weight norm
                torch.manual_seed(zlib.crc32(row.name.encode()))
                eager = enliven(row, row.build(), row.arguments())
            dynamic = set(re.findall(r"(\w+)=", " ".join(entry["inputs"])))
            entry["inputs"] = [each.spec(dynamic) for each in row.inputs]
            key = frozenset(dynamic)
            known[key] = known.get(key) or cases(row, eager, twin(row, eager), dynamic, folder)
            entry["cases"] = known[key]
            entry.pop("values", None)
            record(folder, entry, started)


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
