"""What the golden scripts share: a case runs a PyTorch function in f64 and keeps what it gave, in this project's layouts."""

import pathlib

import torch
from safetensors.torch import save_file

DATA = pathlib.Path(__file__).parent / "data"

# PyTorch's axes in the order in which this project has them.
PLAIN = None
IMAGE = (0, 2, 3, 1)  # [b, c, h, w] is [b, h, w, c] here, and a kernel [out, in, h, w] is [out, h, w, in]
SEQUENCE = (0, 2, 1)  # [b, c, length] is [b, length, c] here, and a kernel [out, in, length] is [out, length, in]
VOLUME = (0, 2, 3, 4, 1)  # [b, c, d, h, w] is [b, d, h, w, c] here, and a kernel [out, in, d, h, w] is [out, d, h, w, in]


class Input:
    """A random f64 tensor whose values f32 holds exactly, so that both sides start from the same numbers."""

    def __init__(self, values, layout=PLAIN):
        self.values = values.float().double()
        self.layout = layout


def normal(*shape, layout=PLAIN, scale=1.0, shift=0.0):
    return Input(torch.randn(shape, dtype=torch.float64) * scale + shift, layout)


def uniform(low, high, *shape, layout=PLAIN):
    return Input(torch.rand(shape, dtype=torch.float64) * (high - low) + low, layout)


def image(*shape, **options):
    return normal(*shape, layout=IMAGE, **options)


def sequence(*shape, **options):
    return normal(*shape, layout=SEQUENCE, **options)


def volume(*shape, **options):
    return normal(*shape, layout=VOLUME, **options)


def kept(values, layout):
    return (values if layout is None else values.permute(layout)).detach().float().contiguous().clone()


class Family:
    """Cases that go into one file and are compared by one test."""

    def __init__(self, name):
        self.name = name
        self.tensors = {}
        torch.manual_seed(sum(name.encode()))

    def add(self, name, function, *inputs, layout=PLAIN, indices=None, twice=True):
        """Keeps of function(*inputs) the output, the gradients of the inputs for a random gradient of the output, and, if
        `twice`, the second derivative: the gradients of sum_i <gradient_i, direction_i> for random directions."""
        leaves = [given.values.clone().requires_grad_() for given in inputs]
        output = function(*leaves) if indices is None else function(*leaves, indices)
        seed = torch.randn_like(output).float().double()
        gradients = torch.autograd.grad(output, leaves, seed, create_graph=True)
        keep = {"output": (output, layout), "seed": (seed, layout)}
        for place, given in enumerate(inputs):
            keep[f"input.{place}"] = (given.values, given.layout)
            keep[f"gradient.{place}"] = (gradients[place], given.layout)
        if twice:
            directions = [torch.randn_like(leaf).float().double() for leaf in leaves]
            total = sum((gradient * direction).sum() for gradient, direction in zip(gradients, directions))
            if total.requires_grad:
                second = torch.autograd.grad(total, leaves, allow_unused=True, materialize_grads=True)
            else:
                second = [torch.zeros_like(leaf) for leaf in leaves]
            for place, given in enumerate(inputs):
                keep[f"direction.{place}"] = (directions[place], given.layout)
                keep[f"second.{place}"] = (second[place], given.layout)
        for part, (values, order) in keep.items():
            self.keep(f"{name}/{part}", kept(values, order))
        if indices is not None:
            self.keep(f"{name}/indices", indices.to(torch.int32))

    def module(self, name, module, given, layout=PLAIN):
        """Keeps of a module its state dict, as PyTorch has it, and what one step of training and then use give."""
        module = module.double()
        with torch.no_grad():
            for path, values in module.state_dict().items():
                if path.endswith("running_var"):
                    values.copy_(torch.rand(values.shape) + 0.5)
                elif values.dtype == torch.float64:
                    values.copy_(torch.randn(values.shape) * 0.5)
                self.keep(f"{name}/state.{path}", values.float().clone())
        leaf = given.values.clone().requires_grad_()
        output = module(leaf)
        seed = torch.randn_like(output).float().double()
        output.backward(seed)
        self.keep(f"{name}/input.0", kept(given.values, given.layout))
        self.keep(f"{name}/output", kept(output, layout))
        self.keep(f"{name}/seed", kept(seed, layout))
        self.keep(f"{name}/gradient.0", kept(leaf.grad, given.layout))
        for path, parameter in module.named_parameters():
            order = {3: SEQUENCE, 4: IMAGE, 5: VOLUME}.get(parameter.dim())
            self.keep(f"{name}/slope.{path}", kept(parameter.grad, order))
        for path, values in module.state_dict().items():
            self.keep(f"{name}/after.{path}", values.float().clone())
        self.keep(f"{name}/eval", kept(module.eval()(leaf), layout))

    def keep(self, name, values):
        assert name not in self.tensors, name
        self.tensors[name] = values

    def save(self):
        path = DATA / f"ops_{self.name}.safetensors"
        save_file(self.tensors, path)
        cases = {name.split("/")[0] for name in self.tensors}
        print(f"{path.name}: {len(cases)} cases, {path.stat().st_size} bytes")
