"""Writes data/ops_*.safetensors: every op, every option, forward and backward, by PyTorch in f64.

A case is one line here and one line of the same name in crates/core/tests/golden_ops/.
"""

import torch
import torch.nn.functional as F

from reference import IMAGE, SEQUENCE, Family, image, normal, sequence, uniform


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


FAMILIES = [algebra, convolution, pooling]

if __name__ == "__main__":
    for family in FAMILIES:
        family().save()
