"""Makes models of timm and transformers with lively random weights: python3 make_families.py [--models NAME,...] OUTDIR

One of each family whose depthwise convolutions once ended a Python with TensorFlow (docs/tensorflow-faults.md), in its smallest
size, and a detector's neck and head as YOLO 10 to 12 write them. Wants torch 2, timm and transformers; writes traced and scripted
files, inputs for them, and OUTDIR/manifest.json.
"""

import argparse
import functools
import pathlib
from typing import Tuple

import timm
import torch
from torch import Tensor, nn
from transformers import SegformerConfig, SegformerForSemanticSegmentation

import zoo

PICTURE = "x:float32[batch=2|3|1,3,height=96|128|64,width=96|64|128]"
FIXED = "x:float32[batch=2|3|1,3,96,96]"


class Segmenter(nn.Module):
    """SegFormer's logits alone."""

    def __init__(self):
        super().__init__()
        self.model = SegformerForSemanticSegmentation(
            SegformerConfig(hidden_sizes=[16, 32, 40, 64], decoder_hidden_size=64, depths=[1, 1, 1, 1], num_labels=7)
        )

    def forward(self, x: Tensor) -> Tensor:
        return self.model(pixel_values=x).logits


class Conv(nn.Module):
    """Convolution, BatchNorm and SiLU: the brick of all YOLOs."""

    def __init__(self, inside: int, outside: int, kernel: int = 1, stride: int = 1, groups: int = 1, act: bool = True):
        super().__init__()
        self.conv = nn.Conv2d(inside, outside, kernel, stride, kernel // 2, groups=groups, bias=False)
        self.bn = nn.BatchNorm2d(outside, eps=1e-3)
        self.act = nn.SiLU() if act else nn.Identity()

    def forward(self, x: Tensor) -> Tensor:
        return self.act(self.bn(self.conv(x)))


class Split(nn.Module):
    """Half of the channels goes through depthwise bottlenecks, and every result is joined."""

    def __init__(self, channels: int):
        super().__init__()
        half = channels // 2
        self.first, self.last = Conv(channels, channels), Conv(channels + half, channels)
        self.block = nn.Sequential(Conv(half, half, 3, groups=half), Conv(half, half), Conv(half, half, 7, groups=half))

    def forward(self, x: Tensor) -> Tensor:
        a, b = self.first(x).chunk(2, 1)
        return self.last(torch.cat([a, b, b + self.block(b)], 1))


class Pooled(nn.Module):
    """Three poolings one after the other, joined."""

    def __init__(self, channels: int):
        super().__init__()
        self.first, self.last = Conv(channels, channels // 2), Conv(2 * channels, channels)
        self.pool = nn.MaxPool2d(5, 1, 2)

    def forward(self, x: Tensor) -> Tensor:
        x = self.first(x)
        y = self.pool(x)
        z = self.pool(y)
        return self.last(torch.cat([x, y, z, self.pool(z)], 1))


class Attention(nn.Module):
    """Attention over all places with a depthwise convolution that tells the position."""

    def __init__(self, channels: int, heads: int = 2):
        super().__init__()
        self.heads, self.size = heads, channels // heads
        self.qkv, self.proj = Conv(channels, 3 * channels, act=False), Conv(channels, channels, act=False)
        self.pe = Conv(channels, channels, 3, groups=channels, act=False)

    def forward(self, x: Tensor) -> Tensor:
        n, c, h, w = x.shape
        q, k, v = self.qkv(x).view(n, self.heads, 3 * self.size, h * w).split([self.size, self.size, self.size], 2)
        weights = ((q.transpose(-2, -1) @ k) * self.size**-0.5).softmax(-1)
        y = (v @ weights.transpose(-2, -1)).view(n, c, h, w) + self.pe(v.reshape(n, c, h, w))
        return x + self.proj(y)


class Detector(nn.Module):
    """A small YOLO: strided stem, splits, attention, a neck with upsampling, heads with depthwise branches, boxes from bins."""

    def __init__(self, classes: int = 9, bins: int = 16):
        super().__init__()
        self.bins = bins
        self.stem = nn.Sequential(Conv(3, 16, 3, 2), Conv(16, 32, 3, 2), Split(32))
        self.down = nn.Sequential(Conv(32, 64, 3, 2, groups=32), Split(64), Pooled(64), Attention(64))
        self.up, self.neck = nn.Upsample(scale_factor=2.0, mode="nearest"), Conv(96, 32)
        self.heads = nn.ModuleList([self.head(32, classes, bins), self.head(64, classes, bins)])

    @staticmethod
    def head(channels: int, classes: int, bins: int) -> nn.Module:
        depthwise = Conv(channels, channels, 3, groups=channels)
        return nn.Sequential(depthwise, Conv(channels, channels), nn.Conv2d(channels, 4 * bins + classes, 1))

    def forward(self, x: Tensor) -> Tuple[Tensor, Tensor]:
        fine = self.stem(x)
        coarse = self.down(fine)
        fine = self.neck(torch.cat([self.up(coarse), fine], 1))
        parts = [fine, coarse]
        flat = []
        for i, head in enumerate(self.heads):
            flat.append(head(parts[i]).flatten(2))
        y = torch.cat(flat, 2)
        boxes, scores = y[:, : 4 * self.bins], y[:, 4 * self.bins :]
        n, _, places = boxes.shape
        chances = boxes.view(n, 4, self.bins, places).softmax(2)
        steps = torch.arange(self.bins, dtype=torch.float32).view(1, 1, -1, 1)
        return (chances * steps).sum(2), scores.sigmoid()


def timm_row(name, picture, **settings):
    return zoo.Model(name, functools.partial(timm.create_model, name, num_classes=10, **settings), picture, family="timm")


ROWS = [
    timm_row("convnext_atto", PICTURE),
    timm_row("efficientvit_b0", PICTURE),
    timm_row("pvt_v2_b0", FIXED),
    timm_row("davit_tiny", FIXED, depths=(1, 1, 1, 1), embed_dims=(16, 32, 48, 64), num_heads=(1, 2, 3, 4)),
    zoo.Model("segformer", Segmenter, PICTURE, family="segmentation"),
    zoo.Model("yolo_like", Detector, PICTURE, family="detection"),
]


def main():
    parser = argparse.ArgumentParser(description="Makes models of timm and transformers with lively random weights.")
    parser.add_argument("outdir", type=pathlib.Path)
    parser.add_argument("--models", help="these only, separated by commas")
    options = parser.parse_args()
    names = options.models.split(",") if options.models else [row.name for row in ROWS]
    zoo.make([row for row in ROWS if row.name in names], options.outdir)


if __name__ == "__main__":
    torch.set_num_threads(2)
    main()
