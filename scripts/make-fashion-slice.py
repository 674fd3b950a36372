#!/usr/bin/env python3
"""Makes crates/core/assets/fashion-{train,test}.png from the whole Fashion-MNIST (scripts/get-data fashion-mnist).

A sheet holds the first 1,000 (200) pictures of each class in the order of the files, 100 pictures a row. The classes
alternate: picture i is of class i % 10, so that the sheet needs no labels beside it. Every row of pixels has PNG's Paeth
filter, which packs these pictures best of the five. Needs numpy.
"""
import gzip
import struct
import sys
import zlib
from pathlib import Path

import numpy as np

SIDE, ACROSS, CLASSES = 28, 100, 10


def read(path, header):
    opener = gzip.open if path.suffix == ".gz" else open
    with opener(path, "rb") as file:
        return np.frombuffer(file.read(), np.uint8, offset=header)


def find(folder, name):
    return next(path for path in (folder / name, folder / f"{name}.gz") if path.exists())


def paeth(sheet):
    pixels = np.pad(sheet.astype(np.int16), ((1, 0), (1, 0)))
    here, left, above, corner = pixels[1:, 1:], pixels[1:, :-1], pixels[:-1, 1:], pixels[:-1, :-1]
    guess = left + above - corner
    to_left, to_above, to_corner = abs(guess - left), abs(guess - above), abs(guess - corner)
    nearest = np.where((to_left <= to_above) & (to_left <= to_corner), left, np.where(to_above <= to_corner, above, corner))
    return (here - nearest).astype(np.uint8)


def png(sheet):
    def chunk(kind, body):
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    filtered = np.insert(paeth(sheet), 0, 4, axis=1).tobytes()
    packer = zlib.compressobj(9, zlib.DEFLATED, 15, 9, zlib.Z_FILTERED)
    header = struct.pack(">IIBBBBB", sheet.shape[1], sheet.shape[0], 8, 0, 0, 0, 0)
    body = packer.compress(filtered) + packer.flush()
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", body) + chunk(b"IEND", b"")


def sheet(folder, part, per_class):
    pictures = read(find(folder, f"{part}-images-idx3-ubyte"), 16).reshape(-1, SIDE, SIDE)
    labels = read(find(folder, f"{part}-labels-idx1-ubyte"), 8)
    chosen = np.stack([np.flatnonzero(labels == label)[:per_class] for label in range(CLASSES)], axis=1).ravel()
    rows = len(chosen) // ACROSS
    return pictures[chosen].reshape(rows, ACROSS, SIDE, SIDE).transpose(0, 2, 1, 3).reshape(rows * SIDE, ACROSS * SIDE)


def main():
    root = Path(__file__).resolve().parent.parent
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else root / "data/fashion-mnist"
    for part, name, per_class in [("train", "train", 1000), ("t10k", "test", 200)]:
        path = root / f"crates/core/assets/fashion-{name}.png"
        path.write_bytes(png(sheet(folder, part, per_class)))
        print(path.relative_to(root), path.stat().st_size, "bytes")


if __name__ == "__main__":
    main()
