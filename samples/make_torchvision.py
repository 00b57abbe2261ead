"""Makes torchvision models with lively random weights: python3 make_torchvision.py [--all] [--models NAME,...] OUTDIR

Without options resnet18, mobilenet_v2 and vit_b_16; with --all one or two of every family for classification, segmentation,
video and optical flow (9 GB). Writes traced and scripted files and OUTDIR/manifest.json.
"""

import argparse
import functools
import pathlib

import torch
from torchvision import models

import zoo

PICTURE = "x:float32[batch=2|3|1,3,height=224|256|192,width=224|288|200]"
SWIN_PICTURE = "x:float32[batch=2|3|1,3,height=224|208|196,width=224|200|216]"  # windows of 7 or 8 in the last stage
INCEPTION_PICTURE = "x:float32[batch=2|3|1,3,height=299|331|250,width=299|315|270]"
CLIP = "x:float32[batch=2|1|3,3,frames=8|12|9,height=112|128|100,width=112|96|120]"
LARGE_CLIP = "x:float32[batch=1|2|3,3,frames=16|24|18,height=224|256|200,width=224|256|232]"
IMAGES = (
    "image1:float32[batch=1|2|3,3,height=128|144|136,width=128|160|152]",
    "image2:float32[batch=1|2|3,3,height=128|144|136,width=128|160|152]",
)

FIRST = ["resnet18", "mobilenet_v2", "vit_b_16"]

CLASSIFIERS = """
    alexnet vgg11 vgg13_bn resnet18 resnet50 resnext50_32x4d wide_resnet50_2 squeezenet1_0 squeezenet1_1 densenet121
    googlenet inception_v3 mobilenet_v2 mobilenet_v3_small mobilenet_v3_large shufflenet_v2_x0_5 shufflenet_v2_x1_0 mnasnet0_5
    mnasnet1_0 efficientnet_b0 efficientnet_v2_s regnet_x_400mf regnet_y_400mf convnext_tiny vit_b_16 swin_t swin_v2_t maxvit_t
""".split()
SEGMENTERS = "fcn_resnet50 deeplabv3_resnet50 deeplabv3_mobilenet_v3_large lraspp_mobilenet_v3_large".split()
VIDEO = "r3d_18 mc3_18 r2plus1d_18 s3d mvit_v1_b mvit_v2_s".split()
FLOW = "raft_small raft_large".split()


def row(name):
    if name in SEGMENTERS:
        extra = {"weights_backbone": None}
        if "lraspp" not in name:
            extra["aux_loss"] = True
        picture = PICTURE.replace("x:", "input:") if "lraspp" in name else PICTURE
        return zoo.Model(name, builder(name, **extra), picture, family="segmentation")
    if name in VIDEO:
        large = name == "s3d" or name.startswith("mvit")
        return zoo.Model(name, builder(name), LARGE_CLIP if large else CLIP, family="video")
    if name in FLOW:
        flow = "update_block.flow_head.conv2"  # which would leave the picture, where each step makes every difference larger
        return zoo.Model(name, builder(name), *IMAGES, family="optical flow", quiet=flow)
    extra = {"init_weights": False} if name in ("googlenet", "inception_v3") else {}
    picture = SWIN_PICTURE if "swin" in name else INCEPTION_PICTURE if name == "inception_v3" else PICTURE
    return zoo.Model(name, builder(name, **extra), picture, family="classification")


def builder(name, **extra):
    if hasattr(models, "get_model"):
        return functools.partial(models.get_model, name, weights=None, **extra)
    return functools.partial(getattr(models, name), weights=None, **extra)


def main():
    parser = argparse.ArgumentParser(description="Makes torchvision models with lively random weights.")
    parser.add_argument("outdir", type=pathlib.Path)
    parser.add_argument("--all", action="store_true", help="every family, instead of " + ", ".join(FIRST))
    parser.add_argument("--models", help="these only, by torchvision's names, separated by commas")
    parser.add_argument("--measure", action="store_true", help="make nothing; write the cases of what OUTDIR holds")
    options = parser.parse_args()
    names = CLASSIFIERS + SEGMENTERS + VIDEO + FLOW if options.all else FIRST
    if options.models:
        names = options.models.split(",")
    (zoo.measure if options.measure else zoo.make)([row(name) for name in names], options.outdir)


if __name__ == "__main__":
    torch.set_num_threads(2)
    main()
