"""Logits and gradients of published networks, by torchvision's own code.

Weights are not stored: both sides fill them by one formula. Element i of a tensor of a name is drawn from the i-th output of
SplitMix64 whose state starts from the FNV-1a hash of the name; what it is scaled to depends on the kind of tensor (see `fill`).

    python golden/networks.py        writes golden/data/networks.safetensors and networks.json
"""

import json
from pathlib import Path

import numpy
import torch
import torchvision
from safetensors.numpy import save_file
from torch import nn
from torchvision.models import get_model_weights

HERE = Path(__file__).parent / "data"
MASK = (1 << 64) - 1


def uniform(name, count):
    """`count` numbers from [0, 1), multiples of 2^-24."""
    key = 0xCBF29CE484222325
    for byte in name.encode():
        key = ((key ^ byte) * 0x100000001B3) & MASK
    with numpy.errstate(over="ignore"):
        z = numpy.uint64(key) + numpy.arange(1, count + 1, dtype=numpy.uint64) * numpy.uint64(0x9E3779B97F4A7C15)
        z = (z ^ (z >> numpy.uint64(30))) * numpy.uint64(0xBF58476D1CE4E5B9)
        z = (z ^ (z >> numpy.uint64(27))) * numpy.uint64(0x94D049BB133111EB)
        z = z ^ (z >> numpy.uint64(31))
    return ((z >> numpy.uint64(40)).astype(numpy.float64) / 16777216.0).astype(numpy.float32)


def fill(name, shape):
    """The formula's values of a tensor of a network."""
    count = int(numpy.prod(shape, dtype=numpy.int64))
    u = uniform(name, count)
    if name.endswith("num_batches_tracked"):
        values = numpy.zeros(count, numpy.float32)
    elif name.endswith("running_var"):
        values = numpy.float32(0.5) + u
    elif name.endswith(("running_mean", "bias")):
        values = numpy.float32(0.2) * (u - numpy.float32(0.5))
    elif len(shape) == 1:  # a normalization's weight
        values = numpy.float32(0.5) + numpy.float32(0.5) * u
    else:
        bound = numpy.float32((6.0 / (count / shape[0])) ** 0.5)
        values = bound * (numpy.float32(2.0) * u - numpy.float32(1.0))
    return torch.from_numpy(values.reshape(shape))


def filled(network):
    state = {name: fill(name, tuple(tensor.shape)).to(tensor.dtype) for name, tensor in network.state_dict().items()}
    network.load_state_dict(state)
    for module in network.modules():  # what is drawn at random has no reference
        if isinstance(module, nn.Dropout):
            module.p = 0.0
        if isinstance(module, torchvision.ops.StochasticDepth):
            module.p = 0.0
    return network


def pictures(batch, side, channels=3):
    values = 2.0 * uniform(f"pictures {batch} {side}", batch * channels * side * side) - 1.0
    return torch.from_numpy(values.reshape(batch, channels, side, side).astype(numpy.float32))


# Networks that torchvision does not have, written down anew from their papers.


class Thin(nn.Module):
    """ResNets of section 4.2, option A; plain without the shortcuts."""

    class Block(nn.Module):
        def __init__(self, inputs, outputs, residual):
            super().__init__()
            self.stride = 1 if inputs == outputs else 2
            self.conv1 = nn.Conv2d(inputs, outputs, 3, self.stride, 1, bias=False)
            self.bn1 = nn.BatchNorm2d(outputs)
            self.conv2 = nn.Conv2d(outputs, outputs, 3, 1, 1, bias=False)
            self.bn2 = nn.BatchNorm2d(outputs)
            self.missing, self.residual = outputs - inputs, residual

        def forward(self, x):
            y = self.bn2(self.conv2(self.bn1(self.conv1(x)).relu()))
            if self.residual:
                half = self.missing // 2
                x = x[:, :, :: self.stride, :: self.stride]
                y = y + nn.functional.pad(x, (0, 0, 0, 0, half, self.missing - half))
            return y.relu()

    def __init__(self, depth, residual=True):
        super().__init__()
        self.conv1, self.bn1 = nn.Conv2d(3, 16, 3, 1, 1, bias=False), nn.BatchNorm2d(16)
        inputs = 16
        for stage, outputs in enumerate([16, 32, 64]):
            blocks = []
            for _ in range((depth - 2) // 6):
                blocks.append(Thin.Block(inputs, outputs, residual))
                inputs = outputs
            setattr(self, f"layer{stage + 1}", nn.Sequential(*blocks))
        self.fc = nn.Linear(64, 10)

    def forward(self, x):
        x = self.bn1(self.conv1(x)).relu()
        return self.fc(self.layer3(self.layer2(self.layer1(x))).mean((2, 3)))


class AlexNet2012(nn.Module):
    """Two columns, written as grouped convolutions would be on one processor."""

    class Column(nn.Module):
        def __init__(self):
            super().__init__()
            self.conv1 = nn.Conv2d(3, 48, 11, 4)
            self.conv2 = nn.Conv2d(48, 128, 5, padding=2)
            self.conv3 = nn.Conv2d(256, 192, 3, padding=1)
            self.conv4 = nn.Conv2d(192, 192, 3, padding=1)
            self.conv5 = nn.Conv2d(192, 128, 3, padding=1)
            self.fc6 = nn.Linear(256 * 4, 2048)
            self.fc7 = nn.Linear(4096, 2048)

    def __init__(self):
        super().__init__()
        self.columns = nn.ModuleList([AlexNet2012.Column(), AlexNet2012.Column()])
        self.fc8 = nn.Linear(4096, 10)

    def both(self, function):
        return torch.cat([function(column) for column in self.columns], 1)

    def forward(self, x):
        norm = lambda x: nn.functional.local_response_norm(x, 5, 5e-4, 0.75, 2.0)
        pool = lambda x: nn.functional.max_pool2d(x, 3, 2)
        first = lambda column: pool(norm(column.conv2(pool(norm(column.conv1(x).relu()))).relu()))
        x = self.both(first)
        x = self.both(lambda c: pool(c.conv5(c.conv4(c.conv3(x).relu()).relu()).relu())).flatten(1)
        x = self.both(lambda c: c.fc6(x).relu())
        return self.fc8(self.both(lambda c: c.fc7(x).relu()))


def unit(inputs, outputs, kernel, stride=1, groups=1, relu=True):
    layers = [nn.Conv2d(inputs, outputs, kernel, stride, kernel // 2, groups=groups, bias=False), nn.BatchNorm2d(outputs)]
    return nn.Sequential(*layers, *([nn.ReLU()] if relu else []))


class MobileNetV1(nn.Module):
    """Table 1 of the paper."""

    def __init__(self, classes):
        super().__init__()
        layers, inputs = [unit(3, 32, 3, 2)], 32
        for outputs, stride in [(64, 1), (128, 2), (128, 1), (256, 2), (256, 1), (512, 2)] + [(512, 1)] * 5 + [(1024, 2), (1024, 1)]:
            layers.append(nn.Sequential(unit(inputs, inputs, 3, stride, inputs), unit(inputs, outputs, 1)))
            inputs = outputs
        self.features, self.classifier = nn.Sequential(*layers), nn.Linear(1024, classes)

    def forward(self, x):
        return self.classifier(self.features(x).mean((2, 3)))


class ShuffleNetV1(nn.Module):
    """Table 1 and figure 2 of the paper."""

    class Unit(nn.Module):
        def __init__(self, inputs, outputs, groups, first):
            super().__init__()
            self.halves, self.groups = inputs != outputs, groups
            stride, new = (2, outputs - inputs) if self.halves else (1, outputs)
            self.compress = unit(inputs, outputs // 4, 1, groups=1 if first else groups)
            self.depthwise = unit(outputs // 4, outputs // 4, 3, stride, outputs // 4, relu=False)
            self.expand = unit(outputs // 4, new, 1, groups=groups, relu=False)

        def forward(self, x):
            y = self.compress(x)
            y = nn.functional.channel_shuffle(y, self.groups)
            y = self.expand(self.depthwise(y))
            if self.halves:
                return torch.cat([nn.functional.avg_pool2d(x, 3, 2, 1), y], 1).relu()
            return (x + y).relu()

    def __init__(self, groups, classes):
        super().__init__()
        self.conv1 = unit(3, 24, 3, 2)
        inputs, second = 24, {1: 144, 2: 200, 3: 240, 4: 272, 8: 384}[groups]
        for stage, (units, outputs) in enumerate([(4, second), (8, 2 * second), (4, 4 * second)]):
            layers = []
            for place in range(units):
                layers.append(ShuffleNetV1.Unit(inputs, outputs, groups, stage == 0 and place == 0))
                inputs = outputs
            setattr(self, f"stage{stage + 2}", nn.Sequential(*layers))
        self.fc = nn.Linear(inputs, classes)

    def forward(self, x):
        x = nn.functional.max_pool2d(self.conv1(x), 3, 2, 1)
        return self.fc(self.stage4(self.stage3(self.stage2(x))).mean((2, 3)))


class EfficientNetLite0(nn.Module):
    """B0 of torchvision without gates and with ReLU6; TensorFlow's padding and constants. Names are the published weights'."""

    STAGES = [(1, 3, 1, 16, 1), (6, 3, 2, 24, 2), (6, 5, 2, 40, 2), (6, 3, 2, 80, 3), (6, 5, 1, 112, 3), (6, 5, 2, 192, 4), (6, 3, 1, 320, 1)]

    class Same(nn.Conv2d):
        """Pads so that ceil(side / stride) places come out, the odd pixel behind."""

        def forward(self, x):
            padding = []
            for side, kernel, stride in zip(x.shape[:1:-1], self.kernel_size[::-1], self.stride[::-1]):
                missing = max((-(-side // stride) - 1) * stride + kernel - side, 0)
                padding += [missing // 2, missing - missing // 2]
            return super().forward(nn.functional.pad(x, padding))

    class Block(nn.Module):
        def __init__(self, expansion, kernel, stride, inputs, outputs):
            super().__init__()
            wide, same = inputs * expansion, EfficientNetLite0.Same
            self.expands, self.adds = expansion > 1, stride == 1 and inputs == outputs
            if self.expands:
                self._expand_conv, self._bn0 = same(inputs, wide, 1, bias=False), nn.BatchNorm2d(wide, 1e-3)
            self._depthwise_conv, self._bn1 = same(wide, wide, kernel, stride, groups=wide, bias=False), nn.BatchNorm2d(wide, 1e-3)
            self._project_conv, self._bn2 = same(wide, outputs, 1, bias=False), nn.BatchNorm2d(outputs, 1e-3)

        def forward(self, x):
            y = nn.functional.relu6(self._bn0(self._expand_conv(x))) if self.expands else x
            y = self._bn2(self._project_conv(nn.functional.relu6(self._bn1(self._depthwise_conv(y)))))
            return x + y if self.adds else y

    def __init__(self, classes):
        super().__init__()
        self._conv_stem, self._bn0 = EfficientNetLite0.Same(3, 32, 3, 2, bias=False), nn.BatchNorm2d(32, 1e-3)
        blocks, inputs = [], 32
        for expansion, kernel, stride, outputs, count in self.STAGES:
            for place in range(count):
                blocks.append(EfficientNetLite0.Block(expansion, kernel, stride if place == 0 else 1, inputs, outputs))
                inputs = outputs
        self._blocks = nn.Sequential(*blocks)
        self._conv_head, self._bn1 = EfficientNetLite0.Same(inputs, 1280, 1, bias=False), nn.BatchNorm2d(1280, 1e-3)
        self._fc = nn.Linear(1280, classes)

    def forward(self, x):
        x = self._blocks(nn.functional.relu6(self._bn0(self._conv_stem(x))))
        return self._fc(nn.functional.relu6(self._bn1(self._conv_head(x))).mean((2, 3)))


# Our name, torchvision's, and the side of the pictures.
TORCHVISION = (
    [("alexnet", "alexnet", 64), ("googlenet", "googlenet", 64), ("inception-v3", "inception_v3", 96)]
    + [(f"vgg{n}{bn}", f"vgg{n}{bn.replace('-', '_')}", 32) for n in (11, 13, 16, 19) for bn in ("", "-bn")]
    + [(f"resnet{n}", f"resnet{n}", 64) for n in (18, 34, 50, 101, 152)]
    + [("resnext50-32x4d", "resnext50_32x4d", 64), ("resnext101-32x8d", "resnext101_32x8d", 64)]
    + [("mobilenet-v2", "mobilenet_v2", 64), ("mobilenet-v3-small", "mobilenet_v3_small", 64)]
    + [("mobilenet-v3-large", "mobilenet_v3_large", 64)]
    + [(f"shufflenet-v2-x{w}", f"shufflenet_v2_x{w.replace('.', '_')}", 64) for w in ("0.5", "1.0", "1.5", "2.0")]
    + [("squeezenet1-0", "squeezenet1_0", 64), ("squeezenet1-1", "squeezenet1_1", 64)]
    + [(f"efficientnet-b{n}", f"efficientnet_b{n}", 64) for n in range(8)]
)

# One small member of each family, with ten classes, for training: the network and the side of the pictures.
SMALL = {
    "alexnet": (lambda: torchvision.models.alexnet(num_classes=10), 64),
    "alexnet-2012": (AlexNet2012, 99),
    "vgg11-bn": (lambda: torchvision.models.vgg11_bn(num_classes=10), 32),
    "googlenet": (lambda: torchvision.models.googlenet(num_classes=10, init_weights=False), 64),
    "inception-v3": (lambda: torchvision.models.inception_v3(num_classes=10, init_weights=False), 299),
    "resnet18": (lambda: torchvision.models.resnet18(num_classes=10), 64),
    "resnet20": (lambda: Thin(20), 32),
    "plain20": (lambda: Thin(20, residual=False), 32),
    "resnext50-32x4d": (lambda: torchvision.models.resnext50_32x4d(num_classes=10), 64),
    "squeezenet1-1": (lambda: torchvision.models.squeezenet1_1(num_classes=10), 64),
    "mobilenet-v1": (lambda: MobileNetV1(10), 64),
    "mobilenet-v2": (lambda: torchvision.models.mobilenet_v2(num_classes=10), 64),
    "mobilenet-v3-small": (lambda: torchvision.models.mobilenet_v3_small(num_classes=10), 64),
    "shufflenet-v1-g3": (lambda: ShuffleNetV1(3, 10), 64),
    "shufflenet-v1-g8": (lambda: ShuffleNetV1(8, 10), 64),
    "shufflenet-v2-x0.5": (lambda: torchvision.models.shufflenet_v2_x0_5(num_classes=10), 64),
    "efficientnet-b0": (lambda: torchvision.models.efficientnet_b0(num_classes=10), 64),
    "efficientnet-lite0": (lambda: EfficientNetLite0(10), 64),
}

BATCH = 3


def digest(name, gradient):
    """The norm of a gradient, its product with formula-drawn numbers, and six of its elements."""
    flat = gradient.double().flatten()
    draws = torch.from_numpy(2.0 * uniform(f"{name}/digest", flat.numel()).astype(numpy.float64) - 1.0)
    places = [int(place) for place in uniform(f"{name}/places", 6).astype(numpy.float64) * flat.numel()]
    return [flat.norm().item(), (flat @ draws).item()] + [flat[place].item() for place in places]


def learn(name, make, side):
    """A training pass in f64: the logits, of side branches too, and the digest of each parameter's gradient. In f32 a rounding
    can move a number over a ReLU's kink, and the gradients of a deep network by per cents."""
    network = filled(make()).double().train()
    outputs = every_output(network, pictures(BATCH, side).double())
    loss = sum(
        (logits * torch.from_numpy(uniform(f"seed {place}", logits.numel()).reshape(logits.shape) - numpy.float32(0.5)).double()).sum()
        for place, logits in enumerate(outputs)
    )
    loss.backward()
    arrays = {f"{name}/train.{place}": logits.detach().float().numpy() for place, logits in enumerate(outputs)}
    for parameter, value in network.named_parameters():
        arrays[f"{name}/gradient.{parameter}"] = numpy.array(digest(parameter, value.grad), numpy.float32)
    return arrays | noise(name, network, side)


def every_output(network, x):
    outputs = network(x)
    outputs = list(outputs) if isinstance(outputs, tuple) else [outputs]
    # torchvision gives the main logits, then the side branches from the last to the first.
    return outputs[:1] + outputs[:0:-1]


def noise(name, network, side):
    """How far relative noise of 1e-6 on the pictures moves the logits of a training pass: the length of the difference relative
    to theirs. What a pass in f32 can be held to: a deep network with batch normalization enlarges any error a hundredfold."""
    x = pictures(BATCH, side).double()
    draws = 2.0 * uniform("noise", x.numel()).astype(numpy.float64).reshape(x.shape) - 1.0
    with torch.no_grad():
        clean = every_output(network, x)
        noisy = every_output(network, x * (1.0 + 1e-6 * 3.0**0.5 * torch.from_numpy(draws)))
    moved = [(there - here).norm() / here.norm() for here, there in zip(clean, noisy)]
    return {f"{name}/noise.{place}": numpy.array([x.item()], numpy.float32) for place, x in enumerate(moved)}


def main():
    torch.set_num_threads(2)
    arrays, facts = {}, {}
    for name, theirs, side in TORCHVISION:
        meta = get_model_weights(theirs).DEFAULT.meta
        kind = {"init_weights": False} if name in ("googlenet", "inception-v3") else {}
        network = filled(getattr(torchvision.models, theirs)(**kind)).eval()
        with torch.no_grad():
            arrays[f"{name}/eval"] = network(pictures(1, side)).numpy()
        facts[name] = {"side": side, "parameters": meta["num_params"], "billion_multiplies": meta["_ops"]}
        print(name, arrays[f"{name}/eval"].std())
    for name, (make, side) in SMALL.items():
        arrays |= learn(name, make, side)
        print(name, "train", arrays[f"{name}/train.0"].std())
    save_file(arrays, HERE / "networks.safetensors")
    (HERE / "networks.json").write_text(json.dumps(facts, indent=1) + "\n")


if __name__ == "__main__":
    main()
