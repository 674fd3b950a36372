"""Writes data/analysis.npz and data/analysis.json: PCA, neighbours, clusters and t-SNE by scikit-learn and openTSNE.

    pip install scikit-learn==1.9.1 openTSNE==1.0.4
    scripts/get-data mnist
    python golden/analysis.py            # all but t-SNE of MNIST: a minute
    python golden/analysis.py mnist      # t-SNE of 10,000 pictures too: some minutes more
"""

import json
import sys
from pathlib import Path

import numpy as np
import openTSNE
import openTSNE.initialization
from sklearn.cluster import KMeans
from sklearn.datasets import load_digits
from sklearn.decomposition import PCA
from sklearn.manifold import TSNE
from sklearn.neighbors import KNeighborsClassifier, NearestNeighbors
from sklearn.preprocessing import StandardScaler

ROOT = Path(__file__).parent
THREADS = 2


def small():
    """Everything on the digits but t-SNE."""
    pixels, labels = load_digits(return_X_y=True)
    out = {"digits": pixels.astype(np.uint8), "labels": labels.astype(np.uint8)}
    pca = PCA(svd_solver="full").fit(pixels)
    out["pca_components"] = pca.components_[:20]
    out["pca_variance"] = pca.explained_variance_
    out["pca_ratio"] = pca.explained_variance_ratio_
    out["pca_first_rows"] = pca.transform(pixels[:5])[:, :20]
    out["pca_whitened_rows"] = PCA(20, svd_solver="full", whiten=True).fit(pixels).transform(pixels[:5])
    out["pca_kept_95"] = np.array([PCA(0.95, svd_solver="full").fit(pixels).n_components_], np.float64)
    standard = PCA(20, svd_solver="full").fit(StandardScaler().fit_transform(pixels))
    out["pca_standard_components"] = standard.components_
    out["pca_standard_variance"] = standard.explained_variance_
    wide = PCA(svd_solver="full").fit(pixels[:40])
    out["pca_wide_components"] = wide.components_[:10]
    out["pca_wide_variance"] = wide.explained_variance_[:39]

    near = NearestNeighbors(n_neighbors=8, algorithm="brute").fit(pixels)
    distances, _ = near.kneighbors(pixels[:100])
    out["near_distances"] = distances[:, 1:]  # without the point itself
    vote = KNeighborsClassifier(5, algorithm="brute").fit(pixels[:1000], labels[:1000])
    out["near_votes"] = vote.predict(pixels[1000:]).astype(np.uint8)

    means = KMeans(10, init=pixels[:10].astype(float), n_init=1, algorithm="lloyd", tol=0, max_iter=300).fit(pixels)
    out["means_centres"] = means.cluster_centers_
    out["means_labels"] = means.labels_.astype(np.uint8)
    out["means_inertia"] = np.array([means.inertia_])
    free = KMeans(10, n_init=10, random_state=0).fit(pixels)
    out["means_best_inertia"] = np.array([free.inertia_])
    np.savez_compressed(ROOT / "data/analysis.npz", **out)
    return pixels


def tsne(pixels, methods):
    """Final divergences and seconds of both programs at equal settings: rates with the gradient's factor 4."""
    rows = len(pixels)
    rate = max(rows / 12 / 4, 50)
    begin = PCA(2, svd_solver="full").fit_transform(pixels.astype(np.float64))
    begin = (begin / begin[:, 0].std() * 1e-4).astype(np.float32)
    found = {"rows": rows, "perplexity": 30, "rate": rate, "iterations": 1000}
    for method in methods:
        if method in ("exact", "barnes_hut", "fine_tree"):
            # A fine tree has nearly the exact forces: the peer of an interpolation that has them too.
            way = {"method": "barnes_hut", "angle": 0.1} if method == "fine_tree" else {"method": method}
            run = TSNE(perplexity=30, init=begin.copy(), learning_rate=rate, max_iter=1000, **way, early_exaggeration=12,
                       n_jobs=THREADS, min_grad_norm=0, n_iter_without_progress=1000)
            run.fit(pixels)
            found["sklearn_" + method] = float(run.kl_divergence_)
        else:
            run = openTSNE.TSNE(perplexity=30, initialization=begin.astype(np.float64), learning_rate=4 * rate,
                                early_exaggeration=12, early_exaggeration_iter=250, n_iter=750,
                                initial_momentum=0.5, final_momentum=0.8, max_step_norm=None,
                                negative_gradient_method=method, neighbors="exact" if rows < 5000 else "auto",
                                n_jobs=THREADS, random_state=1)
            found["opentsne_" + method] = float(run.fit(pixels).kl_divergence)
        print(method, found, flush=True)
    return found


def main():
    pixels = small()
    path = ROOT / "data/analysis.json"
    found = json.loads(path.read_text()) if path.exists() else {}
    found["digits"] = tsne(pixels.astype(np.float32), ["exact", "barnes_hut", "fine_tree", "bh", "fft"])
    path.write_text(json.dumps(found, indent=1) + "\n")
    if "mnist" in sys.argv:
        raw = np.fromfile(ROOT.parent / "data/mnist/train-images-idx3-ubyte", np.uint8)[16:]
        pictures = raw.reshape(-1, 784)[:10000].astype(np.float32) / 255
        found["mnist_10000"] = tsne(pictures, ["barnes_hut", "fft"])
        path.write_text(json.dumps(found, indent=1) + "\n")


main()
