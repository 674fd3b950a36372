"""Writes data/ops_*.safetensors: every op, every option, forward and backward, by PyTorch in f64.

A case is one line here and one line of the same name in crates/core/tests/golden_ops/. `ops.py NAME ..` writes some families only.
"""

import sys

import torch
import torch.nn as nn
import torch.nn.functional as F

from reference import IMAGE, SEQUENCE, VOLUME, Family, Input, image, normal, sequence, uniform, volume


def algebra():
    f = Family("algebra")
    for name, function in [("add", torch.add), ("sub", torch.sub), ("mul", torch.mul)]:
        f.add(name, function, normal(5, 37), normal(5, 37))
        f.add(f"{name} row", function, normal(5, 37), normal(37))
        f.add(f"{name} column", function, normal(5, 1), normal(3, 5, 7))
        f.add(f"{name} scalar", function, normal(), normal(2, 3))
    f.add("div", torch.div, normal(5, 37), uniform(0.5, 2.0, 5, 37))
    f.add("div row", torch.div, normal(5, 37), uniform(-2.0, -0.5, 37))
    f.add("div column", torch.div, normal(5, 1), uniform(0.5, 2.0, 3, 5, 7))
    f.add("scale", lambda x: 2.5 * x, normal(3, 7))
    f.add("matmul", torch.matmul, normal(5, 7), normal(7, 19))
    f.add("matmul left transposed", lambda a, b: a.T @ b, normal(7, 5), normal(7, 19))
    f.add("matmul right transposed", lambda a, b: a @ b.T, normal(5, 7), normal(19, 7))
    f.add("matmul both transposed", lambda a, b: a.T @ b.T, normal(7, 5), normal(19, 7))
    f.add("matmul batch", torch.matmul, normal(2, 3, 5, 7), normal(2, 3, 7, 4))
    f.add("matmul one right", torch.matmul, normal(3, 5, 7), normal(7, 4))
    f.add("matmul one left", torch.matmul, normal(5, 7), normal(3, 7, 4))
    f.add("linear", F.linear, normal(5, 19), normal(11, 19), normal(11))
    f.add("linear no bias", F.linear, normal(5, 19), normal(11, 19))
    f.add("linear rank 3", F.linear, normal(2, 3, 7), normal(5, 7), normal(5))
    f.add("sum", torch.sum, normal(5, 7))
    f.add("mean", torch.mean, normal(5, 7))
    for axes in [(0,), (1,), (2,), (0, 2), (1, 2), (0, 1, 2)]:
        label = "".join(map(str, axes))
        f.add(f"sum {label}", lambda x: x.sum(axes), normal(3, 5, 19))
        f.add(f"mean {label}", lambda x: x.mean(axes), normal(3, 5, 19))
    f.add("permute", lambda x: x.permute(2, 0, 1), normal(3, 5, 7))
    f.add("reshape", lambda x: x.reshape(5, 21), normal(3, 5, 7))
    f.add("broadcast", lambda x: x.broadcast_to(3, 5, 7), normal(5, 1))
    return f


def padded(sides, value=0.0):
    """Pads [left, right, top, bottom] (or [left, right]) first: what PyTorch's own padding cannot say."""
    return lambda x: F.pad(x, sides, value=value)


def convolution():
    f = Family("convolution")

    def conv2d(name, x, weight, pad=None, **options):
        before = padded(pad) if pad else lambda x: x
        run = lambda x, weight, bias: F.conv2d(before(x), weight, bias, **options)
        f.add(name, run, image(*x), image(*weight), normal(weight[0]), layout=IMAGE)

    f.add("conv2d no bias", F.conv2d, image(2, 3, 7, 9), image(5, 3, 3, 3), layout=IMAGE)
    conv2d("conv2d", (2, 3, 7, 9), (5, 3, 3, 3))
    conv2d("conv2d 1x1", (2, 19, 5, 4), (17, 19, 1, 1))
    conv2d("conv2d 1x1 stride", (2, 5, 6, 7), (4, 5, 1, 1), stride=2)
    conv2d("conv2d tall", (2, 3, 9, 6), (4, 3, 5, 1), padding=(2, 0))
    conv2d("conv2d stride", (2, 3, 9, 8), (5, 3, 3, 3), stride=2)
    conv2d("conv2d strides", (2, 3, 9, 8), (5, 3, 3, 3), stride=(2, 1))
    conv2d("conv2d stride beyond kernel", (2, 3, 9, 11), (5, 3, 2, 2), stride=3)
    conv2d("conv2d padding", (2, 3, 7, 6), (5, 3, 3, 3), padding=1)
    conv2d("conv2d paddings", (2, 3, 7, 6), (5, 3, 5, 3), padding=(2, 1))
    conv2d("conv2d asymmetric", (2, 3, 7, 6), (5, 3, 3, 3), pad=(1, 0, 0, 2))
    conv2d("conv2d same even", (2, 3, 7, 6), (5, 3, 2, 4), padding="same")
    conv2d("conv2d same stride", (2, 3, 7, 6), (5, 3, 3, 3), pad=(0, 1, 1, 1), stride=2)
    conv2d("conv2d dilation", (2, 3, 9, 10), (5, 3, 3, 3), dilation=2, padding=2)
    conv2d("conv2d dilations", (2, 3, 9, 10), (5, 3, 3, 3), dilation=(1, 3), stride=(1, 2))
    conv2d("conv2d groups", (2, 6, 7, 6), (9, 2, 3, 3), groups=3, padding=1)
    conv2d("conv2d groups stride", (2, 8, 7, 6), (6, 4, 3, 3), groups=2, stride=2)
    conv2d("conv2d depthwise", (2, 19, 7, 6), (19, 1, 3, 3), groups=19, padding=1)
    conv2d("conv2d depthwise stride", (2, 17, 9, 8), (17, 1, 5, 5), groups=17, padding=2, stride=2)
    conv2d("conv2d depthwise dilation", (2, 5, 9, 8), (5, 1, 3, 3), groups=5, padding=2, dilation=2)
    conv2d("conv2d depthwise multiplier", (2, 5, 7, 6), (10, 1, 3, 3), groups=5, padding=1)
    conv2d("conv2d whole", (3, 2, 5, 5), (7, 2, 5, 5))

    def conv1d(name, x, weight, pad=None, **options):
        before = padded(pad) if pad else lambda x: x
        run = lambda x, weight, bias: F.conv1d(before(x), weight, bias, **options)
        f.add(name, run, sequence(*x), sequence(*weight), normal(weight[0]), layout=SEQUENCE)

    conv1d("conv1d", (2, 3, 13), (5, 3, 3))
    conv1d("conv1d stride", (2, 3, 13), (5, 3, 4), stride=3)
    conv1d("conv1d padding", (2, 3, 13), (5, 3, 3), padding=2)
    conv1d("conv1d asymmetric", (2, 3, 13), (5, 3, 3), pad=(2, 0))
    conv1d("conv1d same", (2, 3, 13), (5, 3, 4), padding="same")
    conv1d("conv1d dilation", (2, 3, 13), (5, 3, 3), dilation=3)
    conv1d("conv1d groups", (2, 6, 13), (4, 3, 3), groups=2)
    conv1d("conv1d depthwise", (2, 5, 13), (5, 1, 3), groups=5, padding=1)

    def conv3d(name, x, weight, pad=None, **options):
        before = padded(pad) if pad else lambda x: x
        run = lambda x, weight, bias: F.conv3d(before(x), weight, bias, **options)
        f.add(name, run, volume(*x), volume(*weight), normal(weight[0]), layout=VOLUME)

    conv3d("conv3d", (2, 3, 4, 5, 6), (5, 3, 2, 3, 3))
    conv3d("conv3d sides", (2, 3, 4, 5, 6), (5, 3, 3, 1, 5), padding=(1, 0, 2))
    conv3d("conv3d stride", (2, 3, 5, 6, 7), (4, 3, 3, 3, 3), stride=2, padding=1)
    conv3d("conv3d strides", (2, 3, 4, 7, 6), (4, 3, 2, 2, 3), stride=(1, 3, 2))
    conv3d("conv3d asymmetric", (2, 3, 3, 5, 4), (4, 3, 3, 3, 2), pad=(1, 0, 0, 1, 2, 0))
    conv3d("conv3d same even", (2, 3, 4, 5, 4), (4, 3, 2, 4, 3), padding="same")
    conv3d("conv3d dilation", (2, 3, 5, 4, 6), (4, 3, 3, 3, 3), dilation=(2, 1, 2), padding=1)
    conv3d("conv3d groups", (2, 6, 4, 5, 4), (9, 2, 3, 3, 3), groups=3, padding=1)
    conv3d("conv3d depthwise", (2, 5, 5, 4, 6), (5, 1, 3, 3, 3), groups=5, padding=1, stride=(2, 1, 1))
    f.add("conv3d no bias", F.conv3d, volume(2, 3, 4, 5, 6), volume(5, 3, 2, 3, 3), layout=VOLUME)
    return f


def pooling():
    f = Family("pooling")

    def pool(name, function, *shape, x=None, **options):
        f.add(name, lambda x: function(x, **options), x or image(*shape), layout=IMAGE)

    pool("max_pool2d", F.max_pool2d, 2, 19, 6, 8, kernel_size=2)
    pool("max_pool2d overlapping", F.max_pool2d, 2, 5, 9, 8, kernel_size=3, stride=2)
    pool("max_pool2d sides", F.max_pool2d, 2, 5, 9, 8, kernel_size=(3, 2), stride=(1, 2))
    pool("max_pool2d padding", F.max_pool2d, 2, 5, 9, 8, kernel_size=3, stride=2, padding=1)
    pool("max_pool2d dilation", F.max_pool2d, 2, 5, 9, 8, kernel_size=2, stride=2, dilation=3)
    pool("max_pool2d ceil", F.max_pool2d, 2, 5, 8, 10, kernel_size=3, stride=2, ceil_mode=True)
    pool("max_pool2d adaptive", F.adaptive_max_pool2d, 2, 5, 7, 10, output_size=(3, 4))
    f.add("max_pool2d global", lambda x: x.amax((2, 3)), image(2, 19, 5, 4))
    pool("avg_pool2d", F.avg_pool2d, 2, 19, 6, 8, kernel_size=2)
    pool("avg_pool2d overlapping", F.avg_pool2d, 2, 5, 9, 8, kernel_size=3, stride=2)
    pool("avg_pool2d padding", F.avg_pool2d, 2, 5, 9, 8, kernel_size=3, stride=2, padding=1)
    pool("avg_pool2d inside", F.avg_pool2d, 2, 5, 9, 8, kernel_size=3, stride=2, padding=1, count_include_pad=False)
    pool("avg_pool2d ceil", F.avg_pool2d, 2, 5, 8, 10, kernel_size=3, stride=2, ceil_mode=True)
    pool("avg_pool2d ceil padding", F.avg_pool2d, 2, 5, 7, 9, kernel_size=4, stride=3, padding=1, ceil_mode=True)
    pool("avg_pool2d adaptive", F.adaptive_avg_pool2d, 2, 5, 7, 10, output_size=(3, 4))
    f.add("avg_pool2d global", lambda x: x.mean((2, 3)), image(2, 19, 5, 4))
    pool("l2_pool2d", F.lp_pool2d, 2, 19, 6, 8, norm_type=2.0, kernel_size=2)
    pool("l2_pool2d overlapping", F.lp_pool2d, 2, 5, 9, 8, norm_type=2.0, kernel_size=3, stride=2)
    weighted = lambda x, w: F.conv2d(x, (w / w.sum()).expand(5, 1, 3, 3), stride=2, groups=5)
    f.add("weighted_pool2d", weighted, image(2, 5, 9, 8), uniform(0.5, 2.0, 3, 3), layout=IMAGE)

    def pool1d(name, function, *shape, **options):
        f.add(name, lambda x: function(x, **options), sequence(*shape), layout=SEQUENCE)

    pool1d("max_pool1d", F.max_pool1d, 2, 5, 12, kernel_size=3)
    pool1d("max_pool1d padding", F.max_pool1d, 2, 5, 13, kernel_size=3, stride=2, padding=1)
    pool1d("max_pool1d dilation", F.max_pool1d, 2, 5, 13, kernel_size=3, stride=2, dilation=2)
    pool1d("max_pool1d ceil", F.max_pool1d, 2, 5, 12, kernel_size=3, stride=2, ceil_mode=True)
    pool1d("max_pool1d adaptive", F.adaptive_max_pool1d, 2, 5, 13, output_size=4)
    pool1d("avg_pool1d", F.avg_pool1d, 2, 5, 12, kernel_size=3)
    pool1d("avg_pool1d padding", F.avg_pool1d, 2, 5, 13, kernel_size=3, stride=2, padding=1)
    pool1d("avg_pool1d inside", F.avg_pool1d, 2, 5, 13, kernel_size=3, stride=2, padding=1, count_include_pad=False)
    pool1d("avg_pool1d adaptive", F.adaptive_avg_pool1d, 2, 5, 13, output_size=4)
    pool1d("l2_pool1d", F.lp_pool1d, 2, 5, 12, norm_type=2.0, kernel_size=3)
    return f


def pointwise():
    """Steps and signs have no gradient and are not here."""
    f = Family("pointwise")
    for name, function in [
        ("relu", F.relu),
        ("relu6", F.relu6),
        ("leaky_relu", F.leaky_relu),
        ("leaky_relu 0.2", lambda x: F.leaky_relu(x, 0.2)),
        ("elu", F.elu),
        ("elu 0.5", lambda x: F.elu(x, 0.5)),
        ("selu", F.selu),
        ("sigmoid", torch.sigmoid),
        ("tanh", torch.tanh),
        ("softplus", F.softplus),
        ("gelu", F.gelu),
        ("silu", F.silu),
        ("hard_swish", F.hardswish),
        ("hard_sigmoid", lambda x: F.relu6(x + 3) / 6),  # F.hardsigmoid has no second derivative
        ("exp", torch.exp),
        ("erf", torch.erf),
        ("abs", torch.abs),
        ("square", torch.square),
    ]:
        f.add(name, function, normal(3, 37, scale=2.0))
    for name, function in [("sigmoid", torch.sigmoid), ("tanh", torch.tanh), ("softplus", F.softplus)]:
        f.add(f"{name} far", function, normal(3, 37, scale=20.0))
    for name, function in [("ln", torch.log), ("sqrt", torch.sqrt), ("recip", torch.reciprocal)]:
        f.add(name, function, uniform(0.2, 5.0, 3, 37))
    return f


def normalization():
    f = Family("normalization")
    stretched = dict(scale=3.0, shift=1.0)

    def channels(count):
        return [normal(count, scale=0.5, shift=1.0), normal(count)]

    def batch_norm(name, x, layout):
        count = x.values.shape[1]
        for relu in ["", " relu"]:
            after = F.relu if relu else lambda y: y
            train = lambda x, w, b: after(F.batch_norm(x, None, None, w, b, training=True))
            f.add(f"{name}{relu}", train, x, *channels(count), layout=layout)
            mean, variance = torch.randn(count).double(), torch.rand(count).double() + 0.5
            f.keep(f"{name} eval{relu}/running_mean", mean.float())
            f.keep(f"{name} eval{relu}/running_var", variance.float())
            run = lambda x, w, b: after(F.batch_norm(x, mean, variance, w, b, eps=1e-3))
            f.add(f"{name} eval{relu}", run, x, *channels(count), layout=layout)
        # What a step of training leaves in a layer that started new.
        layer = torch.nn.BatchNorm1d(count, momentum=0.25).double()
        layer(x.values.reshape(x.values.shape[0], count, -1))
        f.keep(f"{name}/running_mean", layer.running_mean.float())
        f.keep(f"{name}/running_var", layer.running_var.float())

    batch_norm("batch_norm", normal(7, 19, **stretched), None)
    batch_norm("batch_norm images", image(3, 19, 4, 5, **stretched), IMAGE)
    batch_norm("batch_norm sequences", sequence(3, 5, 7, **stretched), SEQUENCE)
    norm = lambda *sizes: lambda x, w, b: F.layer_norm(x, sizes, w, b)
    f.add("layer_norm", norm(37), normal(5, 37, **stretched), *channels(37))
    f.add("layer_norm rank 3", norm(19), normal(2, 3, 19, **stretched), *channels(19))
    f.add("layer_norm two axes", norm(5, 7), normal(3, 5, 7, **stretched), normal(5, 7), normal(5, 7))
    f.add("layer_norm epsilon", lambda x, w, b: F.layer_norm(x, (9,), w, b, eps=0.1), normal(5, 9), *channels(9))
    for groups in [1, 2, 3, 6]:
        run = lambda x, w, b: F.group_norm(x, groups, w, b)
        f.add(f"group_norm {groups}", run, image(2, 6, 4, 5, **stretched), *channels(6), layout=IMAGE)
    run = lambda x, w, b: F.group_norm(x, 2, w, b)
    f.add("group_norm sequences", run, sequence(2, 38, 5, **stretched), *channels(38), layout=SEQUENCE)
    large = dict(alpha=0.5, beta=0.75, k=2.0)
    for size in [5, 4, 1]:
        between = lambda x: F.local_response_norm(x, size, **large)
        f.add(f"local_response_norm {size}", between, image(2, 19, 3, 4), layout=IMAGE)

    def within(x, size):
        """PyTorch normalizes between maps only: within a map, the mean of squares is an average pooling."""
        before, after = size // 2, (size - 1) // 2
        mean = F.avg_pool2d(F.pad(x * x, (before, after, before, after)), size, stride=1)
        return x / (2.0 + 0.5 * mean) ** 0.75

    for size in [3, 2]:
        f.add(f"local_response_norm_in_map {size}", lambda x: within(x, size), image(2, 5, 6, 7), layout=IMAGE)
    return f


def loss():
    f = Family("loss")
    x, target = lambda: normal(5, 7), lambda: normal(5, 7)
    f.add("mse", F.mse_loss, x(), target())
    f.add("quadratic", lambda x, t: 0.5 * F.mse_loss(x, t, reduction="sum") / 5, x(), target())
    f.add("mae", F.l1_loss, x(), target())
    for size in [0.5, 1.0]:
        f.add(f"huber {size}", lambda x, t: F.huber_loss(x, t, delta=size), x(), target())
        f.add(f"smooth_l1 {size}", lambda x, t: F.smooth_l1_loss(x, t, beta=size), x(), target())
    f.add("binary_cross_entropy", F.binary_cross_entropy, uniform(0.02, 0.98, 5, 7), uniform(0, 1, 5, 7))
    f.add("binary_cross_entropy_with_logits", F.binary_cross_entropy_with_logits, normal(5, 7, scale=3.0), uniform(0, 1, 5, 7))
    f.add("binary_cross_entropy_with_logits far", F.binary_cross_entropy_with_logits, normal(5, 7, scale=60.0), uniform(0, 1, 5, 7))
    signs = torch.randn(5, 7).sign().double()
    f.keep("hinge/target", signs.float())
    f.add("hinge", lambda x: (1 - signs * x).clamp(min=0).mean(), x())
    share = torch.softmax(torch.randn(5, 7).double(), 1).float().double()
    share[2, 3] = 0.0
    f.keep("kl_divergence/target", share.float())
    f.add("kl_divergence", lambda x: F.kl_div(x, share, reduction="batchmean"), x())
    labels = torch.tensor([3, 0, 6, 6, 1])
    f.add("nll", F.nll_loss, x(), indices=labels)
    f.add("cross_entropy", F.cross_entropy, x(), indices=labels)
    f.add("cross_entropy wide", F.cross_entropy, normal(3, 37, scale=5.0), indices=torch.tensor([36, 0, 20]))
    # Each row's numbers lie far from the other rows': a largest number must be each row's own.
    rows = normal(5, 7)
    rows.values += torch.tensor([0.0, 300.0, -300.0, 1000.0, -1000.0]).double()[:, None]
    rows.values = rows.values.float().double()
    f.add("cross_entropy far rows", F.cross_entropy, rows, indices=labels)
    return f


def choice():
    """What picks, bounds and compares, and what works along an axis."""
    f = Family("choice")
    x = lambda: normal(3, 5, 19, scale=2.0)
    for name, function in [("step", lambda x: (x >= 0) + 0.0 * x), ("sin", torch.sin), ("cos", torch.cos)]:
        f.add(name, function, normal(3, 37, scale=2.0))
    f.add("sign", torch.sign, Input(torch.tensor([-2.0, -0.0, 0.0, 0.5, 3.0])))
    f.add("clamp", lambda x: x.clamp(-1, 0.5), Input(torch.tensor([-2.0, -1.0, -0.3, 0.5, 0.7])))
    f.add("powf 3", lambda x: x**3, normal(3, 7))
    f.add("powf 0", lambda x: x**0, Input(torch.tensor([-2.0, 0.0, 3.0])))
    f.add("powf -1.5", lambda x: x**-1.5, uniform(0.3, 3.0, 3, 7))
    for name, function in [("maximum", torch.maximum), ("minimum", torch.minimum)]:
        f.add(name, function, normal(5, 37), normal(5, 37))
        f.add(f"{name} column", function, normal(5, 1), normal(3, 5, 7))
        f.add(f"{name} of equals", function, Input(torch.tensor([1.0, 2.0])), Input(torch.tensor([1.0, 3.0])))
    for axis in range(3):
        f.add(f"softmax {axis}", lambda x: x.softmax(axis), x())
        f.add(f"log_softmax {axis}", lambda x: x.log_softmax(axis), x())
        f.add(f"logsumexp {axis}", lambda x: x.logsumexp(axis), x())
        f.add(f"max_axis {axis}", lambda x: x.max(axis).values, x())
        f.add(f"min_axis {axis}", lambda x: x.min(axis).values, x())
    f.add("softmax far", lambda x: x.softmax(1), normal(3, 7, scale=200.0))
    f.add("log_softmax far", lambda x: x.log_softmax(1), normal(3, 7, scale=200.0))
    f.add("logsumexp far", lambda x: x.logsumexp(1), normal(3, 7, scale=200.0))
    places = torch.tensor([[3, 3, 0], [1, 6, 2]])
    f.add("pick", lambda x, at: x.gather(1, at), normal(2, 7), indices=places)
    words = torch.tensor([[3, 0, 3], [5, 1, 3]])
    f.add("gather_rows", lambda table, at: F.embedding(at, table), normal(6, 5), indices=words)
    f.add("prelu", F.prelu, image(2, 5, 3, 4), normal(5), layout=IMAGE)
    f.add("prelu one", F.prelu, normal(3, 7), normal(1))
    return f


def structure():
    f = Family("structure")
    x = lambda: normal(3, 5, 7)
    for axis, sizes in enumerate([(2, 5, 7), (3, 1, 7), (3, 5, 4)]):
        f.add(f"concat {axis}", lambda *x: torch.cat(x, axis), x(), normal(*sizes), x())
        f.add(f"narrow {axis}", lambda x: x.narrow(axis, 1, 2), x())
    for axis in range(3):
        f.add(f"stack {axis}", lambda *x: torch.stack(x, axis), normal(3, 7), normal(3, 7))
    f.add("pad", lambda x: F.pad(x, (1, 2, 0, 3, 4, 0), value=0.5), x())
    return f


def loss_options():
    f = Family("loss_options")
    labels, x = torch.tensor([3, 0, 6, 6, 1]), lambda: normal(5, 7)
    weights = torch.tensor([0.5, 1.0, 2.0, 0.25, 1.0, 0.0, 3.0]).double()
    for name, options in [
        ("smoothing", dict(label_smoothing=0.1)),
        ("weights", dict(weight=weights)),
        ("ignored", dict(ignore_index=6)),
        ("sum", dict(reduction="sum")),
        ("all", dict(label_smoothing=0.2, weight=weights, ignore_index=0)),
    ]:
        f.add(f"cross_entropy {name}", lambda x, y: F.cross_entropy(x, y, **options), x(), indices=labels)
    f.add("soft_cross_entropy", F.cross_entropy, x(), uniform(0, 1, 5, 7))
    for name, options in [
        ("multi_margin", {}),
        ("multi_margin 0.3", dict(margin=0.3)),
        ("squared_multi_margin", dict(p=2)),
    ]:
        # PyTorch has no second derivative of it.
        f.add(name, lambda x, y: F.multi_margin_loss(x, y, **options), x(), indices=labels, twice=False)
    return f


def layer():
    """Layers with their state, as published files have it."""
    f = Family("layer")
    f.module("Linear", nn.Linear(7, 5), normal(3, 7))
    f.module("Linear no bias", nn.Linear(7, 5, bias=False), normal(3, 7))
    for name, module in [
        ("Conv2d", nn.Conv2d(6, 4, 3)),
        ("Conv2d no bias", nn.Conv2d(6, 4, (3, 2), bias=False)),
        ("Conv2d stride", nn.Conv2d(6, 4, 3, stride=2, padding=1)),
        ("Conv2d same", nn.Conv2d(6, 4, 5, padding="same")),
        ("Conv2d dilation", nn.Conv2d(6, 4, 3, dilation=2)),
        ("Conv2d groups", nn.Conv2d(6, 4, 3, groups=2)),
        ("Conv2d depthwise", nn.Conv2d(6, 6, 3, groups=6, padding=(1, 0))),
        ("BatchNorm", nn.BatchNorm2d(6)),
        ("BatchNorm options", nn.BatchNorm2d(6, eps=1e-3, momentum=0.25)),
        ("GroupNorm", nn.GroupNorm(3, 6)),
        ("GroupNorm instance", nn.InstanceNorm2d(6, affine=True)),
    ]:
        f.module(name, module, image(2, 6, 7, 8), IMAGE)
    for name, module in [
        ("Conv1d", nn.Conv1d(6, 4, 3)),
        ("Conv1d options", nn.Conv1d(6, 4, 3, stride=2, padding=2, dilation=2, groups=2, bias=False)),
        ("BatchNorm sequences", nn.BatchNorm1d(6)),
    ]:
        f.module(name, module, sequence(2, 6, 13), SEQUENCE)
    f.module("BatchNorm features", nn.BatchNorm1d(6), normal(5, 6))
    f.module("LayerNorm", nn.LayerNorm(19), normal(2, 3, 19))
    f.module("LayerNorm two axes", nn.LayerNorm((3, 19), eps=1e-3), normal(2, 3, 19))
    network = nn.Sequential(
        *[nn.Conv2d(3, 8, 3, padding=1, bias=False), nn.BatchNorm2d(8), nn.ReLU(), nn.MaxPool2d(2)],
        *[nn.Conv2d(8, 8, 3, padding=1, groups=8), nn.GELU(), nn.AvgPool2d(2), nn.Conv2d(8, 12, 1), nn.SiLU()],
        *[nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(12, 10)],
    )
    f.module("network", network, image(4, 3, 12, 10))
    conv3d = nn.Conv3d(4, 6, (2, 3, 3), stride=(1, 2, 1), padding=(1, 0, 1), groups=2)
    f.module("Conv3d", conv3d, volume(2, 4, 4, 7, 6), VOLUME)
    return f


FAMILIES = [algebra, convolution, pooling, pointwise, normalization, choice, structure, loss, loss_options, layer]

if __name__ == "__main__":
    chosen = sys.argv[1:]
    for family in FAMILIES:
        if not chosen or family.__name__ in chosen:
            family().save()
