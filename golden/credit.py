"""Writes data/credit.json: the German credit table and a small one with missing fields as scikit-learn prepares them (sums for the
large one), coefficients of its LogisticRegression, and areas below ROC curves, calibration curves and Brier scores of given scores.

The German table is read from crates/learn/assets/credit-g.arff, as the program has it."""

import json
import pathlib

import numpy as np
from scipy.io import arff
from sklearn.calibration import calibration_curve
from sklearn.compose import ColumnTransformer
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import brier_score_loss, roc_auc_score, roc_curve
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

ROOT = pathlib.Path(__file__).parent
random = np.random.default_rng(17)


def coefficients(prepared, bad, C):
    model = LogisticRegression(C=C, tol=1e-12, max_iter=10_000, solver="newton-cholesky").fit(prepared, bad)
    return model.coef_[0].tolist(), float(model.intercept_[0])


def german():
    data, meta = arff.loadarff(ROOT.parent / "crates/learn/assets/credit-g.arff")
    names = meta.names()[:-1]
    columns = []
    for name in names:
        kind, categories = meta[name]
        if kind == "numeric":
            columns.append(StandardScaler().fit_transform(data[name].astype(float)[:, None]))
        else:
            texts = np.array([text.decode() for text in data[name]], dtype=object)[:, None]
            columns.append(OneHotEncoder(categories=[list(categories)], sparse_output=False).fit_transform(texts))
    prepared = np.concatenate(columns, 1)
    bad = np.array([text == b"bad" for text in data["class"]])
    weights, offset = coefficients(prepared, bad, 1.0)
    return dict(width=prepared.shape[1], sums=prepared.sum(0).tolist(), squares=(prepared**2).sum(0).tolist(), weights=weights, offset=offset)


def small():
    """Numbers and categories, both with missing fields."""
    count = 80
    age = np.round(random.uniform(18, 70, count))
    age[random.uniform(size=count) < 0.15] = np.nan
    income = np.round(random.lognormal(3, 0.6, count), 2)
    job = random.choice(["clerk", "cook", "smith"], count, p=[0.5, 0.3, 0.2]).astype(object)
    job[random.uniform(size=count) < 0.1] = np.nan
    bad = random.uniform(size=count) < np.where(job == "cook", 0.7, 0.3)
    table = np.stack([age.astype(object), income.astype(object), job], 1)
    numbers = make_pipeline(SimpleImputer(strategy="median", add_indicator=True))
    steps = ColumnTransformer([
        ("age", numbers, [0]),
        ("income", SimpleImputer(strategy="median"), [1]),
        ("job", make_pipeline(SimpleImputer(strategy="most_frequent"), OneHotEncoder(sparse_output=False)), [2]),
    ])
    prepared = np.array(steps.fit_transform(table), dtype=float)
    for column in (0, 2):  # age and income; the second is the indicator of age
        prepared[:, column] = StandardScaler().fit_transform(prepared[:, [column]])[:, 0]
    missing_job = np.array([not isinstance(text, str) for text in job], dtype=float)
    prepared = np.concatenate([prepared, missing_job[:, None]], 1)
    show = lambda value: "?" if not isinstance(value, str) and np.isnan(value) else str(value)
    rows = [f"{show(a)},{show(i)},{show(j)},{'bad' if own else 'good'}" for a, i, j, own in zip(age, income, job, bad)]
    weights, offset = coefficients(prepared, bad, 2.0)
    return dict(
        csv="age,income,job,outcome\n" + "\n".join(rows) + "\n", penalty=0.5, prepared=prepared.ravel().tolist(),
        width=prepared.shape[1], weights=weights, offset=offset,
    )


scores = []
for count, ties in [(50, 5), (400, 20), (400, 0), (31, 2)]:
    p = random.uniform(size=count)
    bad = random.uniform(size=count) < p**1.5
    if ties:
        p = np.round(p * ties) / ties
    share, mean = calibration_curve(bad, p, n_bins=10, strategy="uniform")
    false, true, _ = roc_curve(bad, p, drop_intermediate=False)
    scores.append(dict(
        scores=p.tolist(), bad=bad.tolist(), auc=roc_auc_score(bad, p), false_positives=false.tolist(),
        true_positives=true.tolist(), brier=brier_score_loss(bad, p), shares=share.tolist(), means=mean.tolist(),
    ))

found = dict(german=german(), small=small(), scores=scores)
(ROOT / "data" / "credit.json").write_text(json.dumps(found) + "\n")
