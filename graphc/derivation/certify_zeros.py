"""When two numbers are the same, and where a 0 comes from: a mask can make any line look right, what cancels cannot."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from fractions import Fraction

from ..judge.balls import Ball, ball
from ..judge.dag import PIECEWISE, Dag

DIGITS = 50
TINY = Fraction(1, 10**DIGITS)

Outcome = bool | None  # None is not known


def same(a: Ball, b: Ball) -> Outcome:
    """Equal to 50 digits; not known where one has no value or too few digits."""
    if a is None or b is None:
        return None
    difference = a - b
    if not difference.contains(0):
        return False
    scale = abs(a) + abs(b) + 1
    return True if difference.rad() < scale * ball(TINY) else None


def vanishes(dag: Dag, node: int, cancelled: Collection[int] = ()) -> bool:
    """Whether it is 0 whatever the masks are: a read outside, or what cancels, times something."""
    op, args = dag.op[node], dag.args[node]
    if op == "mul":
        return any(vanishes(dag, arg, cancelled) for arg in args)
    if op == "add":
        return node in cancelled or all(vanishes(dag, arg, cancelled) for arg in args)
    return vanishes(dag, args[0], cancelled) if op == "ref" else dag.value(node) == 0


def cancels(dag: Dag, node: int, values: Mapping[int, Ball]) -> bool:
    """Whether terms that are not 0 make 0."""
    zero = ball(Fraction(0))
    terms = dag.children(node) if dag.op[node] == "add" else ()
    return any(same(values[term], zero) is False for term in terms) and same(values[node], zero) is True


def masked_by(dag: Dag, order: Iterable[int]) -> set[int]:
    """Those that are made with a mask, but for tensors by name: how these are made is not looked into."""
    found: set[int] = set()
    for node in order:  # arguments come first
        op = dag.op[node]
        if op in PIECEWISE or (op != "ref" and not found.isdisjoint(dag.children(node))):
            found.add(node)
    return found
