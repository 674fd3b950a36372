"""Writes data/perceptron.json: the weights of scikit-learn's Perceptron, points shown in the order given, in f64."""

import json
import pathlib
import warnings

import numpy as np
from sklearn.linear_model import Perceptron

DATA = pathlib.Path(__file__).parent / "data"
warnings.simplefilter("ignore")
random = np.random.default_rng(5)
cases = []
# Separable and overlapping clouds, cut off after few passes and after many.
for dimension, apart, epochs, rate in [(2, 3.0, 50, 1.0), (2, 0.5, 3, 1.0), (5, 0.3, 20, 0.25), (10, 0.2, 1, 1.0), (3, 1.0, 100, 1.0)]:
    labels = np.arange(60) % 2
    points = random.normal(size=(60, dimension)) + apart * (2 * labels[:, None] - 1)
    model = Perceptron(shuffle=False, tol=None, max_iter=epochs, eta0=rate).fit(points, labels)
    weights = [model.intercept_[0], *model.coef_[0]]
    cases.append(dict(points=points.ravel().tolist(), dimension=dimension, labels=labels.tolist(), epochs=epochs, rate=rate, weights=weights))
(DATA / "perceptron.json").write_text(json.dumps(cases) + "\n")
