"""Makes the PyTorch half of the models that `port` is tried on: python3 make_torch_twins.py [OUTDIR [WEIGHTSDIR]]

Each model exists twice: here in PyTorch, with lively weights, and in `make_keras_models.py` with the same architecture, other
names and other random weights. OUTDIR (this folder) gets the weights in the forms that people save them in and, for each
model, `NAME.npz` with an `input` and PyTorch's `output`. Pictures are channels-last in it, as Keras takes them. Runs with
torch 1.13 and with torch 2.x; the committed files are of 1.13. WEIGHTSDIR gets all weights as `NAME.npz`, for the check in
`make_keras_models.py`, whose Python need not have torch.
"""

import json
import pathlib
import struct
import sys

import numpy
import torch
from torch import nn

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
from lively import lively  # noqa: E402


class Mlp(nn.Module):
    """[batch,20] to [batch,7]; a square Linear in the middle."""

    def __init__(self):
        super().__init__()
        self.net = nn.Sequential(
            nn.Linear(20, 32), nn.ReLU(), nn.LayerNorm(32), nn.Linear(32, 32), nn.Tanh(), nn.Linear(32, 7)
        )

    def forward(self, x):
        return self.net(x)


class Cnn(nn.Module):
    """[batch,12,12,3] to [batch,10]: plain, depthwise, separable and transposed convolutions, BatchNorms of torch's eps 1e-5."""

    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(3, 16, 3, padding=1, bias=False)
        self.bn1 = nn.BatchNorm2d(16)
        self.dw = nn.Conv2d(16, 16, 3, padding=1, groups=16, bias=False)
        self.bn2 = nn.BatchNorm2d(16)
        self.sep = nn.Sequential(nn.Conv2d(16, 16, 3, padding=1, groups=16, bias=False), nn.Conv2d(16, 24, 1))
        self.up = nn.ConvTranspose2d(24, 8, 4, stride=2, padding=1)
        self.bn3 = nn.BatchNorm2d(8)
        self.fc = nn.Linear(8, 10)

    def forward(self, x):
        y = torch.relu(self.bn1(self.conv1(x.permute(0, 3, 1, 2))))
        y = torch.relu(self.bn2(self.dw(y)))
        y = torch.relu(self.sep(y))
        y = torch.relu(self.bn3(self.up(y)))
        return self.fc(y.mean((2, 3)))


class Denoiser(nn.Module):
    """[batch,time,33] to the same: a mask for each frame."""

    def __init__(self, bins=33, width=24):
        super().__init__()
        self.fc_in = nn.Linear(bins, width)
        self.bn = nn.BatchNorm1d(width)
        self.gru = nn.GRU(width, width, num_layers=2, batch_first=True)
        self.lstm = nn.LSTM(width, width // 2, batch_first=True, bidirectional=True)
        self.fc_out = nn.Linear(width, bins)

    def forward(self, x):
        y = self.bn(self.fc_in(x).transpose(1, 2)).transpose(1, 2)
        y, _ = self.gru(y)
        y, _ = self.lstm(y)
        return x * torch.sigmoid(self.fc_out(y))


class Encoder(nn.Module):
    """Word numbers [batch,length] to [batch,5]: two layers of nn.TransformerEncoder with packed projections."""

    def __init__(self, words=50, width=32):
        super().__init__()
        self.embedding = nn.Embedding(words, width)
        layer = nn.TransformerEncoderLayer(width, nhead=4, dim_feedforward=64, batch_first=True)
        self.encoder = nn.TransformerEncoder(layer, 2)
        self.head = nn.Linear(width, 5)

    def forward(self, ids):
        return self.head(self.encoder(self.embedding(ids)).mean(1))


def models():
    yield "mlp", Mlp(), torch.randn(16, 20)
    yield "cnn", Cnn(), torch.randn(4, 12, 12, 3)
    yield "denoiser", Denoiser(), torch.randn(2, 11, 33).abs()
    yield "encoder", Encoder(), torch.randint(0, 50, (4, 9))


def save(name, model, example, state, folder):
    """One form for each model."""
    if name == "mlp":  # the stream that torch.save wrote before 1.6
        torch.save(state, folder / "mlp.legacy.pth", _use_new_zipfile_serialization=False)
    if name == "cnn":
        torch.save(state, folder / "cnn.pth")
    if name == "denoiser":  # as nn.DataParallel and a training loop leave it
        wrapped = {"module." + key: value for key, value in state.items()}
        torch.save({"epoch": 3, "state_dict": wrapped, "loss": 0.25}, folder / "denoiser.wrapped.pth")
        # the program of the model, which proves a port: both sides can be run
        torch.jit.trace(model.eval(), example).save(str(folder / "denoiser.traced.pt"))
    if name == "encoder":
        save_safetensors(state, folder / "encoder.safetensors")


def save_safetensors(state, path):
    """float32 alone; the format is on https://github.com/huggingface/safetensors."""
    header, data = {"__metadata__": {"format": "pt"}}, b""
    for key, value in state.items():
        raw = value.contiguous().numpy().astype("<f4").tobytes()
        header[key] = {"dtype": "F32", "shape": list(value.shape), "data_offsets": [len(data), len(data) + len(raw)]}
        data += raw
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    path.write_bytes(struct.pack("<Q", len(text)) + text + data)


def make(folder, weights=None):
    for name, model, example in models():
        lively(model, example)
        output = model(example).detach()
        state = model.state_dict()
        save(name, model, example, state, folder)
        numpy.savez(folder / (name + ".npz"), input=example.numpy(), output=output.numpy())
        if weights:
            numpy.savez(weights / (name + ".npz"), **{key: value.numpy() for key, value in state.items()})
        print("%-10s %6d weights, output std %.2f" % (name, sum(v.numel() for v in state.values()), output.std().item()))


if __name__ == "__main__":
    torch.manual_seed(20240501)
    folders = [pathlib.Path(argument) for argument in sys.argv[1:]]
    make(*folders if folders else [pathlib.Path(__file__).parent])
