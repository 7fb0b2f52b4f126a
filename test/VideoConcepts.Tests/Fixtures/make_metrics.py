"""Writes Fixtures/metrics.json: numbers of scikit-learn and torchvision. Debian: python3-sklearn, python3-torchvision."""
import json

import numpy as np
import torch
import torchvision
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import balanced_accuracy_score, normalized_mutual_info_score, top_k_accuracy_score
from sklearn.metrics.cluster import contingency_matrix

def logistic_regression(xa, ya, xb, yb, classes, decay=1e-3):
    """The optimum of the probe's objective by L-BFGS: cross-entropy, and weight decay on weights, bias, batch norm's scale and shift."""
    x, y = torch.tensor(xa), torch.tensor(ya)
    parameters = [torch.zeros(classes, x.shape[1], dtype=torch.float64), torch.zeros(classes, dtype=torch.float64), torch.ones(x.shape[1], dtype=torch.float64), torch.zeros(x.shape[1], dtype=torch.float64)]
    for p in parameters:
        p.requires_grad_(True)
    weight, bias, scale, shift = parameters

    def logits(features):
        return (features * scale + shift) @ weight.t() + bias

    optimizer = torch.optim.LBFGS(parameters, max_iter=5000, tolerance_grad=1e-10, tolerance_change=1e-14, line_search_fn="strong_wolfe")

    def closure():
        optimizer.zero_grad()
        loss = torch.nn.functional.cross_entropy(logits(x), y) + decay / 2 * sum((p**2).sum() for p in parameters)
        loss.backward()
        return loss

    optimizer.step(closure)
    with torch.no_grad():
        return [float((logits(torch.tensor(f)).argmax(1) == torch.tensor(t)).double().mean()) for f, t in ((xa, ya), (xb, yb))]


rng = np.random.default_rng(7)
result = {"clusters": [], "scores": [], "crops": [], "probes": []}

for n, k, c in ((60, 5, 4), (200, 16, 8), (30, 2, 7), (12, 1, 3), (12, 4, 1)):
    labels = rng.integers(0, c, n)
    clusters = np.where(rng.random(n) < 0.5, labels % k, rng.integers(0, k, n))
    table = contingency_matrix(labels, clusters)
    result["clusters"].append({
        "labels": labels.tolist(), "clusters": clusters.tolist(),
        "nmi": normalized_mutual_info_score(labels, clusters), "purity": float(table.max(axis=0).sum() / n),
    })

for n, c, absent in ((50, 8, None), (80, 12, 3)):
    labels = rng.integers(0, c, n)
    if absent is not None:
        labels[labels == absent] = absent + 1
    scores = rng.normal(size=(n, c)).astype(np.float32)
    scores[np.arange(n), labels] += 1
    result["scores"].append({
        "classes": c, "labels": labels.tolist(), "scores": [float(x) for x in scores.ravel()],
        "top1": float((scores.argmax(1) == labels).mean()), "top5": top_k_accuracy_score(labels, scores, k=5, labels=np.arange(c)),
        "mean_class": balanced_accuracy_score(labels, scores.argmax(1)),
    })

for width, height in ((340, 256), (256, 340), (101, 77), (64, 64), (13, 9), (343, 256)):
    side = max(1, round(min(width, height) * 7 / 8))
    y, x = torch.meshgrid(torch.arange(height), torch.arange(width), indexing="ij")
    crops = torchvision.transforms.functional.five_crop(torch.stack([x, y]), side)
    result["crops"].append({"width": width, "height": height, "boxes": [[int(c[0, 0, 0]), int(c[1, 0, 0]), c.shape[2], c.shape[1]] for c in crops]})

for seed, (n, d, c, noise) in enumerate(((600, 16, 5, 1.5), (900, 32, 8, 2.0), (300, 24, 3, 2.5))):
    centres = rng.normal(size=(c, d))
    def draw(rows):
        y = rng.integers(0, c, rows)
        return np.round(centres[y] + noise * rng.normal(size=(rows, d)), 3), y
    (xa, ya), (xb, yb) = draw(n), draw(n)
    mean, std = xa.mean(0), np.sqrt(xa.var(0) + 1e-5)
    train_accuracy, accuracy = logistic_regression((xa - mean) / std, ya, (xb - mean) / std, yb, c)
    model = LogisticRegression(C=1 / (n * 1e-3), max_iter=10000, tol=1e-8).fit((xa - mean) / std, ya)
    result["probes"].append({
        "classes": c, "dimension": d, "train": xa.ravel().tolist(), "train_labels": ya.tolist(), "test": xb.ravel().tolist(), "test_labels": yb.tolist(),
        "accuracy": accuracy, "train_accuracy": train_accuracy,
        # Without batch norm's scale, which the probe's weight decay shrinks too, and without a penalty on the bias.
        "scikit_learn_accuracy": model.score((xb - mean) / std, yb),
    })

with open("metrics.json", "w") as f:
    json.dump(result, f)
