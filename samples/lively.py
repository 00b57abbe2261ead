"""Weights and statistics that keep a model alive, for models nobody trained.

A freshly built network is a poor witness for a port: BatchNorm statistics are 0 and 1, class tokens and biases are 0, layer
scales are 1e-6, so a wrong porting can hide. `lively` fills every parameter and buffer with seeded random numbers, then runs
the model once on the example inputs and lets every layer set its own scale:

* a Linear or a convolution divides its weight by the standard deviation of its output,
* a BatchNorm takes the statistics of its input and moves them a little, so that they are neither 0 and 1 nor exact.

The numbers come from numpy's RandomState, one stream for each parameter name, and so do not depend on the torch version.
"""

import zlib

import numpy
import torch
from torch import nn

SCALED = (nn.Linear, nn.modules.conv._ConvNd)
BATCH_NORM = nn.modules.batchnorm._BatchNorm
NORM = (BATCH_NORM, nn.LayerNorm, nn.GroupNorm, nn.modules.instancenorm._InstanceNorm)


class Numbers:
    """Random tensors, the same for the same seed and name."""

    def __init__(self, seed, name):
        self.random = numpy.random.RandomState((zlib.crc32(name.encode()) + seed) % 2**32)

    def normal(self, shape, mean=0.0, std=1.0):
        return torch.tensor(numpy.asarray(self.random.normal(mean, std, tuple(shape))), dtype=torch.float32)

    def uniform(self, shape, low, high):
        return torch.tensor(numpy.asarray(self.random.uniform(low, high, tuple(shape))), dtype=torch.float32)


def lively(model, *inputs, seed=0, deep=False):
    """Fills `model` in place, puts it into eval mode and returns it. `inputs` are example arguments of forward.

    Random layers with BatchNorm amplify every difference, by about a fifth each where ReLU follows (Yang et al., A Mean Field
    Theory of Batch Normalization, 2019): after fifty of them little but rounding is left, and a port can't be judged. Models
    that learned anything don't. With `deep` the offsets of BatchNorms are large enough to keep most units where their
    nonlinearity is nearly linear, and nothing grows.
    """
    model.eval()
    fill(model, seed, deep)
    scale(model, inputs, seed)
    return model


def fill(model, seed=0, deep=False):
    """Random numbers for all parameters, chosen by what a parameter is for."""
    with torch.no_grad():
        for prefix, module in model.named_modules():
            for name, parameter in module.named_parameters(recurse=False):
                if parameter.is_floating_point():
                    numbers = Numbers(seed, prefix + "." + name)
                    parameter.copy_(draw(module, name, parameter, numbers, deep))
            if isinstance(module, nn.Embedding) and module.padding_idx is not None:
                module.weight[module.padding_idx] = 0


def draw(module, name, parameter, numbers, deep):
    shape = parameter.shape
    if deep and name == "bias" and isinstance(module, BATCH_NORM):
        return numbers.normal(shape, mean=0.5, std=0.5)
    if isinstance(module, NORM):
        return numbers.uniform(shape, 0.5, 1.5) if name == "weight" else numbers.normal(shape, std=0.2)
    if isinstance(module, nn.Embedding):
        return numbers.normal(shape)
    if isinstance(module, nn.PReLU):
        return numbers.uniform(shape, 0.05, 0.4)
    if "layer_scale" in name:
        return numbers.uniform(shape, 0.2, 0.6)
    if name == "weight_g":  # the length of a weight-normalised weight
        return numbers.uniform(shape, 0.7, 1.3)
    if "bias" in name and parameter.dim() == 1:
        return numbers.normal(shape, std=0.1)
    if "weight" in name and parameter.dim() >= 2:
        fan_in = shape[0] * shape[2:].numel() if is_transposed(module) else shape[1:].numel()
        return numbers.normal(shape, std=fan_in**-0.5)
    return numbers.normal(shape, std=0.3)


def is_transposed(module):
    return isinstance(module, nn.modules.conv._ConvTransposeNd)


def scale(model, inputs, seed):
    """One forward run in which every layer, in the order of the run, takes its scale from what it sees."""
    done, hooks = set(), []

    def scale_weight(module, _, output):
        if module in done:
            return output
        done.add(module)
        std = output.detach().float().std()
        if not torch.isfinite(std) or std < 1e-6:
            return output
        with torch.no_grad():
            (module.weight_g if hasattr(module, "weight_g") else module.weight).div_(std)
            if module.bias is not None:
                module.bias.div_(std)
        return output / std

    def take_statistics(module, args):
        if module in done or module.running_mean is None:
            return
        done.add(module)
        numbers = Numbers(seed, "statistics %d" % len(done))
        x = args[0].detach().transpose(0, 1).flatten(1)
        mean, std = x.mean(1), x.std(1, unbiased=False).clamp_min(0.1)
        module.running_mean.copy_(mean + std * numbers.normal(mean.shape, std=0.2))
        module.running_var.copy_(std**2 * numbers.uniform(std.shape, 0.6, 1.6))
        module.num_batches_tracked.fill_(100)

    for module in model.modules():
        if isinstance(module, SCALED):
            hooks.append(module.register_forward_hook(scale_weight))
        if isinstance(module, BATCH_NORM):
            hooks.append(module.register_forward_pre_hook(take_statistics))
    model(*inputs)
    for hook in hooks:
        hook.remove()
