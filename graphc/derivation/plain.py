"""Algebra that a reader expects to have been done: like terms are one term, equal factors a power, log eᵘ is u.

Each rule is a row: its name in the table of rules, the operation that it looks at, and what it makes of such a term.
None of them takes away a place at which there is no value: y·y⁻¹ is for `cancel` to say.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction

from ..calculus.rewrite import apply_rule
from ..calculus.rules import EXPONENTIAL
from ..graph.node import Map
from ..graph.scalar import Apply, Index, Number, Read, Scalar, add, apply, move, mul, number, power

UNDONE = next(rule for rule in EXPONENTIAL if rule.name == "logarithm of an exponential")


@dataclass(frozen=True)
class Plain:
    """One rule; `change` gives another term, or the same where it says nothing of it."""

    name: str
    operation: str
    change: Callable[[Apply], Scalar]

    def applied(self, term: Scalar) -> Scalar:
        return self.change(term) if isinstance(term, Apply) and term.operation == self.operation else term


def plainer(term: Scalar) -> Scalar:
    """The term by all rules of its outermost operation."""
    for rule in PLAIN:
        term = rule.applied(term)
    return term


def _like_terms(total: Apply) -> Scalar:
    """a·u + b·u = (a + b)·u where a and b are numbers; u may stand in any order."""
    shares: dict[frozenset[tuple[Scalar, int]], list[tuple[Fraction, Scalar]]] = {}
    for term in total.arguments:
        share, rest = parted(term)
        shares.setdefault(_counted(rest), []).append((share, mul(*rest)))
    if len(shares) == len(total.arguments):
        return total
    return add(*(mul(number(sum(share for share, _ in like)), like[0][1]) for like in shares.values()))


def parted(term: Scalar) -> tuple[Fraction, tuple[Scalar, ...]]:
    """The number in front of a term, and its other factors."""
    factors = term.arguments if isinstance(term, Apply) and term.operation == "mul" else (term,)
    if isinstance(factors[0], Number):
        return factors[0].value, factors[1:]
    return Fraction(1), factors


def _counted(factors: tuple[Scalar, ...]) -> frozenset[tuple[Scalar, int]]:
    return frozenset((factor, factors.count(factor)) for factor in factors)


def _equal_factors(product: Apply) -> Scalar:
    """uᵃ·uᵇ = uᵃ⁺ᵇ where a and b are whole and above 0."""
    exponents: dict[Scalar, Fraction] = {}
    for factor in product.arguments:
        base, exponent = _whole_power(factor)
        exponents[base] = exponents.get(base, Fraction(0)) + exponent
    if len(exponents) == len(product.arguments):
        return product
    return mul(*(power(base, exponent) for base, exponent in exponents.items()))


def _whole_power(factor: Scalar) -> tuple[Scalar, Fraction]:
    if isinstance(factor, Apply) and factor.operation == "pow" and isinstance(factor.arguments[1], Number):
        exponent = factor.arguments[1].value
        if exponent > 0 and exponent.denominator == 1:
            return factor.arguments[0], exponent
    return factor, Fraction(1)


def _power_of_a_power(term: Apply) -> Scalar:
    """(cᵃ)ᵇ = cᵃᵇ where c is a number above 0: (1/√2)² is 1/2."""
    base, exponent = term.arguments
    if isinstance(base, Apply) and base.operation == "pow" and isinstance(exponent, Number):
        inner, first = _power_of_a_power(base).children or (base, number(1))
        if isinstance(inner, Number) and inner.value > 0 and isinstance(first, Number):
            return power(inner, first.value * exponent.value)
    return term


def undone(term: Scalar) -> Scalar:
    """The term by this one rule."""
    return _undone(term) if isinstance(term, Apply) and term.operation == "log" else term


def _undone(term: Apply) -> Scalar:
    """log eᵘ = u, where eᵘ stands in a tensor of its own that has no name, too."""
    (inner,) = term.arguments
    node = inner.tensor if isinstance(inner, Read) and not inner.guarded else None
    if isinstance(node, Map) and node.name is None and node.reduce is None and node.plain and not node.guarded:
        body = move(node.body, {Index(axis): form for axis, form in enumerate(inner.subscripts)})  # type: ignore[attr-defined]
        return apply_rule(UNDONE, apply("log", body)) or term
    return apply_rule(UNDONE, term) or term


PLAIN = (
    Plain("like terms", "add", _like_terms),
    Plain("equal factors", "mul", _equal_factors),
    Plain("power of a power", "pow", _power_of_a_power),
    Plain(UNDONE.name, "log", _undone),
)
