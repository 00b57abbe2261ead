"""Makes the sample models of this folder: python3 make_samples.py [OUTDIR]

Runs with torch 1.13 and with torch 2.x. The files of a torch 2.x carry `.torch2` in their names.
"""

import pathlib
import sys
from typing import NamedTuple, Tuple

import torch
from torch import Tensor, nn

from lively import lively


class Denoiser(nn.Module):
    """A mask for each frame of a magnitude spectrum, from the frames before and after it: [batch,time,257] to the same."""

    def __init__(self, bins: int = 257, width: int = 104):
        super().__init__()
        self.fc_in = nn.Linear(bins, width)
        self.bn = nn.BatchNorm1d(width)
        self.gru = nn.GRU(width, width, num_layers=2, batch_first=True)
        self.lstm = nn.LSTM(width, width // 2, batch_first=True, bidirectional=True)
        self.fc_out = nn.Linear(width, bins)

    def forward(self, x: Tensor) -> Tensor:
        y = self.fc_in(x)
        y = self.bn(y.transpose(1, 2)).transpose(1, 2)
        y, _ = self.gru(y)
        y, _ = self.lstm(y)
        mask = torch.sigmoid(self.fc_out(y))
        return x * mask


class DenoiserStep(nn.Module):
    """The denoiser for a live stream: one frame and the states in, the frame's mask and the new states out."""

    def __init__(self, bins: int = 257, width: int = 48):
        super().__init__()
        self.fc_in = nn.Linear(bins, width)
        self.bn = nn.BatchNorm1d(width)
        self.gru = nn.GRU(width, width, num_layers=2, batch_first=True)
        self.lstm = nn.LSTM(width, width, batch_first=True)
        self.fc_out = nn.Linear(width, bins)

    def forward(
        self, x: Tensor, gru_state: Tensor, h: Tensor, c: Tensor
    ) -> Tuple[Tensor, Tensor, Tuple[Tensor, Tensor]]:
        y = self.bn(self.fc_in(x)).unsqueeze(1)
        y, gru_state = self.gru(y, gru_state)
        y, (h, c) = self.lstm(y, (h, c))
        mask = torch.sigmoid(self.fc_out(y.squeeze(1)))
        return mask, gru_state, (h, c)


class ResidualBlock(nn.Module):
    def __init__(self, inputs: int, outputs: int, stride: int):
        super().__init__()
        self.conv1 = nn.Conv2d(inputs, outputs, 3, stride=stride, padding=1, bias=False)
        self.bn1 = nn.BatchNorm2d(outputs)
        self.relu = nn.ReLU(inplace=True)
        self.conv2 = nn.Conv2d(outputs, outputs, 3, padding=1, bias=False)
        self.bn2 = nn.BatchNorm2d(outputs)
        self.downsample = nn.Sequential()
        if stride != 1 or inputs != outputs:
            self.downsample = nn.Sequential(
                nn.Conv2d(inputs, outputs, 1, stride=stride, bias=False), nn.BatchNorm2d(outputs)
            )

    def forward(self, x: Tensor) -> Tensor:
        y = self.relu(self.bn1(self.conv1(x)))
        y = self.bn2(self.conv2(y))
        y += self.downsample(x)
        return self.relu(y)


class SmallResNet(nn.Module):
    """A small picture classifier in the manner of ResNet: [batch,3,32,32] to logits [batch,10]."""

    def __init__(self, classes: int = 10):
        super().__init__()
        self.conv1 = nn.Conv2d(3, 16, 7, stride=2, padding=3, bias=False)
        self.bn1 = nn.BatchNorm2d(16)
        self.relu = nn.ReLU(inplace=True)
        self.maxpool = nn.MaxPool2d(3, stride=2, padding=1)
        self.layer1 = ResidualBlock(16, 16, stride=1)
        self.layer2 = ResidualBlock(16, 32, stride=2)
        self.layer3 = ResidualBlock(32, 48, stride=2)
        self.avgpool = nn.AdaptiveAvgPool2d((1, 1))
        self.fc = nn.Linear(48, classes)

    def forward(self, x: Tensor) -> Tensor:
        y = self.maxpool(self.relu(self.bn1(self.conv1(x))))
        y = self.layer3(self.layer2(self.layer1(y)))
        return self.fc(torch.flatten(self.avgpool(y), 1))


class SentenceOutput(NamedTuple):
    logits: Tensor
    attention: Tensor


class SentenceCnn(nn.Module):
    """A sentence classifier: word numbers [batch,length], 0 where the sentence has ended, to logits [batch,5].

    `attention` [batch,length,length] tells which words each word looked at.
    """

    def __init__(self, words: int = 200, width: int = 48, classes: int = 5):
        super().__init__()
        self.embedding = nn.Embedding(words, width, padding_idx=0)
        self.convs = nn.ModuleList([nn.Conv1d(width, 32, k, padding="same") for k in (2, 3, 5)])
        self.attention = nn.MultiheadAttention(96, num_heads=4, batch_first=True)
        self.norm = nn.LayerNorm(96)
        self.classifier = nn.Linear(96, classes)

    def forward(self, ids: Tensor) -> SentenceOutput:
        padding = ids == 0
        padding[:, 0] = False  # the first word always counts, so that an empty sentence has an answer too
        words = self.embedding(ids).transpose(1, 2)
        features = torch.cat([torch.relu(conv(words)) for conv in self.convs], dim=1).transpose(1, 2)
        attended, attention = self.attention(features, features, features, key_padding_mask=padding)
        assert attention is not None
        features = self.norm(features + attended)
        features = features.masked_fill(padding.unsqueeze(2), float("-inf"))
        logits = self.classifier(torch.max(features, dim=1)[0])
        return SentenceOutput(logits, attention)


def sentences(batch: int, length: int) -> Tensor:
    """Word numbers, the later rows shorter than the first one."""
    ids = torch.randint(1, 200, (batch, length))
    for row in range(1, batch):
        ids[row, max(1, length - 3 * row) :] = 0
    return ids


def models():
    """Name, model and two sets of arguments whose dynamic dims differ: one to trace with, one to check with."""
    yield "denoiser", Denoiser(), (torch.randn(2, 10, 257).abs(),), (torch.randn(3, 7, 257).abs(),)
    yield "denoiser_step", DenoiserStep(), frame_and_states(2), frame_and_states(3)
    yield "resnet_small", SmallResNet(), (torch.randn(2, 3, 32, 32),), (torch.randn(5, 3, 32, 32),)
    yield "sentence_cnn", SentenceCnn(), (sentences(3, 12),), (sentences(4, 9),)


def frame_and_states(batch: int):
    return (
        torch.randn(batch, 257).abs(),
        torch.randn(2, batch, 48).tanh(),
        torch.randn(1, batch, 48).tanh(),
        torch.randn(1, batch, 48).tanh(),
    )


def forms(name, model, example):
    yield "traced", torch.jit.trace(model, example, check_trace=False)  # `check` does it for other sizes
    scripted = torch.jit.script(model)
    yield "scripted", scripted
    if name == "resnet_small":
        yield "frozen", torch.jit.freeze(scripted)


def flat(value):
    return [value] if isinstance(value, Tensor) else [leaf for item in value for leaf in flat(item)]


def make(folder):
    suffix = "" if torch.__version__.startswith("1.") else ".torch2"
    for name, model, example, other in models():
        lively(model, *example)
        for form, module in forms(name, model, example):
            path = folder / "{}.{}{}.pt".format(name, form, suffix)
            module.save(str(path))
            worst = check(model, torch.jit.load(str(path)), other)
            print("%-34s %8d bytes, largest difference %.1e" % (path.name, path.stat().st_size, worst))


def check(model, loaded, arguments):
    """The file, read again, computes what the model computes, for other sizes than those it was traced with."""
    worst = 0.0
    for gradients in (True, False):  # without gradients MultiheadAttention takes its fast path
        with torch.set_grad_enabled(gradients):
            for expected, actual in zip(flat(model(*arguments)), flat(loaded(*arguments))):
                assert expected.shape == actual.shape, (expected.shape, actual.shape)
                worst = max(worst, (expected - actual).abs().max().item())
    assert worst < 1e-4, worst
    return worst


if __name__ == "__main__":
    torch.manual_seed(20240501)
    make(pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else pathlib.Path(__file__).parent))
