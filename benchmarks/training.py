"""`python -m benchmarks.training [--rounds N]`: whole training steps, forward, backward and update, in one run.

Everyone starts from the same float32 numbers and must have the same parameters after three steps. The peers are written
as their users write them: `zero_grad`, `backward`, `step`; the same with the loss and the optimiser's step compiled;
and one jitted function with its arguments donated.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path
from statistics import median
from typing import Any

from graphc.cli.blas import choose_kernel

choose_kernel()  # before anything imports NumPy

import numpy as np  # noqa: E402

from .cases import CASES, MODELS, Case, _dense  # noqa: E402
from .machine import machine  # noqa: E402
from .table import Row, duration, show  # noqa: E402
from .timing import turns  # noqa: E402

Step = tuple[Callable[[], Any], Callable[[], dict[str, np.ndarray]]]  # take a step; the parameters by now

PEERS = {"PyTorch eager": "torch", "torch.compile": "torch", "JAX jit": "jax"}
RATES = {"sgd": 0.01, "adam": 0.001}


def graphc_step(case: Case, optimizer: str) -> Step:
    import graphc as gc

    arrays = case.arrays()
    made = {"sgd": gc.SGD, "adam": gc.Adam}[optimizer](RATES[optimizer])
    values = {name: arrays[name] for name in case.params}
    step = gc.TrainingStep(gc.load(case.model), optimizer=made, values=values)
    batch = {name: arrays[name] for name in case.inputs}
    return lambda: step(**batch), lambda: step.params


def torch_step(case: Case, optimizer: str, compiled: bool = False) -> Step:
    import torch

    from .peer_torch import LOSSES

    tensors = {name: torch.from_numpy(array) for name, array in case.arrays().items()}
    params = {name: tensors[name].requires_grad_() for name in case.params}
    loss = LOSSES["dense" if case.name == "digits" else case.name]
    made = {"sgd": torch.optim.SGD, "adam": torch.optim.Adam}[optimizer](params.values(), lr=RATES[optimizer])
    update: Callable[[], Any] = made.step
    if compiled:
        loss, update = torch.compile(loss), torch.compile(made.step)

    def step() -> float:
        made.zero_grad()
        value = loss(**tensors)
        value.backward()
        update()
        return value.item()

    return step, lambda: {name: tensor.detach().numpy() for name, tensor in params.items()}


def jax_step(case: Case, optimizer: str) -> Step:
    import jax
    import jax.numpy as jnp

    from .peer_jax import LOSSES

    arrays = {name: jnp.asarray(array) for name, array in case.arrays().items()}
    loss = LOSSES["dense" if case.name == "digits" else case.name]
    rate, zeros = RATES[optimizer], {name: jnp.zeros_like(arrays[name]) for name in case.params}

    def sgd(params, state, gradients):
        return jax.tree.map(lambda p, g: p - rate * g, params, gradients), state

    def adam(params, state, gradients):
        m, v, t = state
        t = t + 1
        m = jax.tree.map(lambda m, g: 0.9 * m + 0.1 * g, m, gradients)
        v = jax.tree.map(lambda v, g: 0.999 * v + 0.001 * g * g, v, gradients)
        scale, spread = rate / (1 - 0.9**t), 1 - 0.999**t
        new = jax.tree.map(lambda p, m, v: p - scale * m / (jnp.sqrt(v / spread) + 1e-8), params, m, v)
        return new, (m, v, t)

    update = {"sgd": sgd, "adam": adam}[optimizer]

    def whole(params, state, x, t):
        value, gradients = jax.value_and_grad(loss)(params, x, t)
        return value, *update(params, state, gradients)

    program = jax.jit(whole, donate_argnums=(0, 1))
    held = {"params": {name: arrays[name] for name in case.params},
            "state": (zeros, {name: jnp.zeros_like(zero) for name, zero in zeros.items()}, jnp.float32(0))}  # fmt: skip

    def step() -> float:
        value, held["params"], held["state"] = program(held["params"], held["state"], arrays["x"], arrays["t"])
        jax.block_until_ready(held["params"])
        return float(value)

    return step, lambda: {name: np.asarray(value) for name, value in held["params"].items()}


CONTESTANTS: dict[str, Callable[[Case, str], Step]] = {
    "graphc": graphc_step,
    "PyTorch eager": torch_step,
    "torch.compile": lambda case, optimizer: torch_step(case, optimizer, compiled=True),
    "JAX jit": jax_step,
}

_SIGMA, _BIG, _LENET = CASES[1], CASES[2], CASES[3]
_DIGITS = Case("digits", "784-128-64-10", str(MODELS / "digits.net"), 128, 0.6, _BIG.inputs, _dense(784, 128, 64, 10))
TRAINING = [
    (replace(_SIGMA, title="2-4-1 sigma, SGD, batch 32", target=0.25), "sgd"),
    (replace(_DIGITS, title="784-128-64-10, Adam, batch 128"), "adam"),
    (replace(_BIG, title="784-512-512-10, Adam, batch 256", target=0.6), "adam"),
    (replace(_LENET, title="LeNet-5, Adam, batch 64"), "adam"),
]


def measure(case: Case, optimizer: str, rounds: int, without: tuple[str, ...] = ()) -> Row:
    """One row: medians (best in brackets), the ratio of graphc's to PyTorch eager's, and the target."""
    there = [name for name in CONTESTANTS if name not in without and find_spec(PEERS.get(name, "graphc"))]
    made = {name: CONTESTANTS[name](case, optimizer) for name in there}
    _agree(case, made)
    seconds = turns({name: step for name, (step, _) in made.items()}, rounds)
    cells = {name: f"{duration(median(times))} ({duration(min(times))})" for name, times in seconds.items()}
    ratio = ""
    if "PyTorch eager" in seconds:
        ours, theirs = seconds["graphc"], seconds["PyTorch eager"]
        ratio = f"{median(ours) / median(theirs):.2f} ({min(ours) / min(theirs):.2f})"
    return Row(case.title, cells, ratio, f"≤ {case.target:g}")


def _agree(case: Case, made: dict[str, Step]) -> None:
    """A time counts only for the right numbers: the same parameters after three steps."""
    for _ in range(3):
        for step, _params in made.values():
            step()
    expected = made["graphc"][1]()
    for name, (_, params) in made.items():
        for which, theirs in params().items():
            scale = float(np.abs(theirs).max()) + 1e-6
            if float(np.abs(expected[which] - theirs).max()) > 2e-3 * scale:
                raise SystemExit(f"{case.title}: graphc and {name} disagree about {which}")


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.training", description=__doc__)
    parser.add_argument("--rounds", type=int, default=21, help="turns that each contestant gets (default 21)")
    parser.add_argument("--only", type=int, nargs="*", help="which rows, counted from 0")
    parser.add_argument("--without", nargs="*", default=[], help="contestants that are left out")
    parser.add_argument("-o", type=Path, metavar="FILE", help="write the table and the machine to a file as well")
    asked = parser.parse_args()
    rows = []
    for place, (case, optimizer) in enumerate(TRAINING):
        if asked.only is None or place in asked.only:
            row = measure(case, optimizer, asked.rounds, tuple(asked.without))
            print("measured:", row.case, *row.cells.values(), row.ratio, sep="  ", file=sys.stderr)
            rows.append(row)
    text = f"{show(rows, list(CONTESTANTS))}\n\n{machine()}\n"
    print(text, end="")
    if asked.o:
        asked.o.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
