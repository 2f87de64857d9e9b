"""PyTorch eager as a contestant: tensors made beforehand, losses on logits, `autograd.grad`, its fastest way."""

from __future__ import annotations

from collections.abc import Callable

import torch
import torch.nn.functional as F

from .cases import Case


def _small(activation: Callable) -> Callable:
    def loss(x, t, W1, b1, W2, b2):
        return F.binary_cross_entropy_with_logits(torch.addmm(b2, activation(torch.addmm(b1, x, W1)), W2), t)

    return loss


def _dense(x, t, W1, b1, W2, b2, W3, b3):
    h = torch.relu(torch.addmm(b1, x, W1))
    h = torch.relu(torch.addmm(b2, h, W2))
    return F.cross_entropy(torch.addmm(b3, h, W3), t)


def _lenet5(x, t, K1, b1, K2, b2, W3, b3, W4, b4, W5, b5):
    h = F.max_pool2d(torch.relu(F.conv2d(x, K1, b1)), 2)
    h = F.max_pool2d(torch.relu(F.conv2d(h, K2, b2)), 2).flatten(1)
    h = torch.relu(torch.addmm(b3, h, W3))
    h = torch.relu(torch.addmm(b4, h, W4))
    return F.cross_entropy(torch.addmm(b5, h, W5), t)


LOSSES = {"relu": _small(torch.relu), "sigma": _small(torch.sigmoid), "dense": _dense, "lenet5": _lenet5}


def step(case: Case) -> Callable[[], list]:
    """Forward, loss and backward."""
    tensors = {name: torch.from_numpy(array) for name, array in case.arrays().items()}
    params = [tensors[name].requires_grad_() for name in case.params]
    loss = LOSSES[case.name]

    def run() -> list:
        value = loss(**tensors)
        return [value.detach(), *torch.autograd.grad(value, params)]

    return run
