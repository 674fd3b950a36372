"""Writes data/derivatives.safetensors: gradients, Hessians, Hessian-vector products and Jacobians, by torch.autograd.functional
in f64, of a function and of two small networks in all their parameters.

Kernels are [out, height, width, in] and pictures [batch, height, width, channels], as this project has them.
"""

import pathlib

import torch
from safetensors.torch import save_file
from torch.autograd import functional
from torch.nn.functional import avg_pool2d, conv2d, cross_entropy, layer_norm, softplus

DATA = pathlib.Path(__file__).parent / "data"
torch.manual_seed(11)
kept = {}


def normal(*shape):
    return torch.randn(shape, dtype=torch.float64).float().double()


def keep(name, values):
    kept[name] = values.detach().float().contiguous().clone()


def case(name, loss, point, jacobian_of=None):
    direction = normal(*point.shape)
    keep(f"{name}/point", point)
    keep(f"{name}/direction", direction)
    keep(f"{name}/gradient", functional.jacobian(loss, point))
    keep(f"{name}/hessian", functional.hessian(loss, point).reshape(point.numel(), point.numel()))
    keep(f"{name}/hessian_vector", functional.hvp(loss, point, direction)[1])
    keep(f"{name}/directional", functional.jvp(loss, point, direction)[1])
    if jacobian_of is not None:
        found = functional.jacobian(jacobian_of, point)
        keep(f"{name}/jacobian", found.reshape(-1, point.numel()))


def split(vector, *shapes):
    parts = torch.split(vector, [torch.Size(shape).numel() for shape in shapes])
    return [part.reshape(shape) for part, shape in zip(parts, shapes)]


mixing = normal(5, 4)
keep("function/mixing", mixing)
vector = lambda x: torch.sin(mixing @ x) * torch.exp(-x.square().sum())
case("function", lambda x: vector(x).square().sum(), normal(4), vector)

pictures, labels = normal(4, 6, 6, 2), torch.tensor([0, 2, 1, 2])
keep("cnn/inputs", pictures)
kept["cnn/labels"] = labels.to(torch.int32)


def cnn(vector):
    kernel, bias, weight, shift = split(vector, (2, 3, 3, 2), (2,), (3, 8), (3,))
    maps = torch.tanh(conv2d(pictures.permute(0, 3, 1, 2), kernel.permute(0, 3, 1, 2), bias))
    return avg_pool2d(maps, 2).permute(0, 2, 3, 1).flatten(1) @ weight.T + shift


case("cnn", lambda vector: cross_entropy(cnn(vector), labels), 0.5 * normal(36 + 2 + 24 + 3), cnn)

rows, wanted = normal(6, 3), normal(6, 2)
keep("mlp/inputs", rows)
keep("mlp/wanted", wanted)


def mlp(vector):
    w1, b1, scale, shift, w2, b2 = split(vector, (5, 3), (5,), (5,), (5,), (2, 5), (2,))
    return torch.sigmoid(layer_norm(softplus(rows @ w1.T + b1), (5,), scale, shift)) @ w2.T + b2


case("mlp", lambda vector: (mlp(vector) - wanted).square().mean(), 0.7 * normal(15 + 5 + 5 + 5 + 10 + 2), mlp)
save_file(kept, DATA / "derivatives.safetensors")
