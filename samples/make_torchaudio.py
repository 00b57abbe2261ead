"""Makes torchaudio models with lively random weights: python3 make_torchaudio.py [--small] [--models NAME,...] OUTDIR

Writes traced and scripted files, inputs for them, and OUTDIR/manifest.json; --small shrinks the large models to a few MB.
"""

import argparse
import pathlib
from typing import Tuple

import numpy
import torch
import torchaudio
from torch import Tensor, nn
from torchaudio import models, transforms
from torchaudio.models import tacotron2

import zoo

RATE = 16000
WAVES = "waveform:float32[batch=2|3|1,time=16000|12000|17003]"


def lengths(name="lengths", of="time", less=0, step=3, batch="2|3|1"):
    """An input with the length of each sequence, the longest first: all of the dim `of` but `less`, then `step` fewer each."""

    def fill(sizes, dims):
        return torch.tensor([dims[of] - less - step * row for row in range(sizes[0])])

    return zoo.Input(name + ":int64[batch=%s]" % batch, fill)


def magnitudes(sizes, dims):
    return torch.tensor(numpy.random.RandomState(0).uniform(0.1, 1.1, sizes), dtype=torch.float32)


class Logits(nn.Module):
    """A wav2vec 2.0 model without the second result, which is None where no lengths are given."""

    def __init__(self, model: nn.Module):
        super().__init__()
        self.model = model

    def forward(self, waveforms: Tensor) -> Tensor:
        return self.model(waveforms)[0]


class WaveRnnStep(nn.Module):
    """One turn of the loop in WaveRNN.infer, without the drawing of the sample: what runs once for every sample."""

    def __init__(self, wavernn: models.WaveRNN):
        super().__init__()
        self.fc, self.fc1, self.fc2, self.fc3 = wavernn.fc, wavernn.fc1, wavernn.fc2, wavernn.fc3
        self.rnn1, self.rnn2 = wavernn.rnn1, wavernn.rnn2
        self.relu1, self.relu2 = wavernn.relu1, wavernn.relu2

    def forward(self, x: Tensor, mel: Tensor, aux: Tensor, h1: Tensor, h2: Tensor) -> Tuple[Tensor, Tensor, Tensor]:
        a1, a2, a3, a4 = torch.chunk(aux, 4, dim=1)
        x = self.fc(torch.cat([x, mel, a1], dim=1))
        residual = x
        x, h1 = self.rnn1(x.unsqueeze(1), h1)
        x = x[:, 0] + residual
        residual = x
        x, h2 = self.rnn2(torch.cat([x, a2], dim=1).unsqueeze(1), h2)
        x = x[:, 0] + residual
        x = self.relu1(self.fc1(torch.cat([x, a3], dim=1)))
        x = self.relu2(self.fc2(torch.cat([x, a4], dim=1)))
        return torch.softmax(self.fc3(x), dim=1), h1, h2


def acoustic(small):
    hidden = 128 if small else 2048
    layers = 2 if small else 12
    return [
        zoo.Model("wav2letter", models.Wav2Letter, "x:float32[batch=2|3|1,1,time=8000|6400|9123]"),
        zoo.Model(
            "wav2letter_mfcc",
            lambda: models.Wav2Letter(input_type="mfcc", num_features=13),
            "x:float32[batch=2|3|1,13,time=100|81|117]",
        ),
        zoo.Model(
            "deepspeech",
            lambda: models.DeepSpeech(n_feature=80, n_hidden=hidden),
            "x:float32[batch=2|3|1,1,time=40|31|57,80]",
        ),
        zoo.Model("conv_tasnet", lambda: tasnet(small), "input:float32[batch=2|3|1,1,time=8000|6400|8808]"),
        zoo.Model(
            "conformer",
            lambda: models.Conformer(80, num_heads=4, ffn_dim=128, num_layers=layers, depthwise_conv_kernel_size=31),
            "input:float32[batch=2|3|1,time=40|31|57,80]",
            lengths(),
        ),
        zoo.Model(
            "conformer_group_norm",
            lambda: models.Conformer(
                80, 4, 128, layers, depthwise_conv_kernel_size=15, use_group_norm=True, convolution_first=True
            ),
            "input:float32[batch=2|3|1,time=40|31|57,80]",
            lengths(),
        ),
        zoo.Model(
            "emformer",
            lambda: models.Emformer(80, 8, hidden, layers, segment_length=4, left_context_length=8, right_context_length=1),
            "input:float32[batch=2|3|4,time=41|33|53,80]",
            lengths(less=1, batch="2|3|4"),
            alone=["batch"],
        ),
        zoo.Model(
            "emformer_memory",
            lambda: models.Emformer(
                80, 8, 128, 2, 4, left_context_length=8, right_context_length=2, max_memory_size=4, tanh_on_mem=True
            ),
            "input:float32[batch=2|3|4,time=42|34|54,80]",
            lengths(less=2, batch="2|3|4"),
            alone=["batch"],
        ),
    ]


def tasnet(small):
    if not small:
        return models.conv_tasnet_base(num_sources=2)
    return models.ConvTasNet(
        num_sources=2, enc_num_feats=64, msk_num_feats=32, msk_num_hidden_feats=64, msk_num_layers=4, msk_num_stacks=2
    )


def self_supervised(small):
    waves = "waveforms:float32[batch=2|3|1,time=16000|12000|17003]"
    rows = [
        zoo.Model("wav2vec2_base", lambda: wav2vec2(small, "group_norm", False), waves),
        zoo.Model("hubert_base", lambda: models.hubert_base(aux_num_out=32), waves),
        zoo.Model(
            "wav2vec2_base_lengths",
            lambda: wav2vec2(small, "group_norm", False),
            waves,
            lengths(step=2000),
        ),
    ]
    for row in rows:
        row.exported = models.Wav2Vec2Model.extract_features
    rows[0].trace_as = rows[1].trace_as = Logits
    if small:  # the two base models are one architecture: for the small set, the other arrangement of the norms
        rows[1].name, rows[1].build = "hubert_small", lambda: wav2vec2(True, "layer_norm", True)
        rows[0].name, rows[2].name = "wav2vec2_small", "wav2vec2_small_lengths"
    return rows


def wav2vec2(small, extractor_mode, layer_norm_first):
    if not small:
        return models.wav2vec2_base(aux_num_out=32)
    return models.wav2vec2_model(
        extractor_mode=extractor_mode,
        extractor_conv_layer_config=[(64, 10, 5)] + [(64, 3, 2)] * 4 + [(64, 2, 2)] * 2,
        extractor_conv_bias=layer_norm_first,
        encoder_embed_dim=96,
        encoder_projection_dropout=0.1,
        encoder_pos_conv_kernel=32,
        encoder_pos_conv_groups=4,
        encoder_num_layers=3,
        encoder_num_heads=4,
        encoder_attention_dropout=0.1,
        encoder_ff_interm_features=256,
        encoder_ff_interm_dropout=0.1,
        encoder_dropout=0.1,
        encoder_layer_norm_first=layer_norm_first,
        encoder_layer_drop=0.1,
        aux_num_out=32,
    )


def synthesis(small):
    width = 64 if small else 512

    def wavernn():
        return models.WaveRNN([5, 5, 8], n_classes=256, hop_length=200, n_rnn=width, n_fc=width, n_res_block=3 if small else 10)

    state = "float32[1,batch=2|3|1,%d]" % width
    return [
        zoo.Model(
            "wavernn",
            wavernn,
            "waveform:float32[batch=2|3|1,1,samples=1200|1800|600]",
            "specgram:float32[batch=2|3|1,1,128,frames=10|13|7]",
            exported=models.WaveRNN.infer,
            note="samples = 200 * (frames - 4)",
        ),
        zoo.Model(
            "wavernn_step",
            lambda: WaveRnnStep(wavernn()),
            "x:float32[batch=2|3|1,1]",
            "mel:float32[batch=2|3|1,128]",
            "aux:float32[batch=2|3|1,128]",
            "h1:" + state,
            "h2:" + state,
        ),
        zoo.Model(
            "tacotron2_encoder",
            lambda: tacotron2._Encoder(width, 3, 5),
            "x:float32[batch=2|3|1,%d,tokens=24|17|31]" % width,
            lengths("input_lengths", of="tokens"),
        ),
        zoo.Model(
            "tacotron2_postnet", lambda: tacotron2._Postnet(80, width, 5, 5), "x:float32[batch=2|3|1,80,time=40|31|57]"
        ),
    ]


def features():
    return [
        zoo.Model("spectrogram", lambda: transforms.Spectrogram(n_fft=400), WAVES),
        zoo.Model("spectrogram_complex", lambda: transforms.Spectrogram(n_fft=512, hop_length=128, power=None), WAVES),
        zoo.Model(
            "inverse_spectrogram",
            lambda: transforms.InverseSpectrogram(n_fft=512, hop_length=128),
            "spectrogram:complex64[batch=2|3|1,257,frames=40|31|57]",
        ),
        zoo.Model("mel_spectrogram", lambda: transforms.MelSpectrogram(RATE, n_fft=512, n_mels=64), WAVES),
        zoo.Model("mfcc", lambda: transforms.MFCC(RATE, n_mfcc=13, melkwargs={"n_fft": 512, "n_mels": 40}), WAVES),
        zoo.Model("mfcc_log_mels", lambda: transforms.MFCC(RATE, n_mfcc=13, log_mels=True), WAVES),
        zoo.Model("lfcc", lambda: transforms.LFCC(RATE, n_lfcc=20), WAVES),
        zoo.Model("mel_scale", lambda: transforms.MelScale(64, RATE, n_stft=257), "specgram:float32[batch=2|3|1,257,frames=40|31|57]"),
        zoo.Model(
            "amplitude_to_db", lambda: transforms.AmplitudeToDB(top_db=80.0), "x:float32[batch=2|3|1,1,64,frames=40|31|57]"
        ),
        zoo.Model(
            "griffin_lim",
            lambda: transforms.GriffinLim(n_fft=512, n_iter=4, rand_init=False),
            zoo.Input("specgram:float32[batch=2|3|1,257,frames=20|16|27]", magnitudes),
        ),
        zoo.Model("resample", lambda: transforms.Resample(RATE, 12000), WAVES),
        zoo.Model("compute_deltas", transforms.ComputeDeltas, "specgram:float32[batch=2|3|1,13,frames=40|31|57]"),
        zoo.Model("mu_law_encoding", transforms.MuLawEncoding, "x:float32[batch=2|3|1,time=200|171|313]"),
        zoo.Model("mu_law_decoding", transforms.MuLawDecoding, "x_mu:int64[batch=2|3|1,time=200|171|313]<256"),
        zoo.Model(
            "sliding_window_cmn",
            lambda: transforms.SlidingWindowCmn(30),
            "specgram:float32[batch=2|3|1,frames=40|31|57,13]",
            alone=["batch"],
        ),
        zoo.Model("spectral_centroid", lambda: transforms.SpectralCentroid(RATE), WAVES),
    ]


def main():
    parser = argparse.ArgumentParser(description="Makes torchaudio models with lively random weights.")
    parser.add_argument("outdir", type=pathlib.Path)
    parser.add_argument("--small", action="store_true", help="the same architectures with small layers")
    parser.add_argument("--models", help="these only, separated by commas")
    parser.add_argument("--measure", action="store_true", help="make nothing; write the cases of what OUTDIR holds")
    options = parser.parse_args()
    rows = []
    for family, part in (
        ("acoustic", acoustic(options.small)),
        ("self-supervised", self_supervised(options.small)),
        ("synthesis", synthesis(options.small)),
        ("features", features()),
    ):
        for row in part:
            row.family = family
        rows += part
    if options.models:
        wanted = options.models.split(",")
        unknown = set(wanted) - {row.name for row in rows}
        if unknown:
            parser.error("no such model: %s; there are %s" % (", ".join(sorted(unknown)), ", ".join(row.name for row in rows)))
        rows = [row for row in rows if row.name in wanted]
    print("torch %s, torchaudio %s" % (torch.__version__, torchaudio.__version__))
    (zoo.measure if options.measure else zoo.make)(rows, options.outdir)


if __name__ == "__main__":
    torch.set_num_threads(2)
    main()
