"""PyTorch, asked in the same way as the contestants in Rust (common/src/lib.rs)."""

import os
import sys
import time

import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F

torch.set_num_threads(int(os.environ.get("BENCH_THREADS", "2")))
torch.set_flush_denormal(True)


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


def training(net, optimizer, x, classes):
    labels = torch.arange(len(x)) * 7 % classes

    def step():
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


def cnn(memory_format):
    net = nn.Sequential(
        *[weighted(nn.Conv2d(1, 32, 3, padding=1), 1), nn.ReLU(), nn.MaxPool2d(2)],
        *[weighted(nn.Conv2d(32, 64, 3, padding=1), 2), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten()],
        *[weighted(nn.Linear(64 * 49, 128), 3), nn.ReLU(), weighted(nn.Linear(128, 10), 4)],
    ).to(memory_format=memory_format)
    x = numbers(64 * 784, 9, 1.0).view(64, 1, 28, 28).contiguous(memory_format=memory_format)
    return training(net, torch.optim.Adam(net.parameters(), 1e-3), x, 10)


def make(row):
    if row == "mlp":
        return dense([784, 512, 512, 10], 128, 0.9, nn.ReLU)
    if row == "tiny":
        return dense([2, 16, 16, 2], 32, 0.0, nn.Tanh)
    if row == "cnn":
        return cnn(torch.contiguous_format)
    if row == "cnn-channels-last":
        return cnn(torch.channels_last)
    size = int(row)
    a, b, c = [numbers(size * size, stream, 1.0).view(size, size) for stream in (1, 2, 3)]

    def step():
        torch.mm(a, b, out=c)
        return 0.0

    return step


step = make(sys.argv[1])
for line in sys.stdin:
    words = line.split()
    if words[0] == "losses":
        fresh = make(sys.argv[1])
        answer = [fresh() for _ in range(10)]
    else:
        seconds, begin, answer = int(words[1]) / 1000, time.perf_counter(), []
        while time.perf_counter() - begin < seconds or len(answer) < 3:
            start = time.perf_counter_ns()
            step()
            answer.append(time.perf_counter_ns() - start)
    print(*answer, flush=True)
