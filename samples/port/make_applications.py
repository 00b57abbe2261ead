"""Makes the large pairs that `port` is tried on, which nobody commits: python3 make_applications.py OUTDIR [NAME...]

In a Python with torchvision: OUTDIR/NAME.pt, torchvision's model, traced with lively weights. In a Python with Keras 3:
OUTDIR/NAME.keras, the application of the same name with random weights. Both sides have the same layers, and most pairs are
not quite the same network; `port_applications.py` ports each and prints the table of docs/port.md, with what differs.
"""

import importlib.util
import os
import pathlib
import sys

SIZES = {
    "resnet50": 224,
    "mobilenet_v2": 224,
    "mobilenet_v3_large": 224,
    "efficientnet_b0": 224,
    "densenet121": 224,
    "vgg16": 224,
    "inception_v3": 299,
    "convnext_tiny": 224,
}


def make_torch(folder, names):
    import torch
    from torchvision import models

    sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
    from lively import lively

    for name in names:
        torch.manual_seed(20240501)
        inputs = torch.randn(2, 3, SIZES[name], SIZES[name])
        more = {"aux_logits": True, "init_weights": False, "transform_input": False} if name == "inception_v3" else {}
        model = lively(getattr(models, name)(weights=None, **more), inputs)
        with torch.no_grad():
            torch.jit.trace(model, inputs[:1]).save(str(folder / (name + ".pt")))
        print(folder / (name + ".pt"), flush=True)


def make_keras(folder, names):
    os.environ["KERAS_BACKEND"] = "tensorflow"
    from keras import applications, utils

    builders = {
        "resnet50": applications.ResNet50,
        "mobilenet_v2": applications.MobileNetV2,
        "mobilenet_v3_large": applications.MobileNetV3Large,
        "efficientnet_b0": applications.EfficientNetB0,
        "densenet121": applications.DenseNet121,
        "vgg16": applications.VGG16,
        "inception_v3": applications.InceptionV3,
        "convnext_tiny": applications.ConvNeXtTiny,
    }
    for name in names:
        utils.set_random_seed(20240501)
        more = {} if name not in ("mobilenet_v3_large", "convnext_tiny") else {"include_preprocessing": False}
        builders[name](weights=None, classifier_activation=None, **more).save(folder / (name + ".keras"))
        print(folder / (name + ".keras"), flush=True)


if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    out = pathlib.Path(sys.argv[1])
    out.mkdir(parents=True, exist_ok=True)
    if importlib.util.find_spec("torchvision"):
        make_torch(out, sys.argv[2:] or list(SIZES))
    if importlib.util.find_spec("keras"):
        make_keras(out, sys.argv[2:] or list(SIZES))
