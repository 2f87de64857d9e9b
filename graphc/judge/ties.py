"""Equations that are assumed, `sum[k](p[k]) = 1`: one symbol of each follows from the others."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from .balls import Ball, evaluate
from .dag import Dag

MAX_BITS = 20_000


@dataclass(frozen=True)
class Tie:
    """`left == right`, linear in `symbol`; `condition` is its node."""

    condition: int
    left: int
    right: int
    symbol: int
    order: tuple[int, ...]

    def exact(self, dag: Dag, point: dict[int, Fraction]) -> Fraction | None:
        """The symbol's value at a point, where that is a fraction."""
        ends = [self._difference(rationals(dag, self.order, {**point, self.symbol: Fraction(k)})) for k in range(3)]
        zero, one, two = ends
        if zero is None or one is None or two is None or one == zero or two - one != one - zero:
            return None
        return -zero / (one - zero)

    def ball(self, dag: Dag, point: Mapping[int, Ball]) -> Ball:
        from flint import arb

        ends = [self._difference(evaluate(dag, self.order, {**point, self.symbol: arb(k)})) for k in range(2)]
        return None if None in map(_missing, ends) else -ends[0] / (ends[1] - ends[0])

    def _difference(self, values: Mapping[int, Any]) -> Any:
        one, two = values[self.left], values[self.right]
        return None if one is None or two is None else one - two


def _missing(value: Any) -> Any:
    return None if value is None else True


def ties(dag: Dag, conditions: Sequence[int], fixed: frozenset[int]) -> tuple[Tie, ...]:
    """One for each assumed equation that has a symbol of its own that moves freely."""
    found: list[Tie] = []
    taken = set(fixed)
    for node in conditions:
        if dag.op[node] != "eq":
            continue
        left, right = dag.args[node]
        order = tuple(dag.below((left, right)))
        free = [part for part in order if dag.op[part] == "symbol" and part not in taken]
        # a symbol that stands only in sums can be solved for
        for symbol in reversed(free):
            tie = Tie(node, left, right, symbol, order)
            point = {part: Fraction(k + 2, 7) for k, part in enumerate(order) if dag.op[part] == "symbol"}
            if tie.exact(dag, point) is not None:
                found.append(tie)
                taken.update(free)  # the others of this equation stay free of later ones
                break
    return tuple(found)


def rationals(dag: Dag, order: Sequence[int], point: Mapping[int, Fraction]) -> dict[int, Fraction | None]:
    """The values of nodes, where they are fractions."""
    values: dict[int, Fraction | None] = dict(point)
    for node in order:
        op, args = dag.op[node], dag.args[node]
        if op == "symbol":
            continue
        if op == "number":
            values[node] = args[0]
            continue
        parts = [values[part] for part in dag.children(node)]
        values[node] = None if None in parts else _rational(op, args, parts)
    return values


def _rational(op: str, args: tuple[Any, ...], parts: list[Any]) -> Fraction | None:
    if op == "ref":
        return parts[0]
    if op == "add":
        return sum(parts, Fraction(0))
    if op == "mul":
        total = Fraction(1)
        for part in parts:
            total *= part
        return total
    if op == "div":
        return parts[0] / parts[1] if parts[1] else None
    if op == "power" and args[1].denominator == 1 and (parts[0] or args[1] > 0):
        size = max(parts[0].numerator.bit_length(), parts[0].denominator.bit_length())
        return parts[0] ** int(args[1]) if abs(args[1]) * size < MAX_BITS else None
    return None
