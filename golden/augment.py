"""Writes data/augment.safetensors: what torchvision's functions, where nothing is drawn, make of two small pictures, in f32."""

import pathlib

import torch
from safetensors.torch import save_file
from torchvision.transforms import functional as F
from torchvision.transforms.functional import InterpolationMode

DATA = pathlib.Path(__file__).parent / "data"
BILINEAR = InterpolationMode.BILINEAR

torch.manual_seed(3)
picture = torch.rand(3, 9, 11)
# Greys, and two equal channels: where hue is undefined or has two formulas.
picture[:, 0, 0], picture[:, 0, 1] = 0.0, 0.4
picture[:2, 0, 2] = 0.7
grey = torch.rand(1, 7, 6)
# In pixels; torchvision counts in halves of the sides.
displacement = torch.rand(1, 9, 11, 2) * 4 - 2

CASES = {
    "rotate": (picture, lambda x: F.affine(x, 30.0, [0, 0], 1.0, [0.0, 0.0], interpolation=BILINEAR)),
    "scale": (picture, lambda x: F.affine(x, 0.0, [0, 0], 1.3, [0.0, 0.0], interpolation=BILINEAR)),
    "shear": (picture, lambda x: F.affine(x, 0.0, [0, 0], 1.0, [20.0, -10.0], interpolation=BILINEAR)),
    "translate": (picture, lambda x: F.affine(x, 0.0, [2, -3], 1.0, [0.0, 0.0], interpolation=BILINEAR)),
    # Not 30 degrees, which takes some pixels to the very middle between two.
    "nearest": (picture, lambda x: F.affine(x, 25.0, [0, 0], 1.0, [0.0, 0.0], interpolation=InterpolationMode.NEAREST)),
    "resized crop": (picture, lambda x: F.resized_crop(x, 2, 3, 5, 6, [9, 11], interpolation=BILINEAR)),
    "elastic": (picture, lambda x: F.elastic_transform(x, displacement * 2 / torch.tensor([11.0, 9.0]), interpolation=BILINEAR)),
    # A radius of three deviations, rounded up.
    "blur": (picture, lambda x: F.gaussian_blur(x, [7, 7], [0.9, 0.9])),
    "blur grey": (grey, lambda x: F.gaussian_blur(x, [9, 9], [1.2, 1.2])),
    "brightness": (picture, lambda x: F.adjust_brightness(x, 1.4)),
    "contrast": (picture, lambda x: F.adjust_contrast(x, 0.6)),
    "contrast grey": (grey, lambda x: F.adjust_contrast(x, 1.7)),
    "saturation": (picture, lambda x: F.adjust_saturation(x, 1.8)),
    "hue": (picture, lambda x: F.adjust_hue(x, 0.3)),
    "hue back": (picture, lambda x: F.adjust_hue(x, -0.45)),
}

tensors = {name: function(given) for name, (given, function) in CASES.items()}
tensors |= {"picture": picture, "grey": grey}
# Here a picture is [height, width, channels].
tensors = {name: values.permute(1, 2, 0).contiguous() for name, values in tensors.items()}
tensors["displacement"] = displacement[0]
save_file(tensors, DATA / "augment.safetensors")
