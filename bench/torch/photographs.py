"""Writes a folder of JPEG files that are as hard to decode as photographs: photographs.py FOLDER COUNT.

Sides of 400 to 500 pixels, as ImageNet's; noise whose octaves fall off as in nature (1/f), edges of shapes upon it, the grain of
a camera; quality 88 to 95 with halved colour: 60 to 115 KB each. The same files come from the same program.
"""

import sys
from pathlib import Path

import numpy
from PIL import Image, ImageDraw


def photograph(random):
    width, height = (int(side) for side in random.integers(400, 501, 2))
    picture = numpy.zeros((height, width, 3), numpy.float32)
    for octave in range(8):
        cells = 2 << octave
        noise = random.normal(0, 60 / (octave + 1), (cells, cells, 3)).astype(numpy.float32)
        noise = 0.7 * noise.mean(2, keepdims=True) + 0.3 * noise  # colours change less than brightness
        layers = [Image.fromarray(noise[..., channel]).resize((width, height), Image.Resampling.BICUBIC) for channel in range(3)]
        picture += numpy.stack([numpy.asarray(layer) for layer in layers], -1)
    image = Image.fromarray(numpy.clip(picture + 120, 0, 255).astype(numpy.uint8))
    draw = ImageDraw.Draw(image, "RGBA")
    for _ in range(12):
        x, y, a, b = (int(number) for number in random.integers(0, 400, 4))
        shape = draw.ellipse if random.random() < 0.5 else draw.rectangle
        shape([min(x, a), min(y, b), max(x, a), max(y, b)], fill=tuple(int(c) for c in random.integers(0, 256, 3)) + (110,))
    grain = random.normal(0, 6, (height, width, 1))
    return Image.fromarray(numpy.clip(numpy.asarray(image) + grain, 0, 255).astype(numpy.uint8))


folder = Path(sys.argv[1]) / "all"  # one class
folder.mkdir(parents=True, exist_ok=True)
for place in range(int(sys.argv[2])):
    random = numpy.random.default_rng(place)
    photograph(random).save(folder / f"{place:04}.jpg", quality=int(random.integers(88, 96)))
