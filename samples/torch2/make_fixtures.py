"""Makes the fixtures of this folder out of a current torch 2.x: PYTHONHASHSEED=0 python3 make_fixtures.py [OUTDIR]

Blocks that models of today are built of, small, with the lively weights of ../lively.py, traced and scripted where PyTorch itself
can. Each file is read back and compared with the Python model at other sizes than those it was traced with.
"""

import copy
import io
import json
import pathlib
import sys
import warnings
import zipfile
from typing import NamedTuple, Optional, Tuple

import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torch.nn.utils import parametrizations

sys.path.insert(0, str(pathlib.Path(__file__).parent.parent))
from lively import lively  # noqa: E402

OUT = pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else pathlib.Path(__file__).parent


# --- attention


class Attention(nn.Module):
    """scaled_dot_product_attention as models call it: with a mask, causal, with a scale of its own."""

    def __init__(self, width: int = 16, heads: int = 4):
        super().__init__()
        self.heads = heads
        self.qkv = nn.Linear(width, 3 * width)
        self.out = nn.Linear(width, width)

    def split(self, x: Tensor) -> Tensor:
        return x.view(x.size(0), x.size(1), self.heads, -1).transpose(1, 2)

    def join(self, x: Tensor) -> Tensor:
        return self.out(x.transpose(1, 2).flatten(2))

    def forward(self, x: Tensor, keep: Tensor, bias: Tensor) -> Tuple[Tensor, Tensor, Tensor, Tensor]:
        q, k, v = self.qkv(x).chunk(3, dim=-1)
        q, k, v = self.split(q), self.split(k), self.split(v)
        keep = keep.logical_or(torch.eye(x.size(1), dtype=torch.bool))[:, None]
        masked = F.scaled_dot_product_attention(q, k, v, attn_mask=keep)
        biased = F.scaled_dot_product_attention(q, k, v, attn_mask=bias, scale=0.3)
        causal = F.scaled_dot_product_attention(q, k, v, is_causal=True)
        plain = F.scaled_dot_product_attention(q, k, v)
        return self.join(masked), self.join(biased), self.join(causal), self.join(plain)


class GroupedAttention(nn.Module):
    """Four heads of queries, two of keys and values: enable_gqa."""

    def __init__(self, width: int = 16):
        super().__init__()
        self.q = nn.Linear(width, 16)
        self.kv = nn.Linear(width, 16)

    def forward(self, x: Tensor) -> Tensor:
        q = self.q(x).unflatten(2, (4, 4)).transpose(1, 2)
        k, v = self.kv(x).unflatten(2, (4, 4)).transpose(1, 2).chunk(2, dim=1)
        y = F.scaled_dot_product_attention(q, k, v, is_causal=True, enable_gqa=True)
        return y.transpose(1, 2).flatten(2)


class RaggedAttention(nn.Module):
    """Sequences of several lengths in one batch: the mask and the mean come from the lengths."""

    def __init__(self, width: int = 16):
        super().__init__()
        self.attention = nn.MultiheadAttention(width, 4, batch_first=True)

    def forward(self, x: Tensor, lengths: Tensor) -> Tensor:
        lengths = lengths.clamp(1, x.size(1))
        padding = torch.arange(x.size(1))[None, :] >= lengths[:, None]
        y, _ = self.attention(x, x, x, key_padding_mask=padding, need_weights=False)
        y = y.masked_fill(padding[:, :, None], 0.0)
        return y.sum(1) / lengths[:, None]


class CausalMasks(nn.Module):
    """A mask that is causal and ends where each sequence ends, made of lengths."""

    def __init__(self, width: int = 16):
        super().__init__()
        self.score = nn.Linear(width, width)

    def forward(self, x: Tensor, lengths: Tensor) -> Tuple[Tensor, Tensor]:
        n = x.size(1)
        inside = torch.arange(n).expand(x.size(0), n) < lengths.clamp(min=1).unsqueeze(1)
        causal = torch.ones(n, n, dtype=torch.bool).tril()
        mask = torch.zeros(x.size(0), n, n).masked_fill(~(causal[None] & inside[:, None, :]), float("-inf"))
        upper = torch.triu(torch.full((n, n), float("-inf")), diagonal=1)
        scores = torch.bmm(self.score(x), x.transpose(1, 2))
        return torch.softmax(scores + mask, dim=-1) @ x, torch.softmax(scores + upper, dim=-1) @ x


# --- transformers


class Encoder(nn.Module):
    def __init__(self, layers: int = 2, width: int = 16, norm_first: bool = False, activation: str = "relu"):
        super().__init__()
        layer = nn.TransformerEncoderLayer(
            width, 4, 24, batch_first=True, norm_first=norm_first, activation=activation
        )
        self.encoder = nn.TransformerEncoder(layer, layers, enable_nested_tensor=not norm_first)

    def forward(self, x: Tensor, padding: Tensor) -> Tensor:
        padding = padding.clone()
        padding[:, 0] = False
        return self.encoder(x, src_key_padding_mask=padding).masked_fill(padding[:, :, None], 0.0)


class Decoder(nn.Module):
    def __init__(self, layers: int = 2, width: int = 16):
        super().__init__()
        layer = nn.TransformerDecoderLayer(width, 4, 24, batch_first=True)
        self.decoder = nn.TransformerDecoder(layer, layers, norm=nn.LayerNorm(width))

    def forward(self, x: Tensor, memory: Tensor) -> Tensor:
        n = x.size(1)
        mask = torch.triu(torch.full((n, n), float("-inf")), diagonal=1)
        return self.decoder(x, memory, tgt_mask=mask, tgt_is_causal=True)


class Step(NamedTuple):
    token: Tensor
    keys: Tensor
    values: Tensor


class GreedyStep(nn.Module):
    """One step of a decoder that picks the likeliest token; its cache of keys and values goes in and comes out longer."""

    def __init__(self, words: int = 30, width: int = 16, layers: int = 2):
        super().__init__()
        self.embedding = nn.Embedding(words, width)
        self.positions = nn.Embedding(64, width)
        self.qkv = nn.ModuleList([nn.Linear(width, 3 * width) for _ in range(layers)])
        self.out = nn.ModuleList([nn.Linear(width, width) for _ in range(layers)])
        self.norms = nn.ModuleList([nn.LayerNorm(width) for _ in range(layers)])
        self.logits = nn.Linear(width, words)

    def forward(self, token: Tensor, keys: Tensor, values: Tensor) -> Step:
        # keys and values: [layer, batch, head, past, 4]
        x = self.embedding(token) + self.positions(torch.full_like(token, keys.size(3)))
        new_keys, new_values = [], []
        for i, (qkv, out, norm) in enumerate(zip(self.qkv, self.out, self.norms)):
            q, k, v = qkv(norm(x)).view(x.size(0), 3, 4, 1, 4).unbind(1)
            k = torch.cat([keys[i], k], dim=2)
            v = torch.cat([values[i], v], dim=2)
            x = x + out(F.scaled_dot_product_attention(q, k, v).flatten(1))
            new_keys.append(k)
            new_values.append(v)
        return Step(self.logits(x).argmax(-1), torch.stack(new_keys), torch.stack(new_values))


# --- blocks


class RootMeanSquare(nn.Module):
    """RMSNorm of torch and as everybody writes it."""

    def __init__(self, width: int = 16):
        super().__init__()
        self.norm = nn.RMSNorm(width)
        self.plain = nn.RMSNorm(width, eps=1e-3, elementwise_affine=False)
        self.weight = nn.Parameter(torch.ones(width))

    def forward(self, x: Tensor) -> Tensor:
        y = self.plain(self.norm(x))
        return self.weight * (y * torch.rsqrt(y.pow(2).mean(-1, keepdim=True) + 1e-6)).type_as(x)


class Gated(nn.Module):
    """GLU over channels, SwiGLU and GEGLU."""

    def __init__(self, width: int = 16):
        super().__init__()
        self.conv = nn.Conv1d(width, 2 * width, 3, padding=1)
        self.gate = nn.Linear(width, 24, bias=False)
        self.up = nn.Linear(width, 24, bias=False)
        self.down = nn.Linear(24, width, bias=False)
        self.both = nn.Linear(width, 48)

    def forward(self, x: Tensor) -> Tensor:
        x = F.glu(self.conv(x.transpose(1, 2)), dim=1).transpose(1, 2)
        x = x + self.down(F.silu(self.gate(x)) * self.up(x))
        gate, value = self.both(x).chunk(2, dim=-1)
        return self.down(F.gelu(gate, approximate="tanh") * value)


class Rotary(nn.Module):
    """Rotary embeddings, by halves and by complex numbers, at positions that start anywhere."""

    def __init__(self, width: int = 8, base: float = 10000.0):
        super().__init__()
        self.register_buffer("rates", 1.0 / base ** (torch.arange(0, width, 2).float() / width))

    def half(self, x: Tensor) -> Tensor:
        a, b = x.chunk(2, dim=-1)
        return torch.cat((-b, a), dim=-1)

    def forward(self, x: Tensor, start: Tensor) -> Tuple[Tensor, Tensor]:
        positions = torch.arange(x.size(2)) + start[:, None]
        angles = positions[:, :, None] * self.rates
        both = torch.cat((angles, angles), dim=-1)[:, None]
        by_halves = x * both.cos() + self.half(x) * both.sin()
        pairs = torch.view_as_complex(x.unflatten(-1, (-1, 2)).contiguous())
        turned = pairs * torch.polar(torch.ones_like(angles), angles)[:, None]
        return by_halves, torch.view_as_real(turned).flatten(-2)


class WeightNorms(nn.Module):
    """Weights as direction and length, or divided by their largest singular value; old and parametrised."""

    def __init__(self, parametrised: bool):
        super().__init__()
        weight = parametrizations.weight_norm if parametrised else nn.utils.weight_norm
        spectral = parametrizations.spectral_norm if parametrised else nn.utils.spectral_norm
        self.conv = weight(nn.Conv1d(8, 12, 3, padding=1))
        self.up = weight(nn.ConvTranspose1d(12, 8, 4, stride=2, padding=1), dim=1)
        self.linear = weight(nn.Linear(8, 12))
        self.spectral = spectral(nn.Conv1d(8, 8, 3, padding=1))
        self.dense = spectral(nn.Linear(12, 6))

    def forward(self, x: Tensor) -> Tensor:
        y = self.spectral(torch.tanh(self.up(torch.relu(self.conv(x)))))
        return self.dense(torch.relu(self.linear(y.transpose(1, 2))))


class MovingAverage(nn.Module):
    """Keeps a moving average of what it sees in a buffer, which is a variable of the SavedModel."""

    def __init__(self, width: int = 8):
        super().__init__()
        self.register_buffer("mean", torch.zeros(width))

    def forward(self, x: Tensor) -> Tensor:
        self.mean.mul_(0.9).add_(x.mean((0, 1)), alpha=0.1)
        return x - self.mean


class MovingAverageStep(nn.Module):
    """The same with the state as an argument and a result, as it has to be written."""

    def forward(self, x: Tensor, mean: Tensor) -> Tuple[Tensor, Tensor]:
        mean = mean * 0.9 + x.mean((0, 1)) * 0.1
        return x - mean, mean


# --- files


def sequence(batch: int, length: int, width: int = 16) -> Tensor:
    return torch.randn(batch, length, width)


def models():
    """Name, model, --input of each argument, and arguments of two sizes: to trace with and to check with."""
    x = "x:float32[batch,length,16]"
    yield "attention", Attention(), [x, "keep:bool[batch,length,length]", "bias:float32[length,length]"], [
        (sequence(b, n), torch.rand(b, n, n) > 0.4, torch.randn(n, n)) for b, n in ((2, 6), (3, 9))
    ]
    yield "grouped_attention", GroupedAttention(), [x], [(sequence(b, n),) for b, n in ((2, 6), (3, 9))]
    yield "ragged_attention", RaggedAttention(), [x, "lengths:int64[batch]<9"], [
        (sequence(2, 6), torch.tensor([6, 3])),
        (sequence(3, 9), torch.tensor([4, 9, 1])),
    ]
    yield "causal_masks", CausalMasks(), [x, "lengths:int64[batch]<9"], [
        (sequence(2, 6), torch.tensor([6, 3])),
        (sequence(3, 9), torch.tensor([4, 9, 1])),
    ]
    for name, model in (
        ("encoder", Encoder()),
        ("encoder_norm_first", Encoder(1, norm_first=True, activation="gelu")),
    ):
        yield name, model, [x, "padding:bool[batch,length]"], [
            (sequence(b, n), torch.arange(n)[None] >= torch.arange(n, n - b, -1)[:, None]) for b, n in ((2, 6), (3, 9))
        ]
    yield "decoder", Decoder(), [x, "memory:float32[batch,time,16]"], [
        (sequence(b, n), sequence(b, m)) for b, n, m in ((2, 6, 5), (3, 9, 7))
    ]
    caches = ["keys:float32[2,batch,4,past,4]", "values:float32[2,batch,4,past,4]"]
    yield "greedy_step", GreedyStep(), ["token:int64[batch]<30"] + caches, [
        (torch.randint(30, (b,)), torch.randn(2, b, 4, n, 4), torch.randn(2, b, 4, n, 4)) for b, n in ((2, 5), (3, 8))
    ]
    yield "rms_norm", RootMeanSquare(), [x], [(sequence(b, n),) for b, n in ((2, 6), (3, 9))]
    yield "gated", Gated(), [x], [(sequence(b, n),) for b, n in ((2, 6), (3, 9))]
    yield "rotary", Rotary(), ["x:float32[batch,2,length,8]", "start:int64[batch]<100"], [
        (torch.randn(b, 2, n, 8), torch.randint(100, (b,))) for b, n in ((2, 6), (3, 9))
    ]
    for parametrised in (False, True):
        name = "weight_norms_parametrised" if parametrised else "weight_norms"
        yield name, WeightNorms(parametrised), ["x:float32[batch,8,length]"], [
            (torch.randn(b, 8, n),) for b, n in ((2, 6), (3, 9))
        ]
    yield "moving_average", MovingAverage(), ["x:float32[batch,length,8]"], [
        (sequence(b, n, 8),) for b, n in ((2, 6), (3, 9))
    ]
    yield "moving_average_step", MovingAverageStep(), ["x:float32[batch,length,8]", "mean:float32[8]"], [
        (sequence(b, n, 8), torch.randn(8)) for b, n in ((2, 6), (3, 9))
    ]


def trace(model, arguments):
    return torch.jit.trace(model, arguments, check_trace=False)


def trace_without_gradients(model, arguments):
    with torch.no_grad():
        return trace(model, arguments)


def own(model):
    """A copy where running the model changes it."""
    return copy.deepcopy(model) if isinstance(model, MovingAverage) else model


FORMS = {
    "traced": trace,
    "traced_nograd": trace_without_gradients,  # transformers take another path
    "scripted": lambda model, _: torch.jit.script(model),
}


def flat(value):
    return [value] if isinstance(value, Tensor) else [leaf for element in value for leaf in flat(element)]


def save(module, file):
    """Without the debug records, which hold the paths of this machine's sources."""
    buffer = io.BytesIO()
    torch.jit.save(module, buffer)
    with zipfile.ZipFile(buffer) as records, zipfile.ZipFile(file, "w") as kept:
        for record in records.namelist():
            if not record.endswith(".debug_pkl"):
                packed = zipfile.ZIP_DEFLATED if "/code/" in record else zipfile.ZIP_STORED
                name = zipfile.ZipInfo(record.replace("archive/", file.stem + "/", 1))
                kept.writestr(name, records.read(record), packed)


def write(name, form, model, inputs, arguments):
    file = OUT / f"{name}.{form}.pt"
    module = FORMS[form](own(model), arguments[0])
    if own(model) is not model:
        module.load_state_dict(model.state_dict())
    save(module, file)
    for sizes in arguments:
        expected = flat(own(model)(*sizes))
        for got, want in zip(flat(torch.jit.load(str(file))(*sizes)), expected):
            torch.testing.assert_close(got, want, rtol=1e-4, atol=1e-5)
    return {"file": file.name, "inputs": inputs}


def main():
    torch.manual_seed(0)
    OUT.mkdir(parents=True, exist_ok=True)
    manifest = []
    for name, model, inputs, arguments in models():
        model = lively(model, *arguments[0]) if list(model.parameters()) else model.eval()
        forms = [form for form in FORMS if form != "traced_nograd" or "encoder" in name]
        for form in forms:
            try:
                manifest.append(write(name, form, model, inputs, arguments))
            except Exception as e:  # what PyTorch itself can't make is said, not hidden
                print(f"{name} {form}: {type(e).__name__}: {str(e).strip().splitlines()[0][:200]}")
                (OUT / f"{name}.{form}.pt").unlink(missing_ok=True)
    (OUT / "manifest.json").write_text(json.dumps({"torch": torch.__version__, "models": manifest}, indent=1) + "\n")


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    main()
