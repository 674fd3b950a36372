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
