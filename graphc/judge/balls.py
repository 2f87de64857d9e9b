"""The graph in ball arithmetic: each value is an interval that surely holds it, or None where it is not defined.

A comparison is decided only where it surely holds or surely does not. So two values that are apart are proved apart,
and with balls for inputs they are apart on an open set: isolated points and ties do not count.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from fractions import Fraction
from math import prod
from typing import Any

from flint import arb, ctx, fmpq

from .dag import Dag

Ball = Any  # flint.arb, or None
MAX_SQUARINGS = 4096


class Precision:
    """So many bits, for as long as the block lasts."""

    def __init__(self, bits: int) -> None:
        self.bits = bits

    def __enter__(self) -> None:
        self.before, ctx.prec = ctx.prec, self.bits

    def __exit__(self, *error: object) -> None:
        ctx.prec = self.before


def ball(value: Fraction) -> Ball:
    if value.denominator == 1:
        return arb(value.numerator)
    return arb(fmpq(value.numerator, value.denominator))


def evaluate(dag: Dag, order: Iterable[int], point: Mapping[int, Ball]) -> dict[int, Ball]:
    """The value of every node of an order; `point` holds those of the symbols."""
    ops, args = dag.op, dag.args
    values: dict[int, Ball] = dict(point)
    nowhere = {node for node, value in values.items() if value is None}  # what has no value, and all that reads it
    for count, node in enumerate(order):
        if not count & 255:
            dag.check_time()
        op, parts = ops[node], args[node]
        if op == "symbol":
            continue
        if op == "number":
            value = ball(parts[0])
        elif op == "where":
            condition, yes, no = parts
            holds = values[condition]
            value = None if holds is None else values[yes] if holds != 0 else values[no]
        elif op == "power":
            base, exponent = parts
            value = None if base in nowhere else power(values[base], exponent)
        elif op == "ref":
            value = values[parts[0]]
        else:
            whole = nowhere.isdisjoint(parts)
            value = OPERATIONS[op](*[values[part] for part in parts]) if whole else None
        values[node] = value
        if value is None:
            nowhere.add(node)
    return values


def finite(value: Ball) -> Ball:
    return value if value.is_finite() else None


def touches(value: Ball) -> bool:
    """Whether a ball holds 0; `== 0` asks whether it is 0."""
    return not value > 0 and not value < 0


def power(base: Ball, exponent: Fraction) -> Ball:
    """A fixed power: whole ones by squaring, since a logarithm has no place at 0; others of what is not negative."""
    if exponent < 0:
        if touches(base):
            return None
        inverse = power(base, -exponent)
        return None if inverse is None else finite(1 / inverse)
    if exponent.denominator == 1:
        return whole(base, int(exponent))
    if base == 0:
        return base
    if not base > 0:
        return None
    if exponent.denominator == 2 and exponent.numerator < MAX_SQUARINGS:
        return whole(base.sqrt(), exponent.numerator)
    return finite((base.log() * ball(exponent)).exp())


def whole(base: Ball, exponent: int) -> Ball:
    if exponent > MAX_SQUARINGS:
        if base == 0:
            return base
        if touches(base):
            return None
        size = finite((abs(base).log() * exponent).exp())
        return size if size is None or base > 0 or not exponent % 2 else -size
    result = arb(1)
    while exponent:
        if exponent & 1:
            result = result * base
        exponent >>= 1
        if exponent:
            base = base * base
    return finite(result)


def _raised(base: Ball, exponent: Ball) -> Ball:
    if exponent.is_exact() and exponent.is_integer() and abs(exponent) < MAX_SQUARINGS:
        return power(base, Fraction(int(exponent.unique_fmpz())))
    if base > 0:
        return finite((base.log() * exponent).exp())
    return base if base == 0 and exponent > 0 else None


def _sum(*terms: Ball) -> Ball:
    return sum(terms[1:], terms[0])


def _product(*factors: Ball) -> Ball:
    return prod(factors[1:], start=factors[0])


def _greatest(*parts: Ball) -> Ball:
    best = parts[0]
    for part in parts[1:]:
        best = best.max(part)
    return best


def _least(*parts: Ball) -> Ball:
    best = parts[0]
    for part in parts[1:]:
        best = best.min(part)
    return best


def _decided(yes: Callable[[Ball, Ball], bool], no: Callable[[Ball, Ball], bool]) -> Callable[..., Ball]:
    def compare(a: Ball, b: Ball) -> Ball:
        return arb(1) if yes(a, b) else arb(0) if no(a, b) else None

    return compare


def _sign(u: Ball) -> Ball:
    return arb(1) if u > 0 else arb(-1) if u < 0 else u if u == 0 else None


OPERATIONS: dict[str, Callable[..., Ball]] = {
    "add": _sum,
    "mul": _product,
    "div": lambda a, b: finite(a / b),
    "raised": _raised,
    "pi": arb.pi,
    "exp": lambda u: finite(u.exp()),
    "log": lambda u: finite(u.log()) if u > 0 else None,
    "sin": lambda u: finite(u.sin()),
    "cos": lambda u: finite(u.cos()),
    "tanh": lambda u: finite(u.tanh()),
    "erf": lambda u: finite(u.erf()),
    "sigma": lambda u: finite(1 / (1 + (-u).exp())),
    "softplus": lambda u: finite((1 + u.exp()).log()),
    "abs": abs,
    "sign": _sign,
    "step": lambda u: arb(1) if u > 0 else arb(0) if u <= 0 else None,
    "max": _greatest,
    "min": _least,
    "lt": _decided(lambda a, b: a < b, lambda a, b: a >= b),
    "le": _decided(lambda a, b: a <= b, lambda a, b: a > b),
    "gt": _decided(lambda a, b: a > b, lambda a, b: a <= b),
    "ge": _decided(lambda a, b: a >= b, lambda a, b: a < b),
    "eq": _decided(lambda a, b: a == b, lambda a, b: a != b),
    "ne": _decided(lambda a, b: a != b, lambda a, b: a == b),
}
