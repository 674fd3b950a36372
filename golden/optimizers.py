"""Writes data/optimizers.json and data/schedules.json: PyTorch's optimizers and schedules, step by step, in f64.

A case is one line: the options here, as a config file of this project has them, and PyTorch's own.
"""

import json
import pathlib

import torch
from torch.optim import lr_scheduler

STEPS = 20
DATA = pathlib.Path(__file__).parent / "data"

torch.manual_seed(7)
# Numbers that f32 holds exactly, so that both sides see the same. The scales differ by powers of ten, one gradient is
# often zero, and the first step is larger than the rest: what epsilon and bias correction do shows.
SCALES = torch.tensor([1.0, 0.1, 1e-3, 1.0], dtype=torch.float32)
START = torch.randn(4).double()
GRADIENTS = [(torch.randn(4) * SCALES * (4.0 if step == 0 else 1.0)).double() for step in range(STEPS)]
for step, gradient in enumerate(GRADIENTS):
    if step % 3:
        gradient[3] = 0.0
# A rate that changes: it tells the two forms of momentum apart.
RATES = [0.05 if step < 10 else 0.005 for step in range(STEPS)]


def sgd(**options):
    return torch.optim.SGD, options


CASES = [
    # name, options here, PyTorch's class and options, rates
    ("sgd", {"name": "sgd", "learning_rate": 0.05}, sgd(lr=0.05), None),
    ("sgd decay", {"name": "sgd", "learning_rate": 0.05, "weight_decay": 0.1}, sgd(lr=0.05, weight_decay=0.1), None),
    ("momentum", {"name": "sgd", "learning_rate": 0.05, "momentum": 0.9}, sgd(lr=0.05, momentum=0.9), None),
    ("momentum decay", {"name": "sgd", "learning_rate": 0.05, "momentum": 0.9, "weight_decay": 0.1}, sgd(lr=0.05, momentum=0.9, weight_decay=0.1), None),
    ("momentum outside", {"name": "sgd", "learning_rate": 0.05, "momentum": 0.9, "pytorch": True}, sgd(lr=0.05, momentum=0.9), RATES),
    ("nesterov", {"name": "sgd", "learning_rate": 0.05, "momentum": 0.9, "nesterov": True}, sgd(lr=0.05, momentum=0.9, nesterov=True), None),
    ("nesterov outside", {"name": "sgd", "learning_rate": 0.05, "momentum": 0.9, "nesterov": True, "pytorch": True, "weight_decay": 0.1}, sgd(lr=0.05, momentum=0.9, nesterov=True, weight_decay=0.1), RATES),
    ("adagrad", {"name": "adagrad", "learning_rate": 0.05}, (torch.optim.Adagrad, dict(lr=0.05, eps=1e-7)), None),
    ("adagrad decay", {"name": "adagrad", "learning_rate": 0.05, "weight_decay": 0.1}, (torch.optim.Adagrad, dict(lr=0.05, eps=1e-7, weight_decay=0.1)), RATES),
    ("adagrad delta", {"name": "adagrad", "learning_rate": 0.05, "delta": 0.01}, (torch.optim.Adagrad, dict(lr=0.05, eps=0.01)), None),
    ("rmsprop", {"name": "rmsprop", "learning_rate": 0.01, "decay": 0.99, "delta": 1e-8, "pytorch": True}, (torch.optim.RMSprop, dict(lr=0.01)), None),
    ("rmsprop decay", {"name": "rmsprop", "decay": 0.95, "delta": 1e-4, "pytorch": True, "weight_decay": 0.1}, (torch.optim.RMSprop, dict(lr=0.001, alpha=0.95, eps=1e-4, weight_decay=0.1)), None),
    ("rmsprop momentum", {"name": "rmsprop", "decay": 0.99, "delta": 1e-4, "momentum": 0.9, "pytorch": True}, (torch.optim.RMSprop, dict(lr=0.001, eps=1e-4, momentum=0.9)), RATES),
    ("rmsprop centered", {"name": "rmsprop", "decay": 0.99, "delta": 1e-4, "centered": True, "pytorch": True}, (torch.optim.RMSprop, dict(lr=0.001, eps=1e-4, centered=True)), None),
    ("rmsprop all", {"name": "rmsprop", "decay": 0.99, "delta": 1e-4, "centered": True, "momentum": 0.9, "pytorch": True, "weight_decay": 0.1}, (torch.optim.RMSprop, dict(lr=0.001, eps=1e-4, centered=True, momentum=0.9, weight_decay=0.1)), None),
    ("adam", {"name": "adam", "learning_rate": 0.05}, (torch.optim.Adam, dict(lr=0.05)), None),
    ("adam betas", {"name": "adam", "learning_rate": 0.05, "beta1": 0.8, "beta2": 0.95, "epsilon": 1e-3}, (torch.optim.Adam, dict(lr=0.05, betas=(0.8, 0.95), eps=1e-3)), None),
    ("adam decay", {"name": "adam", "learning_rate": 0.05, "weight_decay": 0.1}, (torch.optim.Adam, dict(lr=0.05, weight_decay=0.1)), RATES),
    ("adam amsgrad", {"name": "adam", "learning_rate": 0.05, "amsgrad": True, "beta2": 0.9}, (torch.optim.Adam, dict(lr=0.05, amsgrad=True, betas=(0.9, 0.9))), None),
    ("adamw", {"name": "adamw", "learning_rate": 0.05}, (torch.optim.AdamW, dict(lr=0.05)), None),
    ("adamw decay", {"name": "adamw", "learning_rate": 0.05, "weight_decay": 0.3}, (torch.optim.AdamW, dict(lr=0.05, weight_decay=0.3)), RATES),
    ("adamw amsgrad", {"name": "adamw", "learning_rate": 0.05, "amsgrad": True, "beta2": 0.9}, (torch.optim.AdamW, dict(lr=0.05, amsgrad=True, betas=(0.9, 0.9))), None),
]


def trajectory(make, rates):
    optimizer_class, options = make
    weights = START.clone().requires_grad_()
    optimizer = optimizer_class([weights], **options)
    steps = []
    for step in range(STEPS):
        if rates:
            optimizer.param_groups[0]["lr"] = rates[step]
        weights.grad = GRADIENTS[step].clone()
        optimizer.step()
        steps.append(weights.tolist())
    return steps


def rates(make, steps, optimizer_class=torch.optim.SGD, **options):
    optimizer = optimizer_class([torch.zeros(1, requires_grad=True)], lr=0.5, **options)
    schedule = make(optimizer)
    rates, momenta = [], []
    for step in range(steps):
        group = optimizer.param_groups[0]
        rates.append(group["lr"])
        momenta.append(group["betas"][0] if "betas" in group else group["momentum"])
        optimizer.step()
        if step + 1 < steps:
            schedule.step()
    return {"rates": rates, "momenta": momenta}


SCHEDULES = {
    "constant": rates(lambda o: lr_scheduler.ConstantLR(o, 1.0), 30),
    "linear": rates(lambda o: lr_scheduler.LinearLR(o, 1.0, 0.1, 20), 30),
    "stairs": rates(lambda o: lr_scheduler.StepLR(o, 7, 0.3), 30),
    "exponential": rates(lambda o: lr_scheduler.ExponentialLR(o, 0.9), 30),
    "cosine": rates(lambda o: lr_scheduler.CosineAnnealingLR(o, 25, 0.01), 26),
    "polynomial": rates(lambda o: lr_scheduler.PolynomialLR(o, 20, 2.0), 30),
    "warm-up cosine": rates(lambda o: lr_scheduler.SequentialLR(o, [lr_scheduler.LinearLR(o, 0.01, 1.0, 5), lr_scheduler.CosineAnnealingLR(o, 20)], [5]), 26),
    "one-cycle": rates(lambda o: lr_scheduler.OneCycleLR(o, 0.5, 30), 30, momentum=0.9),
    "one-cycle Adam": rates(lambda o: lr_scheduler.OneCycleLR(o, 0.5, 17), 17, torch.optim.Adam),
    "one-cycle linear": rates(lambda o: lr_scheduler.OneCycleLR(o, 0.5, 40, pct_start=0.2, anneal_strategy="linear", div_factor=10.0, final_div_factor=100.0, base_momentum=0.8, max_momentum=0.9), 40, momentum=0.9),
}

CASES = [
    {"name": name, "config": config, "rates": rates, "weights": trajectory(make, rates)}
    for name, config, make, rates in CASES
]


def write(name, content):
    (DATA / name).write_text(json.dumps(content, separators=(",", ":")).replace('{"name"', '\n{"name"') + "\n")


write("optimizers.json", {"start": START.tolist(), "gradients": [g.tolist() for g in GRADIENTS], "cases": CASES})
write("schedules.json", SCHEDULES)
