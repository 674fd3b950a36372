"""Writes data/minima.json: the minima that SciPy finds of test functions, each confirmed by Newton-CG and BFGS, in f64."""

import json
import pathlib

import numpy as np
from scipy.optimize import minimize

DATA = pathlib.Path(__file__).parent / "data"
DENSE = "3*x1^2 + 2*x1*x2 + x2^2 - 4*x1 + x3^2 + 0.5*x2*x3 - x3"
FUNCTIONS = {
    "rosenbrock": (lambda p: (1 - p[0]) ** 2 + 100 * (p[1] - p[0] ** 2) ** 2, [[-1.2, 1.0], [2.0, 2.0], [-1.0, -1.0]]),
    "himmelblau": (lambda p: (p[0] ** 2 + p[1] - 11) ** 2 + (p[0] + p[1] ** 2 - 7) ** 2, [[2.5, 2.5], [-2.5, 2.5], [-3.5, -3.0], [3.5, -2.0]]),
    "valley": (lambda p: 0.5 * (p[0] ** 2 + 50 * p[1] ** 2), [[-3.5, 1.0]]),
    "beale": (lambda p: (1.5 - p[0] + p[0] * p[1]) ** 2 + (2.25 - p[0] + p[0] * p[1] ** 2) ** 2 + (2.625 - p[0] + p[0] * p[1] ** 3) ** 2, [[2.8, 0.4]]),
    DENSE: (lambda p: 3 * p[0] ** 2 + 2 * p[0] * p[1] + p[1] ** 2 - 4 * p[0] + p[2] ** 2 + 0.5 * p[1] * p[2] - p[2], [[1.0, 2.0, 3.0]]),
    "0.5*(x1^2 + 10000*x2^2)": (lambda p: 0.5 * (p[0] ** 2 + 10000 * p[1] ** 2), [[1.0, 1.0]]),
}
cases = []
for name, (function, starts) in FUNCTIONS.items():
    for start in starts:
        rough = minimize(function, start, method="Nelder-Mead", options=dict(xatol=1e-12, fatol=1e-14, maxiter=20000, maxfev=20000))
        fine = minimize(function, rough.x, method="BFGS", options=dict(gtol=1e-10))
        best = min([rough, fine], key=lambda found: found.fun)
        assert np.linalg.norm(rough.x - fine.x) < 1e-4, (name, start, rough.x, fine.x)
        cases.append(dict(function=name, start=start, minimum=best.x.tolist(), value=float(best.fun)))
(DATA / "minima.json").write_text(json.dumps(cases, indent=1) + "\n")
