"""Writes Fixtures/disentanglement.json: numbers of scikit-learn and SciPy. Debian: python3-sklearn."""
import json

import numpy as np
from scipy.optimize import linear_sum_assignment
from sklearn.ensemble import RandomForestClassifier
from sklearn.metrics import adjusted_mutual_info_score, balanced_accuracy_score, mutual_info_score
from sklearn.naive_bayes import CategoricalNB
from sklearn.tree import DecisionTreeClassifier

rng = np.random.default_rng(11)
result = {"information": [], "codes": [], "trees": [], "forests": [], "assignments": []}


def edges_of(column, bins):
    """Bin k begins at the value with k N / B values below it."""
    ordered = np.sort(column)
    return ordered[[-(-k * len(column) // bins) for k in range(1, bins)]]


for n, k, c, g in ((90, 6, 4, 2), (250, 9, 8, 5), (40, 3, 2, 1)):
    given = rng.integers(0, g, n)
    labels = (given + rng.integers(0, c, n) * (rng.random(n) < 0.7)) % c
    clusters = np.where(rng.random(n) < 0.5, labels % k, rng.integers(0, k, n))
    strata = [given == z for z in np.unique(given)]
    result["information"].append({
        "clusters": clusters.tolist(), "labels": labels.tolist(), "given": given.tolist(),
        "mi": mutual_info_score(labels, clusters), "ami": adjusted_mutual_info_score(labels, clusters),
        "conditional": float(sum(s.mean() * mutual_info_score(labels[s], clusters[s]) for s in strata)),
    })

for n, m, c, bins in ((400, 150, 4, 20), (120, 100, 3, 10)):
    y, z = rng.integers(0, c, n), rng.integers(0, c, m)
    x = np.round(np.sin(2.0 * y) + 0.6 * rng.normal(size=n), 3).astype(np.float32)
    w = np.round(np.sin(2.0 * z) + 0.6 * rng.normal(size=m), 3).astype(np.float32)
    edges = edges_of(x, bins)
    train, test = np.searchsorted(edges, x, side="right"), np.searchsorted(edges, w, side="right")
    model = CategoricalNB(alpha=1e-10, fit_prior=False, min_categories=bins).fit(train[:, None], y)
    result["codes"].append({
        "bins": bins, "train": x.tolist(), "train_labels": y.tolist(), "test": w.tolist(), "test_labels": z.tolist(),
        "train_bins": train.tolist(), "mi": mutual_info_score(y, train),
        "accuracy": balanced_accuracy_score(z, model.predict(test[:, None])),
    })


def mixed(n, d, c):
    y = rng.integers(0, c, n)
    x = rng.normal(size=(n, d))
    x[:, 0] += 2 * (y == 0)
    x[:, 1] += 1.5 * (y == 1)
    x[:, 2] += 0.7 * y
    return x.astype(np.float32), y


for n, m, d, c, depth in ((200, 120, 5, 3, 3), (300, 100, 4, 4, 4)):
    while True:  # until no two splits are equally good, of which the seed would choose
        (x, y), (w, z) = mixed(n, d, c), mixed(m, d, c)
        trees = [DecisionTreeClassifier(max_depth=depth, random_state=s).fit(x, y) for s in range(20)]
        tree = trees[0]
        if all(np.allclose(t.feature_importances_, tree.feature_importances_, atol=1e-12) for t in trees):
            break
    result["trees"].append({
        "depth": depth, "codes": d, "train": x.T.ravel().tolist(), "train_labels": y.tolist(),
        "test": w.T.ravel().tolist(), "importances": tree.feature_importances_.tolist(),
        "accuracy": float((tree.predict(w) == z).mean()), "test_labels": z.tolist(),
    })

for n, m, d, c, depth in ((250, 200, 6, 3, 5),):
    (x, y), (w, z) = mixed(n, d, c), mixed(m, d, c)
    forests = [RandomForestClassifier(100, max_features=None, max_depth=depth, random_state=s).fit(x, y)
               for s in range(30)]
    importances = np.array([f.feature_importances_ for f in forests])
    accuracies = np.array([f.score(w, z) for f in forests])
    result["forests"].append({
        "depth": depth, "codes": d, "train": x.T.ravel().tolist(), "train_labels": y.tolist(),
        "test": w.T.ravel().tolist(), "test_labels": z.tolist(),
        "importances": importances.mean(0).tolist(), "importance_deviations": importances.std(0, ddof=1).tolist(),
        "accuracy": float(accuracies.mean()), "accuracy_deviation": float(accuracies.std(ddof=1)),
    })

for n, m in ((1, 1), (5, 5), (4, 7), (8, 3), (16, 16)):
    values = np.round(rng.uniform(-1, 1, (n, m)), 3)
    rows, columns = linear_sum_assignment(values, maximize=True)
    result["assignments"].append({
        "rows": n, "columns": m, "values": values.ravel().tolist(), "sum": float(values[rows, columns].sum()),
    })

with open("disentanglement.json", "w") as f:
    json.dump(result, f)
