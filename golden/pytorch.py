#!/usr/bin/env python3
"""Writes data/pytorch/: small PyTorch files of each kind, and beside each what torch.load gives for it, as safetensors in f32.

Written again, the legacy files differ in the names of their storages, which are addresses."""

import collections
import pathlib
import zipfile

import torch
from safetensors.torch import save_file

FOLDER = pathlib.Path(__file__).parent / "data" / "pytorch"
# What a zip entry is given for its time, so that the same version of PyTorch writes the same bytes.
TIME = (1980, 1, 1, 0, 0, 0)


def count(*shape, dtype=torch.float32):
    return (torch.arange(torch.Size(shape).numel()) - 2).reshape(shape).to(dtype) / (8 if dtype.is_floating_point else 1)


def net():
    layers = torch.nn.Sequential(torch.nn.Conv2d(2, 3, 2), torch.nn.BatchNorm2d(3), torch.nn.Linear(4, 2))
    state = layers.state_dict()
    for values in state.values():
        values.copy_(count(*values.shape))
    return state


def flat(loaded):
    """The state dict in what torch.load gave, contiguous and in f32."""
    for name in ("state_dict", "model"):
        loaded = loaded.get(name, loaded)
    tensors = {name.removeprefix("module."): value for name, value in loaded.items() if isinstance(value, torch.Tensor)}
    return {name: value.detach().float().contiguous().clone() for name, value in tensors.items()}


def write(name, content, zipped=True):
    path = FOLDER / f"{name}.pth"
    torch.save(content, path, _use_new_zipfile_serialization=zipped)
    save_file(flat(torch.load(path, weights_only=True)), FOLDER / f"{name}.safetensors")


def repack(name, change):
    """The archive again, each entry as `change(its name inside, its bytes)` gives it."""
    path = FOLDER / f"{name}.pth"
    with zipfile.ZipFile(path) as archive:
        entries = [(entry.filename, archive.read(entry)) for entry in archive.infolist()]
    with zipfile.ZipFile(path, "w") as archive:
        for entry, content in entries:
            archive.writestr(zipfile.ZipInfo(entry, TIME), change(entry.split("/", 1)[1], content))


def swapped(entry, content):
    """As a big-endian machine writes storages of f32."""
    if entry == "byteorder":
        return b"big"
    if entry.startswith("data/"):
        return b"".join(content[at : at + 4][::-1] for at in range(0, len(content), 4))
    return content


FOLDER.mkdir(parents=True, exist_ok=True)
write("zip", net())
write("legacy", net(), zipped=False)
write("half", {"weight": count(3, 4, dtype=torch.float16), "tiny": torch.tensor([6e-8, 65504, -0.0]).half()})
write("bfloat16", {"weight": count(3, 4, dtype=torch.bfloat16)})
kinds = [torch.float64, torch.int64, torch.int32, torch.int16, torch.int8, torch.uint8, torch.bool]
write("kinds", {str(kind).removeprefix("torch."): torch.tensor([0, 1, 2, 100]).to(kind) for kind in kinds})
write("kinds_legacy", {str(kind).removeprefix("torch."): torch.tensor([0, 1, 2, 100]).to(kind) for kind in kinds}, zipped=False)

table = count(6, 5)
views = {
    "whole": table,
    "transposed": table.t(),
    "rows": table[2:4],
    "columns": table[:, 1::2],
    "kernel": count(2, 3, 2, 2).permute(2, 3, 0, 1),
    "expanded": count(3, 1).expand(3, 4),
    "scalar": table[3, 3],
    "empty": torch.zeros(0, 3),
}
write("views", views)
write("views_legacy", views, zipped=False)
parameter = torch.nn.Parameter(count(2, 3))
write("shared", {"encoder.weight": parameter, "decoder.weight": parameter, "first": parameter.data[0]})

optimizer = {"state": {0: {"step": torch.tensor(3.0)}}, "param_groups": [{"lr": 0.1, "betas": (0.9, 0.999), "params": [0]}]}
parallel = collections.OrderedDict((f"module.{name}", values) for name, values in net().items())
checkpoint = {"epoch": 3, "arch": "small", "best": 76.5, "done": True, "state_dict": parallel, "optimizer": optimizer}
write("checkpoint", checkpoint)
write("checkpoint_legacy", checkpoint, zipped=False)

write("big_endian", {"weight": count(3, 4), "turned": table.t()})
repack("big_endian", swapped)
assert torch.equal(torch.load(FOLDER / "big_endian.pth")["turned"], table.t())
