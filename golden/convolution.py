"""Writes data/convolution.json: convolutions of sequences and grids, and filtered pictures, by SciPy, in f64."""

import json
import pathlib

import numpy as np
from scipy import ndimage, signal

DATA = pathlib.Path(__file__).parent / "data"
rng = np.random.default_rng(5)


def numbers(array):
    return np.asarray(array, dtype=np.float64).round(12).tolist()


def draw(*shape):
    return rng.normal(size=shape).round(3)


sequences = []
for n, k in [(9, 4), (4, 9), (12, 12), (7, 1), (10, 5)]:
    a, b = draw(n), draw(k)
    for mode in ["full", "same", "valid"]:
        sequences.append({
            "a": numbers(a), "b": numbers(b), "extent": mode,
            "convolution": numbers(signal.convolve(a, b, mode, method="direct")),
            "correlation": numbers(signal.correlate(a, b, mode, method="direct")),
        })

grids = []
for first, second in [((6, 7), (3, 3)), ((5, 8), (2, 4)), ((7, 6), (4, 1))]:
    a, b = draw(*first), draw(*second)
    for mode in ["full", "same", "valid"]:
        grids.append({
            "a": numbers(a), "b": numbers(b), "extent": mode,
            "convolution": numbers(signal.convolve2d(a, b, mode)),
            "correlation": numbers(signal.correlate(a, b, mode, method="direct")),
        })

filters = []
for shape, kernel in [((6, 5), (3, 3)), ((5, 7), (2, 4)), ((3, 4), (7, 5))]:
    picture, taps = draw(*shape), draw(*kernel)
    for border in ["reflect", "mirror", "nearest", "wrap", "constant"]:
        filters.append({
            "picture": numbers(picture), "kernel": numbers(taps), "border": border,
            "correlation": numbers(ndimage.correlate(picture, taps, mode=border)),
        })

picture = draw(8, 9)
named = {
    "sobel-x": ndimage.sobel(picture, axis=1),
    "sobel-y": ndimage.sobel(picture, axis=0),
    "prewitt-x": ndimage.prewitt(picture, axis=1),
    "laplacian": ndimage.laplace(picture),
    "box-blur": ndimage.uniform_filter(picture, 3),
    "log": ndimage.gaussian_laplace(picture, 1.0),
}
(DATA / "convolution.json").write_text(json.dumps({
    "sequences": sequences, "grids": grids, "filters": filters,
    "picture": numbers(picture), "named": {name: numbers(value) for name, value in named.items()},
}))
