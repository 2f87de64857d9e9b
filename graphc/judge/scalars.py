"""What one element is: functions, reductions and comparisons of scalars, of numbers where they are numbers."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Any

from ..language.errors import GraphcError
from ..language.expression import Compare, Expression, FloorQuotient, Negative, Power, Product, Quotient, Sum
from .dag import COMPARISONS, Dag
from .dims import NoRoom
from .total import text_of


def reduced(dag: Dag, kind: str, terms: tuple[int, ...]) -> int:
    """A reduction of its elements."""
    if not terms:
        raise NoRoom
    if kind == "sum":
        return dag.add(terms)
    if kind == "prod":
        return dag.mul(terms)
    if kind == "mean":
        return dag.mul((dag.number(Fraction(1, len(terms))), dag.add(terms)))
    if kind == "logsumexp" and len(terms) > 1:
        return dag.apply("log", dag.add([dag.exp(term) for term in terms]))
    return terms[0] if len(terms) == 1 else dag.node(kind, terms)


def applied(dag: Dag, word: str, parts: tuple[int, ...]) -> int:
    """A function of scalars; of numbers where that is a number."""
    if word == "sqrt":
        return dag.power(parts[0], Fraction(1, 2))
    known = [dag.value(part) for part in parts]
    if word == "where":
        if known[0] is not None:
            return parts[1] if known[0] else parts[2]
        return dag.apply("where", *parts)
    if word == "exp":
        return dag.exp(parts[0])
    if word in FOLDED and known[0] is not None:
        return dag.number(FOLDED[word](known[0]))
    return dag.apply(word, *parts)


FOLDED: dict[str, Callable[[Fraction], Fraction]] = {
    "abs": abs,
    "sign": lambda v: Fraction((v > 0) - (v < 0)),
    "step": lambda v: Fraction(v > 0),
}
ORDER: dict[str, Callable[[Fraction, Fraction], bool]] = {
    "lt": lambda a, b: a < b,
    "le": lambda a, b: a <= b,
    "gt": lambda a, b: a > b,
    "ge": lambda a, b: a >= b,
    "eq": lambda a, b: a == b,
    "ne": lambda a, b: a != b,
}


def compared(dag: Dag, sign: str, left: int, right: int) -> int:
    op = COMPARISONS[sign]
    a, b = dag.value(left), dag.value(right)
    if a is not None and b is not None:
        return dag.whole(ORDER[op](a, b))
    return dag.apply(op, left, right)


def _compare(dag: Dag, e: Any, parts: tuple[int, ...]) -> int:
    """A chain holds where all of it holds."""
    return dag.mul(compared(dag, sign, a, b) for sign, a, b in zip(e.operators, parts, parts[1:], strict=False))


def _floor(dag: Dag, e: Any, parts: tuple[int, ...]) -> int:
    a, b = dag.value(parts[0]), dag.value(parts[1])
    if a is None or not b:
        raise GraphcError(f"{text_of(e)}: `//` is for sizes and indices")
    return dag.whole(a // b)


MAKE: dict[type[Expression], Callable[[Dag, Any, tuple[int, ...]], int]] = {
    Sum: lambda dag, e, parts: dag.add(parts),
    Product: lambda dag, e, parts: dag.mul(parts),
    Negative: lambda dag, e, parts: dag.negative(parts[0]),
    Quotient: lambda dag, e, parts: dag.div(parts[0], parts[1]),
    FloorQuotient: _floor,
    Power: lambda dag, e, parts: dag.raised(parts[0], parts[1]),
    Compare: _compare,
}
