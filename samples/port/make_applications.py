"""Makes the large pairs that `port` is tried on, which nobody commits: python3 make_applications.py OUTDIR

In a Python with torchvision: OUTDIR/NAME.pth, a state_dict with lively weights, and OUTDIR/NAME.npz with an `input` (channels
last, as Keras takes it) and PyTorch's `output`. In a Python with Keras 3: OUTDIR/NAME.keras, the application of the same name
with random weights. NAME is resnet50 or mobilenet_v2. Both sides have the same layers in the same order, and are not quite the
same network: Keras' ResNet50 has a bias in its convolutions, a stride in the first and not in the second convolution of a
block and epsilon 1.001e-5; both pad in front of strided convolutions by other rules; Keras' MobileNetV2 has ReLU6 and epsilon
1e-3.
"""

import importlib.util
import os
import pathlib
import sys

NAMES = ("resnet50", "mobilenet_v2")


def make_torch(folder):
    import numpy
    import torch
    from torchvision import models

    sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
    from lively import lively

    for name in NAMES:
        torch.manual_seed(20240501)
        inputs = torch.randn(2, 3, 224, 224)
        model = lively(getattr(models, name)(weights=None), inputs)
        with torch.no_grad():
            output = model(inputs)
        torch.save(model.state_dict(), folder / (name + ".pth"))
        numpy.savez(folder / (name + ".npz"), input=inputs.permute(0, 2, 3, 1).numpy(), output=output.numpy())
        print(folder / (name + ".pth"))


def make_keras(folder):
    os.environ["KERAS_BACKEND"] = "tensorflow"
    import keras

    for name, build in zip(NAMES, (keras.applications.ResNet50, keras.applications.MobileNetV2)):
        keras.utils.set_random_seed(20240501)
        build(weights=None, classifier_activation=None).save(folder / (name + ".keras"))
        print(folder / (name + ".keras"))


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    out = pathlib.Path(sys.argv[1])
    out.mkdir(parents=True, exist_ok=True)
    if importlib.util.find_spec("torchvision"):
        make_torch(out)
    if importlib.util.find_spec("keras"):
        make_keras(out)
