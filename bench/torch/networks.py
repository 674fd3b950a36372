"""The networks of the rows, torchvision's or written down here, with the weights of the formula of golden/networks.py.

    networks.py ROW FILE        writes a row's network as ONNX, and its picture beside it as FILE.npy
"""

import importlib.util
import sys
from pathlib import Path

import torch
import torchvision
from torch import nn

golden = importlib.util.spec_from_file_location("golden_networks", Path(__file__).resolve().parents[2] / "golden/networks.py")
formula = importlib.util.module_from_spec(golden)
golden.loader.exec_module(formula)
pictures = formula.pictures

# The registry's names are ours; torchvision's differ by more than their dashes.
TORCHVISION = {"squeezenet1-1": "squeezenet1_1", "shufflenet-v2-x1.0": "shufflenet_v2_x1_0", "resnext50-32x4d": "resnext50_32x4d"}


def shape(row):
    """Side of the pictures, how many, classes."""
    if row == "unet-train":
        return 128, 4, 2
    if row == "resnet18-32-train":
        return 32, 32, 10
    return 224, (8 if row.endswith("-train") else 1), 1000


class Double(nn.Module):
    def __init__(self, inputs, outputs):
        super().__init__()
        self.conv1, self.bn1 = nn.Conv2d(inputs, outputs, 3, 1, 1, bias=False), nn.BatchNorm2d(outputs)
        self.conv2, self.bn2 = nn.Conv2d(outputs, outputs, 3, 1, 1, bias=False), nn.BatchNorm2d(outputs)

    def forward(self, x):
        x = torch.relu_(self.bn1(self.conv1(x)))
        return torch.relu_(self.bn2(self.conv2(x)))


class UNet(nn.Module):
    """The one of bench/gradus/src/unet.rs."""

    def __init__(self):
        super().__init__()
        inputs = 3
        for level, width in enumerate([32, 64, 128, 256]):
            setattr(self, f"down{level}", Double(inputs, width))
            setattr(self, f"up{level}", nn.ConvTranspose2d(2 * width, width, 2, 2, bias=False))
            setattr(self, f"join{level}", Double(2 * width, width))
            inputs = width
        self.bottom, self.head = Double(256, 512), nn.Conv2d(32, 2, 1)

    def forward(self, x):
        kept = []
        for level in range(4):
            x = getattr(self, f"down{level}")(x)
            kept.append(x)
            x = nn.functional.max_pool2d(x, 2)
        x = self.bottom(x)
        for level in reversed(range(4)):
            x = getattr(self, f"join{level}")(torch.cat([kept.pop(), getattr(self, f"up{level}")(x)], 1))
        return self.head(x).permute(0, 2, 3, 1).reshape(-1, 2)


def fill_unet(net):
    for name, tensor in net.state_dict().items():
        if name.startswith("up"):  # ours is a 1x1 convolution to [2, 2, out] channels
            inputs, outputs = tensor.shape[:2]
            values = formula.fill(name, (4 * outputs, inputs, 1, 1)).view(2, 2, outputs, inputs).permute(3, 2, 0, 1)
        else:
            values = formula.fill(name, tuple(tensor.shape))
        tensor.copy_(values)
    return net


def filled(row):
    if row == "unet-train":
        return fill_unet(UNet())
    name = row.removesuffix("-train").removesuffix("-32")
    options = {"init_weights": False} if name == "googlenet" else {}
    build = getattr(torchvision.models, TORCHVISION.get(name, name.replace("-", "_")))
    net = build(num_classes=shape(row)[2], **options)
    if row == "resnet18-32-train":  # for small pictures the first convolution keeps their size and nothing is pooled
        net.conv1, net.maxpool = nn.Conv2d(3, 64, 3, 1, 1, bias=False), nn.Identity()
    return formula.filled(net)


def export(row, file):
    side, batch, _ = shape(row)
    x = pictures(batch, side)
    torch.onnx.export(filled(row).eval(), x, file, dynamo=False, input_names=["x"])
    formula.numpy.save(file + ".npy", x.numpy())


if __name__ == "__main__":
    export(*sys.argv[1:])
