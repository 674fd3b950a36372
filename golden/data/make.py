#!/usr/bin/env python3
"""Writes the files that other people's software made and crates/core/tests/golden_data.rs reads: NumPy archives, and
pictures in each format by Pillow. Needs numpy and pillow."""
from pathlib import Path

import numpy as np
from PIL import Image

here = Path(__file__).parent

count = np.arange(12).reshape(3, 4)
arrays = {
    "f4": count.astype("<f4") / 8,
    "f4_big": count.astype(">f4") / 8,
    "f8": count.astype("<f8") / 8,
    "f8_fortran": np.asfortranarray(count.astype("<f8") / 8),
    "u1": count.astype("u1"),
    "u1_fortran": np.asfortranarray(np.arange(24, dtype="u1").reshape(2, 3, 4)),
    "i4_big": count.astype(">i4") - 5,
    "i8": count.astype("<i8") - 5,
    "i2": count.astype("<i2") - 5,
    "bool": count % 2 == 0,
}
np.savez(here / "stored.npz", **arrays)
np.savez_compressed(here / "deflated.npz", **arrays)

y, x = np.mgrid[0:12, 0:16]
pixels = np.stack([x * 16, y * 20, np.full_like(x, 100)], axis=2).astype("u1")
color, grey = Image.fromarray(pixels), Image.fromarray(pixels[..., 0])
color.save(here / "color.png")
color.save(here / "color.bmp")
color.save(here / "color.webp", lossless=True)
color.save(here / "color.jpg", quality=95, subsampling=0)
color.quantize(256).save(here / "color.gif")
grey.save(here / "grey.png")
grey.save(here / "grey.jpg", quality=95)
Image.fromarray(pixels[..., 0].astype("u2") * 257).save(here / "grey16.png")
Image.fromarray(np.stack([pixels[..., 0], pixels[..., 1]], axis=2), "LA").save(here / "grey-alpha.png")
color.quantize(256).save(here / "palette.png")
color.crop((3, 2, 4, 3)).save(here / "one.png")
color.save(here / "animated.gif", save_all=True, append_images=[Image.new("RGB", color.size, "red")], duration=100)

# What Pillow itself makes of the CMYK file stands beside it.
flat = Image.new("CMYK", (16, 16), (0, 128, 255, 64))
flat.save(here / "cmyk.jpg", quality=95, subsampling=0)
Image.open(here / "cmyk.jpg").convert("RGB").save(here / "cmyk.png")

# The same picture stored in the eight ways of the EXIF tag, each with the tag that turns it back.
T = Image.Transpose
stored = [None, T.FLIP_LEFT_RIGHT, T.ROTATE_180, T.FLIP_TOP_BOTTOM, T.TRANSPOSE, T.ROTATE_90, T.TRANSVERSE, T.ROTATE_270]
for orientation, turn in enumerate(stored, start=1):
    exif = Image.Exif()
    exif[0x0112] = orientation
    turned = color if turn is None else color.transpose(turn)
    turned.save(here / f"turned-{orientation}.png", exif=exif)
    if orientation == 6:
        turned.save(here / "turned-6.jpg", quality=95, subsampling=0, exif=exif)
