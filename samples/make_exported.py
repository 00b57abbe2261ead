"""Makes programs of torch.export beside traced files of the same weights: python3 make_exported.py [--models NAME,...] OUTDIR

The rows of make_torchvision, make_torchaudio (small) and make_families, and models of transformers and timm in small
configurations. Every named dim of an input is dynamic where torch.export keeps it so. Wants torch 2, torchvision, torchaudio,
timm and transformers; writes MODEL.pt2, MODEL.traced.torch2.pt, inputs for them, and OUTDIR/manifest.json, where rows that
torch itself can't export say why.
"""

import argparse
import functools
import pathlib

import torch
import transformers
from torch import Tensor, nn

import make_families
import make_torchaudio
import make_torchvision
import zoo

IDS = "input_ids:int64[batch=2|3|1,length=12|7|20]<60"
MASK = "attention_mask:int64[batch=2|3|1,length=12|7|20]"
PIXELS = "pixel_values:float32[batch=2|3|1,3,32,32]"
PLANES = "pixel_values:float32[batch=2|3|1,3,height=64|96|80,width=64|80|96]"
WAVES = "input_values:float32[batch=2|3|1,time=4000|3200|5003]"
SMALL = dict(hidden_size=32, num_hidden_layers=2, num_attention_heads=4, intermediate_size=48, vocab_size=64)
GROUPED = dict(SMALL, num_key_value_heads=2, max_position_embeddings=64)
VISION = dict(hidden_size=32, num_hidden_layers=2, num_attention_heads=4, intermediate_size=48, image_size=32, patch_size=8)


def ragged(sizes, dims):
    """Ones, and zeros at the end of every sequence but the first."""
    lengths = torch.tensor([max(1, sizes[1] - 2 * row) for row in range(sizes[0])])
    return (torch.arange(sizes[1])[None] < lengths[:, None]).long()


class First(nn.Module):
    """The first tensor that a model of transformers returns."""

    def __init__(self, model: nn.Module, names, settings):
        super().__init__()
        self.model, self.names, self.settings = model, names, settings

    def of(self, *tensors: Tensor) -> Tensor:
        return self.model(**dict(zip(self.names, tensors)), **self.settings, return_dict=False)[0]


class OfOne(First):
    def forward(self, x: Tensor) -> Tensor:
        return self.of(x)


class OfTwo(First):
    def forward(self, x: Tensor, y: Tensor) -> Tensor:
        return self.of(x, y)


class OfThree(First):
    def forward(self, x: Tensor, y: Tensor, z: Tensor) -> Tensor:
        return self.of(x, y, z)


def transformer(name, model, config, *inputs, settings=None, **values):
    """A row of a model class of transformers and its configuration class."""
    inputs = [zoo.Input(text, ragged) if text is MASK else zoo.Input(text) for text in inputs or (IDS, MASK)]
    names = [each.name for each in inputs]
    for each, argument in zip(inputs, "xyz"):
        each.name = argument

    def build():
        built = getattr(transformers, model)(getattr(transformers, config)(**values))
        return (OfOne, OfTwo, OfThree)[len(names) - 1](built, names, settings or {})

    return zoo.Model(name, build, *inputs, family="transformers")


UNCACHED = dict(use_cache=False)
DECODER = "decoder_input_ids:int64[batch=2|3|1,words=5|9|3]<60"
TRANSFORMERS = [
    transformer("bert", "BertModel", "BertConfig", **SMALL),
    transformer("roberta", "RobertaModel", "RobertaConfig", **SMALL),
    transformer("electra", "ElectraModel", "ElectraConfig", **SMALL, embedding_size=24),
    transformer("albert", "AlbertModel", "AlbertConfig", **SMALL, embedding_size=24),
    transformer("distilbert", "DistilBertModel", "DistilBertConfig", dim=32, n_layers=2, n_heads=4, hidden_dim=48, vocab_size=64),
    transformer("mobilebert", "MobileBertModel", "MobileBertConfig", **SMALL, embedding_size=16, intra_bottleneck_size=32, true_hidden_size=32),
    transformer("squeezebert", "SqueezeBertModel", "SqueezeBertConfig", **SMALL, embedding_size=32),
    transformer("deberta_v2", "DebertaV2Model", "DebertaV2Config", **SMALL, relative_attention=True, pos_att_type=["p2c", "c2p"], position_buckets=8),
    transformer("mpnet", "MPNetModel", "MPNetConfig", **SMALL),
    transformer("xlm_roberta", "XLMRobertaModel", "XLMRobertaConfig", **SMALL),
    transformer("modernbert", "ModernBertModel", "ModernBertConfig", **SMALL, pad_token_id=0, cls_token_id=1, sep_token_id=2, bos_token_id=1, eos_token_id=2, global_attn_every_n_layers=2, local_attention=8),
    transformer("gpt2", "GPT2Model", "GPT2Config", n_embd=32, n_layer=2, n_head=4, vocab_size=64, n_positions=64, settings=UNCACHED),
    transformer("gpt_neox", "GPTNeoXModel", "GPTNeoXConfig", **SMALL, settings=UNCACHED),
    transformer("opt", "OPTModel", "OPTConfig", hidden_size=32, num_hidden_layers=2, num_attention_heads=4, ffn_dim=48, vocab_size=64, word_embed_proj_dim=32, max_position_embeddings=64, settings=UNCACHED),
    transformer("bloom", "BloomModel", "BloomConfig", hidden_size=32, n_layer=2, n_head=4, vocab_size=64, settings=UNCACHED),
    transformer("llama", "LlamaModel", "LlamaConfig", **GROUPED, settings=UNCACHED),
    transformer("mistral", "MistralModel", "MistralConfig", **GROUPED, sliding_window=8, settings=UNCACHED),
    transformer("qwen2", "Qwen2Model", "Qwen2Config", **GROUPED, settings=UNCACHED),
    transformer("qwen3", "Qwen3Model", "Qwen3Config", **GROUPED, head_dim=8, settings=UNCACHED),
    transformer("gemma", "GemmaModel", "GemmaConfig", **GROUPED, head_dim=8, settings=UNCACHED),
    transformer("phi", "PhiModel", "PhiConfig", **SMALL, settings=UNCACHED),
    transformer("falcon", "FalconModel", "FalconConfig", hidden_size=32, num_hidden_layers=2, num_attention_heads=4, vocab_size=64, settings=UNCACHED),
    transformer("mamba", "MambaModel", "MambaConfig", IDS, hidden_size=32, num_hidden_layers=2, vocab_size=64, state_size=4, settings=UNCACHED),
    transformer("t5", "T5Model", "T5Config", IDS, MASK, DECODER, d_model=32, d_kv=8, d_ff=48, num_layers=2, num_heads=4, vocab_size=64, settings=UNCACHED),
    transformer("bart", "BartModel", "BartConfig", IDS, MASK, DECODER, d_model=32, encoder_layers=2, decoder_layers=2, encoder_attention_heads=4, decoder_attention_heads=4, encoder_ffn_dim=48, decoder_ffn_dim=48, vocab_size=64, settings=UNCACHED),
    transformer("whisper", "WhisperModel", "WhisperConfig", "input_features:float32[batch=2|3|1,16,40]", DECODER, d_model=32, encoder_layers=2, decoder_layers=2, encoder_attention_heads=4, decoder_attention_heads=4, encoder_ffn_dim=48, decoder_ffn_dim=48, vocab_size=64, num_mel_bins=16, max_source_positions=20, max_target_positions=32, pad_token_id=0, settings=UNCACHED),
    transformer("wav2vec2", "Wav2Vec2Model", "Wav2Vec2Config", WAVES, **SMALL, conv_dim=(16,) * 7, num_conv_pos_embeddings=16, num_conv_pos_embedding_groups=4),
    transformer("hubert", "HubertModel", "HubertConfig", WAVES, **SMALL, conv_dim=(16,) * 7, num_conv_pos_embeddings=16, num_conv_pos_embedding_groups=4),
    transformer("ast", "ASTModel", "ASTConfig", "input_values:float32[batch=2|3|1,64,32]", hidden_size=32, num_hidden_layers=2, num_attention_heads=4, intermediate_size=48, max_length=64, num_mel_bins=32),
    transformer("vit", "ViTModel", "ViTConfig", PIXELS, **VISION),
    transformer("deit", "DeiTModel", "DeiTConfig", PIXELS, **VISION),
    transformer("beit", "BeitModel", "BeitConfig", PIXELS, **VISION, use_relative_position_bias=True),
    transformer("dinov2", "Dinov2Model", "Dinov2Config", PIXELS, hidden_size=32, num_hidden_layers=2, num_attention_heads=4, image_size=32, patch_size=8),
    transformer("clip_vision", "CLIPVisionModel", "CLIPVisionConfig", PIXELS, **VISION),
    transformer("clip_text", "CLIPTextModel", "CLIPTextConfig", **SMALL, max_position_embeddings=32, eos_token_id=2),
    transformer("siglip_vision", "SiglipVisionModel", "SiglipVisionConfig", PIXELS, **VISION),
    transformer("convnext_hf", "ConvNextModel", "ConvNextConfig", PLANES, hidden_sizes=[8, 16, 24, 32], depths=[1, 1, 2, 1]),
    transformer("resnet_hf", "ResNetModel", "ResNetConfig", PLANES, embedding_size=8, hidden_sizes=[8, 16, 24, 32], depths=[1, 1, 1, 1], layer_type="basic"),
    transformer("poolformer", "PoolFormerModel", "PoolFormerConfig", PLANES, hidden_sizes=[8, 16, 24, 32], depths=[1, 1, 1, 1]),
    transformer("mobilevit_hf", "MobileViTModel", "MobileViTConfig", "pixel_values:float32[batch=2|3|1,3,64,64]", hidden_sizes=[16, 24, 32], neck_hidden_sizes=[8, 8, 12, 16, 20, 24, 32], image_size=64),
]
TIMM = [
    make_families.timm_row(name, picture, **settings)
    for name, picture, settings in [
        ("levit_128s", "x:float32[batch=2|3|1,3,64,64]", dict(img_size=64)),
        ("mobilevit_xxs", "x:float32[batch=2|3|1,3,64,64]", {}),
        ("vit_tiny_patch16_224", "x:float32[batch=2|3|1,3,64,64]", dict(img_size=64)),
        ("mobilenetv4_conv_small", make_families.PICTURE, {}),
        ("edgenext_xx_small", make_families.PICTURE, {}),
        ("ghostnet_050", make_families.PICTURE, {}),
        ("fastvit_t8", make_families.PICTURE, {}),
        ("regnetx_002", make_families.PICTURE, {}),
        ("mixer_s32_224", "x:float32[batch=2|3|1,3,64,64]", dict(img_size=64)),
    ]
]


def rows():
    """Small ones first."""
    audio = [make_torchaudio.acoustic(True), make_torchaudio.self_supervised(True), make_torchaudio.synthesis(True)]
    names = make_torchvision.CLASSIFIERS + make_torchvision.SEGMENTERS + make_torchvision.VIDEO + make_torchvision.FLOW
    for row in [row for group in audio for row in group]:
        row.family = row.family or "audio"
        yield row
    yield from TRANSFORMERS + TIMM + make_families.ROWS
    yield from map(make_torchvision.row, names)


def main():
    parser = argparse.ArgumentParser(description="Makes programs of torch.export beside traced files of the same weights.")
    parser.add_argument("outdir", type=pathlib.Path)
    parser.add_argument("--models", help="these only, separated by commas")
    parser.add_argument("--float64", action="store_true", help="also says how exact torch itself is, with a twin in float64")
    options = parser.parse_args()
    names = options.models.split(",") if options.models else None
    chosen = [row for row in rows() if names is None or row.name in names]
    zoo.make(chosen, options.outdir, {"traced", "exported"}, options.float64)


if __name__ == "__main__":
    torch.set_num_threads(2)
    main()
