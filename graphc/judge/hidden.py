"""What agreement of digits cannot see: a part so small beside others, at every point, that it changes no digit.

Each part has a weight at a point: how much of the value it can move, as a power of two. A sum hands its weight on in
proportion, a function that is flat or steep by its slope. What was light wherever it was looked at was never compared.
"""

from __future__ import annotations

from collections.abc import Callable
from math import inf
from time import monotonic
from typing import TYPE_CHECKING, Any

from .balls import Precision, ball, evaluate, touches

if TYPE_CHECKING:
    from .compare import Comparison

BITS, LIGHT = 256, -160.0
TURNS, LARGE = 10, 20_000
FLAT: dict[str, Callable[[Any], Any]] = {
    "erf": lambda u: (-u * u).exp(),
    "tanh": lambda u: (-2 * abs(u)).exp(),
    "sigma": lambda u: (-abs(u)).exp(),
    "softplus": lambda u: (-abs(u)).exp() if u < 0 else u * 0 + 1,
}
STEEP = frozenset(("exp", "sin", "cos"))  # a small part of a large argument moves them


def hidden(comparison: Comparison) -> str:
    """Why agreement says too little, in words; nothing where every part has weight somewhere."""
    dag, order = comparison.dag, comparison.order
    unseen = {node for node in order if dag.op[node] not in ("number", "pi")}.difference(comparison.bench.asked)
    judged: set[int] = set()
    for turn in range(TURNS):
        if not unseen or len(order) > LARGE or monotonic() > comparison.end:
            return ""
        point = comparison.bench.points.random(comparison.random, turn)
        with Precision(BITS):
            values = evaluate(dag, order, {node: ball(value) for node, value in point.items()})
            if not comparison.bench.admits(values):
                continue
            weights = _weights(comparison, values)
        judged.update(weights)
        unseen -= {node for node, weight in weights.items() if weight > LIGHT}
    return (
        "it agrees to many digits, but some of its parts are too small, or too large, to show in them"
        if (unseen & judged)
        else ""
    )


def _weights(comparison: Comparison, values: dict[int, Any]) -> dict[int, float]:
    """The weights of what is defined and not 0 there."""
    dag = comparison.dag
    # sides are compared as they stand: where both are tiny, nothing was compared
    weights = {node: _own(values[node]) for pair in comparison.pairs for node in pair if values[node] is not None}
    for node in reversed(comparison.order):
        if node not in weights or values[node] is None:
            continue
        op, here = dag.op[node], weights[node]
        whole = max((_bits(values[child]) for child in dag.children(node)), default=0.0) if op == "add" else 0.0
        for child in dag.children(node):
            if values[child] is None or values[child] == 0:
                continue
            change = 0.0
            if op == "add":
                change = min(0.0, _bits(values[child]) - whole)
            elif op in FLAT:
                change = min(0.0, _bits(FLAT[op](values[child])))
            elif op in STEEP:
                change = max(0.0, _bits(values[child]))
            weights[child] = max(weights.get(child, -inf), here + change)
    return weights


def _own(side: Any) -> float:
    return 0.0 if touches(side) else min(0.0, _bits(side))


def _bits(value: Any) -> float:
    """The size of a ball as a power of two."""
    size = abs(value).upper()
    return float(size.log() / 0.6931471805599453) if size > 0 else -inf
