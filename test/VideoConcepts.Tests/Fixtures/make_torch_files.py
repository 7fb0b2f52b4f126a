"""Writes Fixtures/torch: files of torch.save, and what torchvision's nets compute.

Needs PyTorch, torchvision and numpy (Debian: python3-torch, python3-torchvision). Run from this folder.
"""
import collections
import json
import os

import numpy as np
import torch
import torchvision

OUT = "torch"
SEED = 1


def values(name, count, bound):
    """The fill rule of the reference vectors: FNV-1a of the name, then splitmix64."""
    h = 0xCBF29CE484222325
    for b in name.encode():
        h = ((h ^ b) * 0x100000001B3) & 0xFFFFFFFFFFFFFFFF
    with np.errstate(over="ignore"):
        z = np.uint64(h) + np.uint64(SEED) + (np.arange(1, count + 1, dtype=np.uint64) * np.uint64(0x9E3779B97F4A7C15))
        z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        z = z ^ (z >> np.uint64(31))
    return (2 * ((z >> np.uint64(11)).astype(np.float64) * 2.0**-53) - 1) * bound


def filled(key, shape):
    count = int(np.prod(shape))
    if key.endswith(("running_mean", "num_batches_tracked")):
        return np.zeros(shape)
    if key.endswith("running_var"):
        return np.ones(shape)
    if len(shape) >= 2:
        return values(key, count, np.sqrt(3.0 / np.prod(shape[1:]))).reshape(shape)
    small = values(key, count, 0.1).reshape(shape)
    return small + 1 if key.endswith("weight") else small


def nets():
    result = {}
    for name in ("r2plus1d_18", "r3d_18"):
        model = getattr(torchvision.models.video, name)().double().eval()
        state = model.state_dict()
        model.load_state_dict({k: torch.tensor(filled(k, tuple(v.shape))).to(v.dtype) for k, v in state.items()})
        clip = torch.tensor(values("input", 3 * 4 * 32 * 32, np.sqrt(3)).reshape(1, 3, 4, 32, 32))
        with torch.no_grad():
            x = model.layer4(model.layer3(model.layer2(model.layer1(model.stem(clip)))))
            feat = model.avgpool(x).flatten()
        result[name] = {"keys": {k: list(v.shape) for k, v in state.items()}, "feat": feat[::16].tolist()}
    with open(f"{OUT}/torchvision.json", "w") as f:
        json.dump(result, f)


def files():
    base = torch.arange(24, dtype=torch.float32)
    state = collections.OrderedDict(
        grid=base[:6].view(2, 3),
        turned=base[6:18].view(3, 4).t(),
        part=base[18:20],
        double=torch.arange(3, dtype=torch.float64) / 4,
        half=torch.tensor([1.5, -2.0]).half(),
        bfloat=torch.tensor([0.5, 3.0]).bfloat16(),
        long=torch.tensor([2**40, -1]),
        int=torch.tensor([7, -8], dtype=torch.int32),
        short=torch.tensor([300], dtype=torch.int16),
        byte=torch.tensor([200, 3], dtype=torch.uint8),
        bool=torch.tensor([True, False]),
        single=torch.tensor(5.0),
        none=torch.zeros(0, 4),
        parameter=torch.nn.Parameter(torch.tensor([9.0, 8.0])),
    )
    for name, options in (("zip", {}), ("old", {"_use_new_zipfile_serialization": False}), ("protocol4", {"pickle_protocol": 4})):
        torch.save(state, f"{OUT}/{name}.pth", **options)
    layer = torch.nn.Linear(2, 1)
    torch.nn.init.constant_(layer.weight, 4)
    optimizer = torch.optim.Adam(layer.parameters())
    layer(torch.ones(1, 2)).sum().backward()
    layer.weight.data.fill_(4)
    optimizer.step()
    layer.weight.data.fill_(4)
    whole = {"epoch": 3, "best_acc": 0.25, "big": 2**70, "state_dict": {f"module.encoder_q.0.{k}": v for k, v in layer.state_dict().items()}, "optimizer": optimizer.state_dict()}
    torch.save(whole, f"{OUT}/training.pth")
    torch.save(whole, f"{OUT}/training_old.pth", _use_new_zipfile_serialization=False)
    torch.save(layer, f"{OUT}/module.pth")

    class Evil:
        def __reduce__(self):
            return os.system, ("touch it-ran",)

    torch.save({"weight": torch.zeros(2), "more": Evil()}, f"{OUT}/evil.pth")
    torch.save({"a": base, "b": base[3:9]}, f"{OUT}/overlapping.pth")
    torch.save({"a": torch.zeros(1).expand(1000, 1000)}, f"{OUT}/expanded.pth")


if __name__ == "__main__":
    os.makedirs(OUT, exist_ok=True)
    nets()
    files()
