"""scikit-learn, asked by main.rs: reads a row's name from each line, does the work once, answers with seconds and a number."""

import os
import sys
import time

import numpy as np
from sklearn.decomposition import PCA
from sklearn.manifold import TSNE
from sklearn.neighbors import NearestNeighbors

ROWS = 10000
THREADS = int(os.environ["BENCH_THREADS"])
pictures = np.fromfile(sys.argv[1] + "/train-images-idx3-ubyte", np.uint8)[16:].reshape(-1, 784)[:ROWS]
single = pictures.astype(np.float32) / 255
double = single.astype(np.float64)


def pca(x):
    return PCA(svd_solver="covariance_eigh").fit(x).explained_variance_[:100].sum()


def neighbours():
    distances, _ = NearestNeighbors(n_neighbors=6, algorithm="brute", n_jobs=THREADS).fit(single).kneighbors(single)
    return distances[:, 5].mean(dtype=np.float64)


def tsne():
    run = TSNE(perplexity=30, init="pca", random_state=0, learning_rate=ROWS / 48, max_iter=1000, n_jobs=THREADS,
               min_grad_norm=0, n_iter_without_progress=1000)
    return run.fit(single).kl_divergence_


work = {"pca-f32": lambda: pca(single), "pca-f64": lambda: pca(double), "k-nn": neighbours, "t-sne": tsne}
print("ready", flush=True)
for line in sys.stdin:
    begin = time.perf_counter()
    found = work[line.strip()]()
    print(time.perf_counter() - begin, float(found), flush=True)
