"""Equal by form: as rational functions of all that is not looked into, so that it holds whatever that may be.

Each symbol, each value of exp, and each answer of a comparison is a variable of its own, the same where it is of the
same; `where(c, a, b)` is b + [c](a − b). So masks need not be seen both ways: what is equal with [c] as a variable is
equal for [c] = 0 and for [c] = 1. It is tested at random modulo a prime near 2⁶¹, twice; a false equation of degree d
passes with a chance of (d/2⁶¹)². What it does not prove may be true all the same: it knows no exp(a + b) and no order.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from fractions import Fraction
from math import prod
from random import Random

from .dag import Dag

PRIME = 2**61 - 1
SAMPLES = 2


class _Undefined(Exception):
    """A division by 0, at this sample or at all."""


class _Sample:
    """Random values for whatever is a variable."""

    def __init__(self, random: Random) -> None:
        self.random = random
        self.drawn: dict[object, int] = {}
        self.positive: dict[int, int] = {}  # of max(0, u), whether it is above 0: just where u is

    def variable(self, *key: object) -> int:
        if key not in self.drawn:
            self.drawn[key] = self.random.randrange(2, PRIME)
        return self.drawn[key]

    def greater(self, a: int, b: int) -> int:
        """[a > b], which hangs on a − b alone."""
        difference = (a - b) % PRIME
        return self.positive[difference] if difference in self.positive else self.variable("gt", difference)

    def sign(self, u: int) -> int:
        return self.greater(u, 0) - self.greater(0, u)

    def equal(self, a: int, b: int) -> int:
        difference = (a - b) % PRIME
        return self.variable("eq", min(difference, PRIME - difference)) if difference else 1

    def power(self, base: int, exponent: Fraction) -> int:
        root = base if exponent.denominator == 1 else self.variable("root", base, exponent.denominator)
        return pow(root, exponent.numerator, PRIME) if exponent > 0 else inverse(pow(root, -exponent.numerator, PRIME))

    def values(self, dag: Dag, order: Iterable[int]) -> dict[int, int]:
        values: dict[int, int] = {}
        for node in order:
            op, args = dag.op[node], dag.args[node]
            if op == "add":
                values[node] = sum([values[part] for part in args]) % PRIME
            elif op == "mul":
                values[node] = prod([values[part] for part in args]) % PRIME
            elif op == "ref":
                values[node] = values[args[0]]
            elif op == "symbol":
                values[node] = self.variable(node)
            elif op == "number":
                values[node] = args[0].numerator * inverse(args[0].denominator) % PRIME
            elif op == "power":
                values[node] = self.power(values[args[0]], args[1])
            else:
                parts = [values[part] for part in args]
                values[node] = RULES[op](self, *parts) % PRIME if op in RULES else self.variable(op, *parts)
        return values


def inverse(value: int) -> int:
    if value == 1:
        return 1
    if not value % PRIME:
        raise _Undefined
    return pow(value, -1, PRIME)


def _greatest(sample: _Sample, *parts: int) -> int:
    if len(parts) == 2 and 0 in parts:
        u = sum(parts)
        above = sample.greater(u, 0)
        sample.positive[above * u % PRIME] = above
        return above * u
    best = parts[0]
    for part in parts[1:]:
        best = best + sample.greater(part, best) * (part - best) % PRIME
    return best


RULES: dict[str, Callable[..., int]] = {
    "div": lambda sample, a, b: a * inverse(b),
    "where": lambda sample, c, a, b: b + c * (a - b),
    "max": _greatest,
    "abs": lambda sample, u: u * sample.sign(u),
    "step": lambda sample, u: sample.greater(u, 0),
    "sign": lambda sample, u: sample.sign(u),
    "gt": lambda sample, a, b: sample.greater(a, b),
    "lt": lambda sample, a, b: sample.greater(b, a),
    "ge": lambda sample, a, b: 1 - sample.greater(b, a),
    "le": lambda sample, a, b: 1 - sample.greater(a, b),
    "eq": lambda sample, a, b: sample.equal(a, b),
    "ne": lambda sample, a, b: 1 - sample.equal(a, b),
}


def alike(dag: Dag, order: Sequence[int], pairs: Iterable[tuple[int, int]], random: Random) -> bool:
    """Whether the two of each pair are equal by form; `order` holds all that they are made of."""
    pairs = [pair for pair in pairs if pair[0] != pair[1]]
    try:
        samples = [_Sample(random).values(dag, order) for _ in range(SAMPLES if pairs else 0)]
    except _Undefined:
        return False
    return all(values[a] == values[b] for values in samples for a, b in pairs)
