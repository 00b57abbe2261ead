"""Makes the files of this folder. Run with each torch whose files are kept here: python make_fixtures.py"""

from enum import Enum
from typing import Dict, List, Optional

import torch

VERSION = ".".join(torch.__version__.split(".")[:2])
DTYPES = [
    "uint8", "int8", "int16", "int32", "int64", "float16", "float32", "float64",
    "complex64", "complex128", "bool", "bfloat16",
]


class Color(Enum):
    RED = 1
    BLUE = 2


class Inner(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = torch.nn.Linear(4, 3)
        with torch.no_grad():
            self.fc.weight.copy_(torch.arange(12.0).view(3, 4))
            self.fc.bias.copy_(torch.tensor([0.5, -0.5, 0.25]))

    def forward(self, x):
        return self.fc(x)


class Everything(torch.nn.Module):
    counts: Dict[str, int]
    sizes: List[int]
    missing: Optional[int]

    def __init__(self):
        super().__init__()
        self.a = Inner()
        self.b = Inner()
        self.b.fc.weight = self.a.fc.weight
        base = torch.arange(6.0).view(2, 3)
        self.register_buffer("base", base)
        self.register_buffer("transposed", base.t())
        self.register_buffer("row", base[1])
        self.register_buffer("expanded", torch.tensor([7.0]).expand(5))
        self.register_buffer("empty", torch.zeros(0, 3))
        for name in DTYPES:
            self.register_buffer("t_" + name, torch.tensor([0, 1, 2, 3]).to(getattr(torch, name)))
        self.counts = {"x": 1, "yy": 2}
        self.sizes = [1, 2, 3]
        self.missing = None
        self.rates = [1.5, 2.0]
        self.flags = [True, False]
        self.tensors = [torch.ones(2), torch.zeros(3)]
        self.text = "héllo"
        self.color = Color.BLUE
        self.complex = 1 + 2j
        self.mixed = (1, "a", 2.5)
        self.where = torch.device("cpu")
        self.big = 2**40
        self.negative = -7

    def forward(self, x):
        y = self.b(self.a(x)[:, :1].expand(-1, 4)) + self.base.sum() + len(self.sizes) + self.counts["x"]
        if self.color == Color.BLUE:
            y = y + 1
        return y * torch.tensor([1.0, 2.0, 3.0])


class Activated(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.inner = Inner()

    def forward(self, x):
        return torch.nn.functional.gelu(self.inner(x))


torch.jit.save(torch.jit.script(Everything().eval()), f"scripted-{VERSION}.pt", _extra_files={"note.txt": "hi"})
torch.jit.save(torch.jit.trace(Inner(), torch.ones(2, 4)), f"traced-{VERSION}.pt")
torch.jit.save(torch.jit.freeze(torch.jit.script(Activated().eval())), f"frozen-{VERSION}.pt")
torch.save(Inner().state_dict(), f"state_dict-{VERSION}.pth")
torch.save(Inner().state_dict(), f"state_dict.legacy-{VERSION}.pth", _use_new_zipfile_serialization=False)

base = torch.arange(12.0)
WEIGHTS = {
    "epoch": 3,
    "model": {"slice": base[2:6], "transposed": base.view(3, 4).t(), "parameter": torch.nn.Parameter(base)},
    "list": [base.half(), base.bfloat16()],
}
torch.save(
    {**WEIGHTS, "quantized": torch.quantize_per_tensor(base, 0.1, 0, torch.qint8), "sparse": base.to_sparse()},
    f"weights-{VERSION}.pth",
)
torch.save(WEIGHTS, f"weights.legacy-{VERSION}.pth", _use_new_zipfile_serialization=False)
torch.save(WEIGHTS, f"weights.protocol4-{VERSION}.pth", pickle_protocol=4)
tied = torch.nn.Sequential(torch.nn.Linear(2, 2), torch.nn.BatchNorm1d(2))
tied.again = tied[0]
torch.save(tied, f"module-{VERSION}.pth")
