"""Writes data/svm.json: support vectors, bias, ||w||^2 and decisions of scikit-learn's SVC (LIBSVM), and data/platt.json: the
sigmoids that its CalibratedClassifierCV fits to decisions. Points are rounded to f32 first."""

import json
import pathlib

import numpy as np
from sklearn.calibration import _SigmoidCalibration
from sklearn.svm import SVC

DATA = pathlib.Path(__file__).parent / "data"
random = np.random.default_rng(9)


def clouds(count, dimension, apart):
    signs = np.where(np.arange(count) % 2 == 0, -1.0, 1.0)
    points = random.normal(size=(count, dimension)) + apart * signs[:, None] / np.sqrt(dimension)
    return points.astype(np.float32).astype(float), signs


def rings(count):
    signs = np.where(np.arange(count) % 2 == 0, -1.0, 1.0)
    angles = random.uniform(0, 2 * np.pi, count)
    radii = np.where(signs > 0, 0.5, 1.5) + 0.2 * random.normal(size=count)
    points = np.stack([radii * np.cos(angles), radii * np.sin(angles)], 1)
    return points.astype(np.float32).astype(float), signs


def linear():
    return dict(name="linear"), dict(kernel="linear")


def rbf(gamma):
    return dict(name="rbf", gamma=gamma), dict(kernel="rbf", gamma=gamma)


def polynomial(degree, gamma, constant):
    here = dict(name="polynomial", degree=degree, gamma=gamma, constant=constant)
    return here, dict(kernel="poly", degree=degree, gamma=gamma, coef0=constant)


cases = []
for name, (points, signs), (here, there), bound in [
    ("maximum margin", clouds(60, 2, 3.5), linear(), 1e3),
    ("linear, overlapping", clouds(80, 2, 1.0), linear(), 1.0),
    ("linear, 10 dimensions", clouds(80, 10, 1.5), linear(), 0.1),
    ("rbf rings", rings(80), rbf(1.0), 1.0),
    ("rbf, 5 dimensions", clouds(80, 5, 1.0), rbf(0.2), 10.0),
    ("cubic", rings(80), polynomial(3, 0.5, 1.0), 1.0),
    ("quadratic", clouds(60, 3, 1.2), polynomial(2, 0.3, 1.0), 2.0),
]:
    model = SVC(C=bound, tol=1e-6, **there).fit(points, signs)
    kernel = model.decision_function(points[model.support_]) - model.intercept_[0]
    square = float(model.dual_coef_[0] @ kernel)
    cases.append(dict(
        name=name, points=points.ravel().tolist(), dimension=points.shape[1], signs=signs.tolist(), kernel=here, bound=bound,
        support=sorted(model.support_.tolist()), bias=float(model.intercept_[0]), square=square,
        decisions=model.decision_function(points).tolist(),
    ))
(DATA / "svm.json").write_text(json.dumps(cases) + "\n")

cases = []
for count, apart in [(60, 0.8), (200, 2.0), (41, 0.1)]:
    signs = np.where(random.uniform(size=count) < 0.4, 1.0, -1.0)
    decisions = apart * signs + random.normal(size=count)
    found = _SigmoidCalibration().fit(decisions, signs)
    cases.append(dict(decisions=decisions.tolist(), signs=signs.tolist(), slope=float(found.a_), offset=float(found.b_)))
(DATA / "platt.json").write_text(json.dumps(cases) + "\n")
