"""What is assumed of names that have an equation: no range to draw from, but something that each point has to meet.

An interval is two comparisons. A set, a row, a whole number is an equation, which numbers in balls can only refute: a
point at which it surely fails is none.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction

from ..language.expression import Compare, Constant, Equation, Name, Number
from .dag import Dag
from .expand import Array
from .givens import Assumption, Givens
from .points import rows

SIGNS = {"open": ("<", "<"), "closed": ("<=", "<=")}


def of_defined(givens: Givens) -> list[Assumption]:
    """The assumptions about names that have an equation, comparisons aside."""
    defined = {one.name for one in givens.statements if isinstance(one, (Equation, Constant))}
    return [one for one in givens.assumptions if one.name in defined]


def comparisons(givens: Givens) -> list[Compare]:
    """All that is assumed as a comparison, intervals of defined names too."""
    found = [one.holds for one in givens.assumptions if one.holds is not None]
    for one in of_defined(givens):
        if one.kind in SIGNS:
            low, high = map(Number, one.values)
            found.append(Compare((low, Name(one.name), high), SIGNS[one.kind]))
    return found


def zeros(dag: Dag, assumption: Assumption, whole: Array) -> list[int]:
    """What has to be 0 for the assumption to hold."""
    return [node for rule in RULES.get(assumption.kind, ()) for node in rule(dag, assumption, whole)]


def _less(dag: Dag, node: int, value: Fraction) -> int:
    return dag.add((node, dag.number(-value)))


def _chosen(dag: Dag, assumption: Assumption, whole: Array) -> list[int]:
    values = assumption.values or (Fraction(0), Fraction(1))
    return [dag.mul(_less(dag, node, value) for value in values) for node in whole.items]


def _summing(dag: Dag, assumption: Assumption, whole: Array) -> list[int]:
    return [_less(dag, dag.add(row), Fraction(1)) for row in rows(whole)] if whole.shape else []


def _not_negative(dag: Dag, assumption: Assumption, whole: Array) -> list[int]:
    return [dag.node("min", (node, dag.zero)) for node in whole.items]


def _integer(dag: Dag, assumption: Assumption, whole: Array) -> list[int]:
    return [dag.apply("sin", dag.mul((dag.node("pi", ()), node))) for node in whole.items]


RULES: dict[str, Sequence[Callable[[Dag, Assumption, Array], list[int]]]] = {
    "values": (_chosen,),
    "one_hot": (_chosen, _summing),
    "distribution": (_not_negative, _summing),
    "integer": (_integer,),
}
