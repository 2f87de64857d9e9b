"""Who is timed: graphc always, the peers where they are installed; a missing one is a sentence, not an error."""

from __future__ import annotations

import sys
from collections.abc import Callable
from importlib import import_module
from importlib.util import find_spec
from typing import Any

# name: (its module here, the package that it needs)
CONTESTANTS = {
    "graphc": ("ours", "graphc"),
    "PyTorch eager": ("peer_torch", "torch"),
    "JAX jit": ("peer_jax", "jax"),
}


def present() -> list[str]:
    """The contestants that can take part."""
    return [name for name, (_, package) in CONTESTANTS.items() if find_spec(package) is not None]


def say_what_is_missing() -> None:
    """One sentence for each absent peer."""
    there = present()
    for name in [name for name in CONTESTANTS if name not in there]:
        print(f"{name} is not installed, so its column stays empty: pip install 'graphc[peers]'", file=sys.stderr)


def step(name: str, case: Any) -> Callable[[], list]:
    """The contestant's training step for a case."""
    return import_module(f".{CONTESTANTS[name][0]}", __package__).step(case)
