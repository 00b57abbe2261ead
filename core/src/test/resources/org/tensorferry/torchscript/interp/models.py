"""Writes shared.traced.VERSION.pt, shared.scripted.VERSION.pt and shared.frozen.VERSION.pt.

usage: python models.py VERSION   (once with torch 1.13, once with a torch 2)
"""
import sys
from enum import Enum
from typing import Dict, List, NamedTuple, Optional, Tuple

import torch
from torch import Tensor, nn


class Color(Enum):
    RED = 1
    BLUE = 2


class Result(NamedTuple):
    value: Tensor
    extra: Optional[Tensor]


class Block(nn.Module):
    def __init__(self):
        super().__init__()
        self.linear = nn.Linear(4, 4)
        self.norm = nn.BatchNorm1d(4)

    def forward(self, x):
        return torch.relu(self.norm(self.linear(x)))


class Traced(nn.Module):
    """One block used twice, two layers that share a weight, sizes as tensors."""

    def __init__(self):
        super().__init__()
        self.block = Block()
        self.first = nn.Linear(4, 4)
        self.second = nn.Linear(4, 4)
        self.second.weight = self.first.weight
        self.register_buffer("scale", torch.full([4], 0.5), persistent=False)

    def forward(self, x):
        x = self.block(self.block(x)) * self.scale
        x = self.first(x) + self.second(x)
        half = x.shape[0] // 2
        return x.view(x.shape[0] * 2, -1)[:half]


class Scripted(nn.Module):
    """Containers, an enum, a named tuple, optional arguments, lists of tensors, loops."""

    def __init__(self):
        super().__init__()
        self.layers = nn.ModuleList([nn.Linear(4, 4) for _ in range(2)])
        self.heads = nn.ModuleDict({"a-b": nn.Linear(4, 2), "c": nn.Linear(4, 3)})
        self.weights = [torch.ones(4), torch.zeros(4)]
        self.color = Color.BLUE
        self.limits = {"low": -1.0, "high": 1.0}
        self.unset: Optional[int] = None

    def forward(
        self, x: Tensor, mask: Optional[Tensor] = None, steps: int = 2
    ) -> Tuple[Result, Dict[str, Tensor]]:
        outputs: List[Tensor] = []
        for index, layer in enumerate(self.layers):
            x = layer(x) + self.weights[index]
            outputs.append(x)
        for _ in range(steps):
            x = torch.clamp(x, self.limits["low"], self.limits["high"])
        if mask is not None:
            x = x * mask
        if self.color == Color.BLUE and self.unset is None:
            x = x + len(outputs)
        results: Dict[str, Tensor] = {}
        for name, head in self.heads.items():
            results[name] = head(x)
        return Result(x, mask), results


version = sys.argv[1]
torch.manual_seed(0)
scripted = torch.jit.script(Scripted().eval())
torch.jit.save(torch.jit.trace(Traced().eval(), torch.rand(6, 4)), f"shared.traced.{version}.pt")
torch.jit.save(scripted, f"shared.scripted.{version}.pt")
torch.jit.save(torch.jit.freeze(scripted), f"shared.frozen.{version}.pt")
