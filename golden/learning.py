"""Writes data/bagging.json: bags, predictions and out-of-bag predictions of scikit-learn's BaggingRegressor over least squares;
and data/validation_curve.json: training and held-out errors of polynomials by degree, averaged over folds."""

import json
import pathlib

import numpy as np
from sklearn.ensemble import BaggingRegressor
from sklearn.linear_model import LinearRegression
from sklearn.model_selection import KFold, validation_curve
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import PolynomialFeatures

DATA = pathlib.Path(__file__).parent / "data"
random = np.random.default_rng(11)

inputs = random.normal(size=(40, 3))
targets = inputs @ [1.0, -2.0, 0.5] + 0.3 + 0.5 * random.normal(size=40)
fresh = random.normal(size=(10, 3))
model = BaggingRegressor(LinearRegression(), n_estimators=20, oob_score=True, random_state=0).fit(inputs, targets)
(DATA / "bagging.json").write_text(json.dumps(dict(
    inputs=inputs.ravel().tolist(), dimension=3, targets=targets.tolist(),
    bags=[bag.tolist() for bag in model.estimators_samples_], out_of_bag=model.oob_prediction_.tolist(),
    fresh=fresh.ravel().tolist(), predictions=model.predict(fresh).tolist(),
)) + "\n")

x = random.uniform(-1, 1, 60)
y = np.sin(3 * x) + 0.3 * random.normal(size=60)
degrees = [1, 2, 3, 4, 5, 7, 9, 11]
folds = KFold(5, shuffle=True, random_state=3)
train, validation = validation_curve(
    make_pipeline(PolynomialFeatures(include_bias=False), LinearRegression()), x[:, None], y,
    param_name="polynomialfeatures__degree", param_range=degrees, cv=folds, scoring="neg_mean_squared_error",
)
(DATA / "validation_curve.json").write_text(json.dumps(dict(
    x=x.tolist(), y=y.tolist(), folds=[held_out.tolist() for _, held_out in folds.split(x)], degrees=degrees,
    train=(-train.mean(1)).tolist(), validation=(-validation.mean(1)).tolist(),
)) + "\n")
