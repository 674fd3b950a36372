"""scikit-learn and openTSNE, asked by main.rs: reads a row's name from each line, does the work once, answers with seconds and numbers."""

import os
import sys
import time

import numpy as np
from openTSNE import TSNE as OpenTSNE
from sklearn.decomposition import PCA
from sklearn.manifold import TSNE
from sklearn.neighbors import NearestNeighbors
from sklearn.svm import SVC

ROWS, CLOUD_ROWS, CLOUD_COLUMNS = 10000, 10000, 50
THREADS = int(os.environ["BENCH_THREADS"])
pictures = np.fromfile(sys.argv[1] + "/train-images-idx3-ubyte", np.uint8)[16:].reshape(-1, 784)[:ROWS]
single = pictures.astype(np.float32) / 255
double = single.astype(np.float64)
clouds = np.fromfile(sys.argv[2], np.float64)
signs, clouds = np.split(clouds, [len(clouds) // (CLOUD_COLUMNS + 1)])
clouds = clouds.reshape(-1, CLOUD_COLUMNS)


def pca(x):
    found = PCA(svd_solver="covariance_eigh").fit(x)
    return lambda: [found.explained_variance_[:100].sum()]


def neighbours():
    distances, _ = NearestNeighbors(n_neighbors=6, algorithm="brute", n_jobs=THREADS).fit(single).kneighbors(single)
    return lambda: [distances[:, 5].mean(dtype=np.float64)]


def machine():
    learned = clouds[:CLOUD_ROWS]
    model = SVC(gamma="scale", C=1, tol=1e-3, cache_size=400).fit(learned, signs[:CLOUD_ROWS])

    def numbers():
        kernel = model.decision_function(learned[model.support_]) - model.intercept_[0]
        value = model.dual_coef_[0] @ kernel / 2 - np.abs(model.dual_coef_).sum()
        return [value, len(model.support_), *model.decision_function(clouds[CLOUD_ROWS:])]

    return numbers


def tsne():
    run = TSNE(perplexity=30, init="pca", random_state=0, learning_rate=ROWS / 48, max_iter=1000, n_jobs=THREADS,
               min_grad_norm=0, n_iter_without_progress=1000)
    found = run.fit(single)
    return lambda: [found.kl_divergence_]


def open_tsne():
    # Its gradient has no factor 4.
    run = OpenTSNE(perplexity=30, initialization="pca", learning_rate=ROWS / 12, early_exaggeration=12,
                   early_exaggeration_iter=250, n_iter=750, initial_momentum=0.5, final_momentum=0.8, max_step_norm=None,
                   negative_gradient_method="fft", n_jobs=THREADS, random_state=0)
    found = run.fit(single)
    return lambda: [found.kl_divergence]


work = {"pca-f32": lambda: pca(single), "pca-f64": lambda: pca(double), "k-nn": neighbours, "svm": machine, "t-sne": tsne,
        "t-sne-open": open_tsne}
print("ready", flush=True)
for line in sys.stdin:
    begin = time.perf_counter()
    found = work[line.strip()]()
    seconds = time.perf_counter() - begin
    print(seconds, *(float(number) for number in found()), flush=True)
