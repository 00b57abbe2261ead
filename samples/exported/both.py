"""Saves small models both ways, by torch.jit.save and by torch.export.save: python3 both.py OUTDIR

NAME.pt and NAME.pt2 hold the same weights, so that both must become the same variables. Wants torch 2.9 or newer.
"""

import pathlib
import re
import sys

import torch
from torch import Tensor, nn


class Recurrent(nn.Module):
    """A bidirectional GRU of two layers, exported at 7 frames, which torch.export makes the only length."""

    def __init__(self):
        super().__init__()
        self.gru = nn.GRU(4, 3, num_layers=2, bidirectional=True, batch_first=True)
        self.head = nn.Linear(6, 2)

    def forward(self, x: Tensor) -> Tensor:
        return self.head(self.gru(x)[0])


class Picture(nn.Module):
    """Convolutions of every kind, and norms."""

    def __init__(self):
        super().__init__()
        self.stem = nn.Sequential(nn.Conv2d(3, 8, 3, padding=1, bias=False), nn.BatchNorm2d(8), nn.PReLU(8))
        self.depthwise = nn.Conv2d(8, 16, 3, groups=8, padding=1)
        self.grouped = nn.Conv2d(16, 8, 1, groups=2)
        self.norm = nn.GroupNorm(2, 8)
        self.up = nn.ConvTranspose2d(8, 4, 2, stride=2)

    def forward(self, x: Tensor) -> Tensor:
        return self.up(self.norm(self.grouped(self.depthwise(self.stem(x))).relu()))


class Text(nn.Module):
    """An embedding that is the head as well, attention, a causal mask that is no weight, and layers in lists and dicts."""

    def __init__(self):
        super().__init__()
        self.embedding = nn.Embedding(11, 8)
        self.position = nn.Parameter(torch.randn(1, 16, 8))
        self.encoder = nn.TransformerEncoder(
            nn.TransformerEncoderLayer(8, 2, 12, batch_first=True), 1, enable_nested_tensor=False
        )
        self.gates = nn.ModuleList([nn.Linear(8, 8), nn.Linear(8, 8, bias=False)])
        self.scales = nn.ParameterDict({"first": torch.rand(8), "second": torch.rand(8)})
        self.register_buffer("mask", torch.full((16, 16), float("-inf")).triu(1), persistent=False)
        self.head = nn.Linear(8, 11, bias=False)
        self.head.weight = self.embedding.weight

    def forward(self, ids: Tensor) -> Tensor:
        length = ids.shape[1]
        x = self.embedding(ids) + self.position[:, :length]
        x = self.encoder(x, mask=self.mask[:length, :length], is_causal=True)
        for gate in self.gates:
            x = x * torch.sigmoid(gate(x))
        return self.head(x * self.scales["first"] + self.scales["second"])


class Waves(nn.Module):
    """Weight norm in its present form, an LSTM, an RNN, and a mean and deviation that are buffers."""

    def __init__(self):
        super().__init__()
        self.conv = nn.utils.parametrizations.weight_norm(nn.Conv1d(1, 6, 5, padding=2))
        self.lstm = nn.LSTM(6, 5, bidirectional=True)
        self.rnn = nn.RNN(10, 4)
        self.register_buffer("mean", torch.rand(1, 6, 1))
        self.register_buffer("deviation", torch.rand(1, 6, 1) + 0.5)

    def forward(self, x: Tensor) -> Tensor:
        y = (self.conv(x) - self.mean) / self.deviation
        y, _ = self.lstm(y.permute(2, 0, 1))
        return self.rnn(y)[0]


def neutral(program):
    """The program with places that name no folder of the machine that made it."""
    for graph in program.graph_module.modules():
        for node in graph.graph.nodes if isinstance(graph, torch.fx.GraphModule) else []:
            trace = node.meta.get("stack_trace")
            if trace:
                node.meta["stack_trace"] = re.sub(r'File "[^"]*/(site-packages/)?(?=torch/|both)', 'File "', trace)
    return program


def without_places(path):
    """Takes out of a TorchScript file where its lines came from: folders of the machine that made it."""
    reader = torch._C.PyTorchFileReader(str(path))
    records = {name: reader.get_record(name) for name in reader.get_all_records()}
    writer = torch._C.PyTorchFileWriter(str(path))
    for name, content in records.items():
        if not name.endswith("debug_pkl") and name not in ("version", ".data/serialization_id", ".data/version"):
            writer.write_record(name, content, len(content))
    writer.write_end_of_file()


MODELS = [
    ("recurrent", Recurrent, torch.randn(2, 7, 4), [0]),
    ("picture", Picture, torch.randn(2, 3, 8, 8), [0, 2, 3]),
    ("text", Text, torch.randint(0, 11, (2, 6)), [0, 1]),
    ("waves", Waves, torch.randn(2, 1, 9), [0]),
]


def main(folder):
    for name, build, example, dynamic in MODELS:
        torch.manual_seed(7)
        model = build().eval()
        for buffer in ("stem.1.running_mean", "stem.1.running_var"):
            if buffer in dict(model.named_buffers()):
                model.get_buffer(buffer).uniform_(0.5, 1.5)
        path = folder / (name + ".pt")
        torch.jit.trace(model, example, check_trace=False).save(str(path))
        without_places(path)
        shapes = ({axis: torch.export.Dim.AUTO for axis in dynamic},)
        program = torch.export.export(model, (example,), dynamic_shapes=shapes)
        torch.export.save(neutral(program), str(path.with_suffix(".pt2")))


if __name__ == "__main__":
    main(pathlib.Path(sys.argv[1]))
