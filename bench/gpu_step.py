"""One training step of the method in plain PyTorch, to compare with: what bench/gpu runs beside the program's own step.

Views of 8-bit clips, R(2+1)D over all views as one batch, every loss term of the method with two clips a video
(docs/method.md), backward pass, Adam, eagerly. Prints one line of JSON.
"""
import argparse
import json
import math
import resource
import time

import torch
import torch.nn.functional as F
from torch import nn

# B videos, V = 6 views v1 v2 s1 s2 d1 d2, K concepts of each kind, D features, L positions.
D = 512


def convolution(inputs, outputs, kernel, stride, padding):
    return nn.Conv3d(inputs, outputs, kernel, stride, padding, bias=False)


def space_and_time(inputs, outputs, between, stride):
    return nn.Sequential(
        convolution(inputs, between, (1, 3, 3), (1, stride, stride), (0, 1, 1)),
        nn.BatchNorm3d(between), nn.ReLU(inplace=True),
        convolution(between, outputs, (3, 1, 1), (stride, 1, 1), (1, 0, 0)))


class Block(nn.Module):
    def __init__(self, inputs, outputs, stride):
        super().__init__()
        between = inputs * outputs * 27 // (9 * inputs + 3 * outputs)
        self.conv1 = nn.Sequential(
            space_and_time(inputs, outputs, between, stride), nn.BatchNorm3d(outputs), nn.ReLU(inplace=True))
        self.conv2 = nn.Sequential(space_and_time(outputs, outputs, between, 1), nn.BatchNorm3d(outputs))
        self.shortcut = nn.Identity() if stride == 1 else nn.Sequential(
            convolution(inputs, outputs, 1, stride, 0), nn.BatchNorm3d(outputs))

    def forward(self, x):
        return F.relu(self.conv2(self.conv1(x)) + self.shortcut(x))


def r2plus1d():
    return nn.Sequential(
        convolution(3, 45, (1, 7, 7), (1, 2, 2), (0, 3, 3)), nn.BatchNorm3d(45), nn.ReLU(inplace=True),
        convolution(45, 64, (3, 1, 1), 1, (1, 0, 0)), nn.BatchNorm3d(64), nn.ReLU(inplace=True),
        Block(64, 64, 1), Block(64, 128, 2), Block(128, 256, 2), Block(256, 512, 2))


def projection():
    return nn.Sequential(nn.Linear(D, D), nn.ReLU(inplace=True), nn.Linear(D, 128))


def head(inputs):
    return nn.Sequential(nn.Linear(inputs, D), nn.BatchNorm1d(D), nn.ReLU(inplace=True), nn.Linear(D, D))


class LocalAttention(nn.Module):
    def __init__(self):
        super().__init__()
        self.norm_x, self.norm_templates, self.norm_out = nn.LayerNorm(D), nn.LayerNorm(D), nn.LayerNorm(D)
        self.q, self.k, self.v = (nn.Linear(D, D, bias=False) for _ in range(3))
        self.mlp = nn.Sequential(nn.Linear(D, D // 2), nn.ReLU(inplace=True), nn.Linear(D // 2, D))

    def forward(self, maps, templates):
        """(N, D, t, h, w) and (K', D) to (N, K', D)."""
        x = self.norm_x(maps.flatten(2).transpose(1, 2))
        q = self.q(self.norm_templates(templates)) / math.sqrt(D)
        attention = (self.k(x) @ q.t()).softmax(-1) + 1e-8  # (N, L, K')
        attention = attention / attention.sum(1, keepdim=True)
        out = attention.transpose(1, 2) @ self.v(x) + templates
        return self.mlp(self.norm_out(out)) + out


class ConceptModel(nn.Module):
    def __init__(self, concepts):
        super().__init__()
        self.k = concepts
        self.backbone = r2plus1d()
        self.fvv, self.fvs, self.fvd, self.fsv, self.fdv = (projection() for _ in range(5))
        self.heads = nn.ModuleList(head(D) for _ in range(3))  # of v, s, d
        self.prototypes = nn.ModuleList(nn.Linear(D, 2 * concepts, bias=False) for _ in range(3))
        self.gv, self.gs, self.gd = head(2 * concepts), head(concepts), head(concepts)
        self.lit = LocalAttention()
        self.register_buffer("queue", torch.zeros(1024, 6, 2 * concepts))
        self.filled = 0

    @torch.no_grad()
    def normalise_prototypes(self):
        for rows in self.prototypes:
            rows.weight.copy_(F.normalize(rows.weight, dim=1))

    def loss(self, views, autocast):
        """All terms of an epoch in which the local contrast takes part; views (B, 6, 3, T, H, W)."""
        b, k = len(views), self.k
        with autocast:
            maps = self.backbone(views.flatten(0, 1))
        maps = maps.float()
        feat = maps.mean((2, 3, 4)).view(b, 6, D)
        maps = maps.view(b, 6, *maps.shape[1:])
        scores = torch.stack([
            self.prototypes[i // 2](F.normalize(self.heads[i // 2](feat[:, i]), dim=-1)) for i in range(6)], 1)
        v, s, d = feat[:, 0:2], feat[:, 2:4], feat[:, 4:6]
        total = contrast(v, self.fvv, v, self.fvv)
        total = total + contrast(v, self.fvs, s, self.fsv) + contrast(s, self.fsv, v, self.fvs)
        total = total + contrast(v, self.fvd, d, self.fdv) + contrast(d, self.fdv, v, self.fvd)
        past = self.queue[len(self.queue) - self.filled:]
        static = [0, 1, 2, 3]
        dynamic = [0, 1, 4, 5]
        total = total + alignment(scores[:, static, :k], past[:, static, :k])
        total = total + alignment(scores[:, dynamic, k:], past[:, dynamic, k:])
        total = total + 0.1 * diversity(scores[:, 4:6, :k]) + 0.1 * diversity(scores[:, 2:4, k:])
        total = total + fidelity(self.gv, scores[:, 0:2], v)
        total = total + fidelity(self.gs, scores[:, 2:4, :k], s) + fidelity(self.gd, scores[:, 4:6, k:], d)
        for first, rows, columns in ((0, self.prototypes[0].weight, slice(0, 2 * k)),
                                     (2, self.prototypes[1].weight[:k], slice(0, k)),
                                     (4, self.prototypes[2].weight[k:], slice(k, 2 * k))):
            found = self.lit(maps[:, first:first + 2].flatten(0, 1), rows).view(b, 2, len(rows), D)
            total = total + local_contrast(found, scores[:, first:first + 2, columns])
        self.remember(scores)
        return total

    @torch.no_grad()
    def remember(self, scores):
        self.queue.copy_(torch.cat([self.queue, scores.detach()])[len(scores):])
        self.filled = min(len(self.queue), self.filled + len(scores))


def nce(q, k):
    logits = F.normalize(q, dim=-1) @ F.normalize(k, dim=-1).detach().t() / 0.07
    return F.cross_entropy(logits, torch.arange(len(q), device=q.device))


def contrast(queries, query, keys, key):
    q = query(queries.flatten(0, 1)).view(len(queries), 2, -1)
    k = key(keys.flatten(0, 1)).view(len(keys), 2, -1)
    return (nce(q[:, 0], k[:, 1]) + nce(q[:, 1], k[:, 0])) / 2


@torch.no_grad()
def sinkhorn(scores):
    log = scores.double() / 0.05
    for _ in range(3):
        log = log - log.logsumexp(0, keepdim=True)
        log = log - log.logsumexp(1, keepdim=True)
    return log.softmax(1).to(scores.dtype)


def alignment(scores, past):
    """(B, P, C) of the views that should agree, and past ones (Q, P, C)."""
    b, p = scores.shape[:2]
    every = torch.cat([scores.detach(), past])
    targets = torch.stack([sinkhorn(every[:, i])[:b] for i in range(p)], 1)
    others = targets.sum(1, keepdim=True) - targets
    return -(others * F.log_softmax(scores / 0.1, -1)).sum() / (b * p * (p - 1))


def diversity(scores):
    logs = F.log_softmax(scores / 0.1, -1)
    return (logs.exp() * logs).sum(-1).mean()


def fidelity(rebuild, scores, feat):
    return -F.cosine_similarity(rebuild(scores.flatten(0, 1)), feat.flatten(0, 1).detach(), dim=-1).mean()


def local_contrast(found, scores):
    """(B, 2, K', D) and the scores of the same views (B, 2, K')."""
    z = F.normalize(found, dim=-1)
    b = len(z)
    leading = scores.detach().topk(min(10, scores.shape[-1]), -1).indices
    leads = torch.zeros_like(scores, dtype=torch.bool).scatter(-1, leading, True)
    mask = (leads[:, 0] & leads[:, 1]).to(z.dtype)
    total = 0
    for i, j in ((0, 1), (1, 0)):
        cosine = torch.einsum("bcd,pcd->bpc", z[:, i], z[:, j].detach())
        distance = (2 - 2 * cosine + 1e-5).clamp_min(1e-12).sqrt()
        repelled = (1.4 - distance).relu().square()
        positives = (mask * distance.diagonal(0, 0, 1).t().square()).sum()
        negatives = (mask * (repelled.sum(1) - repelled.diagonal(0, 0, 1).t())).sum()
        total = total + positives + negatives / (b - 1)
    return total / (2 * mask.sum() + 1)


def views_of(clips, stills):
    """8-bit clips (B, 2, T, 3, H, W) and static frames (B, 2, 3, H, W) to (B, 6, 3, T, H, W)."""
    mean = torch.tensor([0.485, 0.456, 0.406], device=clips.device).view(3, 1, 1)
    std = torch.tensor([0.229, 0.224, 0.225], device=clips.device).view(3, 1, 1)
    v = (clips.float() / 255 - mean) / std
    s = ((stills.float() / 255 - mean) / std).unsqueeze(2).expand_as(v)
    d = v[:, :, 1:] - v[:, :, :-1]
    d = torch.cat([d[:, :, :1], d], 2)
    return torch.cat([v, s, d], 1).transpose(2, 3)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--device", default="cuda")
    parser.add_argument("--precision", default="bfloat16", choices=["full", "tf32", "channels-last", "bfloat16"])
    for name, value in (("batch", 2), ("frames", 16), ("size", 128), ("concepts", 100), ("steps", 3)):
        parser.add_argument(f"--{name}", type=int, default=value)
    args = parser.parse_args()
    torch.manual_seed(1)
    device = torch.device(args.device)
    gpu = device.type == "cuda"
    torch.backends.cuda.matmul.allow_tf32 = torch.backends.cudnn.allow_tf32 = args.precision == "tf32"
    channels_last = args.precision in ("channels-last", "bfloat16")
    torch.backends.cudnn.benchmark = args.precision != "channels-last"  # minutes of trials in float32 there
    model = ConceptModel(args.concepts).to(device)
    if channels_last:
        model.backbone.to(memory_format=torch.channels_last_3d)
    adam = torch.optim.Adam(model.parameters(), lr=1e-3, weight_decay=1e-5)
    shape = (args.batch, 2, args.frames, 3, args.size, args.size)
    clips = torch.randint(0, 256, shape, dtype=torch.uint8, device=device)
    stills = torch.randint(0, 256, (*shape[:2], *shape[3:]), dtype=torch.uint8, device=device)
    autocast = torch.autocast(device.type, torch.bfloat16, enabled=args.precision == "bfloat16")
    seconds = []
    for _ in range(1 + args.steps):  # the first to warm up
        if gpu:
            torch.cuda.synchronize()
        start = time.perf_counter()
        views = views_of(clips, stills)
        if channels_last:
            flat = views.flatten(0, 1).contiguous(memory_format=torch.channels_last_3d)
            views = flat.unflatten(0, views.shape[:2])
        model.normalise_prototypes()
        loss = model.loss(views, autocast)
        adam.zero_grad(set_to_none=True)
        loss.backward()
        value = loss.item()
        adam.step()
        if gpu:
            torch.cuda.synchronize()
        seconds.append(time.perf_counter() - start)
    peak = torch.cuda.max_memory_reserved() >> 20 if gpu \
        else resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10
    print(json.dumps({
        "torch": torch.__version__, "cuda": torch.version.cuda, "loss": value,
        "device": torch.cuda.get_device_name() if gpu else "cpu", "seconds": min(seconds[1:]), "peak_mb": peak}))


if __name__ == "__main__":
    main()
