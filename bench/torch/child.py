"""PyTorch, asked in the same way as the contestants in Rust (common/src/lib.rs): child.py ROW [channels-last]."""

import os
import sys
import time

import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F

torch.set_num_threads(int(os.environ.get("BENCH_THREADS", "2")))
torch.set_flush_denormal(True)
FORMAT = torch.channels_last if "channels-last" in sys.argv else torch.contiguous_format


def numbers(count, stream, scale):
    x = (np.arange(count, dtype=np.uint64) * 2_654_435_761 + stream * 40_503) % 2**32
    x = ((x ^ (x >> np.uint64(16))) * 0x045D9F3B) % 2**32
    x ^= x >> np.uint64(16)
    return torch.from_numpy(((x / 4_294_967_296.0 - 0.5) * 2.0).astype(np.float32) * np.float32(scale))


def weighted(layer, stream):
    fan_in = layer.weight[0].numel()
    with torch.no_grad():
        layer.weight.copy_(numbers(layer.weight.numel(), stream, 1 / fan_in**0.5).view_as(layer.weight))
        layer.bias.zero_()
    return layer


def training(net, optimizer, x, classes, count=None):
    labels = torch.arange(count or len(x)) * 7 % classes

    def step(_):
        optimizer.zero_grad()
        loss = F.cross_entropy(net(x), labels)
        loss.backward()
        optimizer.step()
        return loss.item()

    return step


def dense(sizes, batch, momentum, activation):
    layers = [weighted(nn.Linear(*sizes[place : place + 2]), place + 1) for place in range(3)]
    net = nn.Sequential(layers[0], activation(), layers[1], activation(), layers[2])
    optimizer = torch.optim.SGD(net.parameters(), 0.01, momentum=momentum)
    return training(net, optimizer, numbers(batch * sizes[0], 9, 1.0).view(batch, -1), sizes[3])


def cnn():
    net = nn.Sequential(
        *[weighted(nn.Conv2d(1, 32, 3, padding=1), 1), nn.ReLU(), nn.MaxPool2d(2)],
        *[weighted(nn.Conv2d(32, 64, 3, padding=1), 2), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten()],
        *[weighted(nn.Linear(64 * 49, 128), 3), nn.ReLU(), weighted(nn.Linear(128, 10), 4)],
    ).to(memory_format=FORMAT)
    x = numbers(64 * 784, 9, 1.0).view(64, 1, 28, 28).contiguous(memory_format=FORMAT)
    return training(net, torch.optim.Adam(net.parameters(), 1e-3), x, 10)


def product(row):
    rows, size = (int(row.split("-")[1]), 1024) if row.startswith("skinny") else (int(row.split("-")[0]),) * 2
    a, b = numbers(rows * size, 1, 1.0), numbers(size * size, 2, 1.0).view(size, size)
    # The numbers of a transposed factor are those that are stored.
    a = a.view(size, rows).T if row.endswith("-tn") else a.view(rows, size)
    b = b.T if row.endswith("-nt") else b
    c, call = torch.empty(rows, size), 0

    def step(answers):
        nonlocal call
        torch.mm(a, b, out=c)
        call += 1
        return c.view(-1)[call * 7919 % c.numel()].item() if answers else 0.0

    return step


def network(row):
    import networks

    side, batch, classes = networks.shape(row)
    net = networks.filled(row).to(memory_format=FORMAT)
    x = networks.pictures(batch, side).contiguous(memory_format=FORMAT)
    if row.endswith("-train"):
        count = batch * side * side if row.startswith("unet") else batch
        return training(net.train(), torch.optim.SGD(net.parameters(), 1e-3, momentum=0.9), x, classes, count)
    net, call = net.eval(), 0

    def step(answers):
        nonlocal call
        with torch.inference_mode():
            logits = net(x)
        call += 1
        return logits.view(-1)[call * 7919 % logits.numel()].item() if answers else 0.0

    return step


def pictures():
    from torch.utils.data import DataLoader
    from torchvision import datasets, transforms

    ready = transforms.Compose([
        *[transforms.Resize(256), transforms.CenterCrop(224), transforms.ToTensor()],
        transforms.Normalize([0.485, 0.456, 0.406], [0.229, 0.224, 0.225]),
    ])
    loader = DataLoader(datasets.ImageFolder(os.environ["BENCH_PHOTOS"], ready), 32, num_workers=2, persistent_workers=True)

    def step(answers):
        total, count = 0.0, 0
        for batch, _ in loader:
            if answers:
                total, count = total + batch.double().abs().sum().item(), count + batch.numel()
        return total / max(count, 1)

    return step


def make(row):
    if row in ("mlp", "mlp-32"):
        return dense([784, 512, 512, 10], 32 if row == "mlp-32" else 128, 0.9, nn.ReLU)
    if row == "tiny":
        return dense([2, 16, 16, 2], 32, 0.0, nn.Tanh)
    if row == "cnn":
        return cnn()
    if row == "pictures":
        return pictures()
    return product(row) if row[0].isdigit() or row.startswith("skinny") else network(row)


def serve():
    print("ready", flush=True)
    step = None
    for line in sys.stdin:
        step = step or make(sys.argv[1])
        question, *number = line.split()
        if question == "answers":
            answer = [step(True) for _ in range(int(number[0]))]
        else:
            seconds, begin, answer = int(number[0]) / 1000, time.perf_counter(), []
            while time.perf_counter() - begin < seconds or not answer:
                start = time.perf_counter_ns()
                step(False)
                answer.append(time.perf_counter_ns() - start)
        print(*answer, flush=True)


if __name__ == "__main__":
    serve()
