"""Cancelling: the cheapest of the forms that SymPy and plain distribution offer, the original among them.

`cancel` finds (ŷ − t)/n where nothing else does, but expands other bodies; `factor_terms` is gentle. Neither is
trusted to be better: the forms compete on cost, and what was written wins a tie.
"""

from __future__ import annotations

from fractions import Fraction
from functools import lru_cache
from math import inf, prod

from ..graph.scalar import Apply, Number, Scalar, add, mul, power, transform, walk
from .bridge import Bridge, Unwritable
from .structure import clothe, cost, is_leaf, skeleton

LARGEST = 60  # operations; above this SymPy may take long and helps little
LONGEST = 120  # terms when multiplied out, which is what `cancel` does


def tidy(body: Scalar) -> Scalar:
    """An equal body that costs no more."""
    shape, leaves = skeleton(body)
    return clothe(_tidy(shape), leaves)


@lru_cache(maxsize=65536)
def _tidy(shape: Scalar) -> Scalar:
    # branches are tidied on their own: a factor must not travel from one into the other
    shape = transform(shape, _branches)
    if not _may_cancel(shape):
        return shape
    candidates = [shape, distribute(shape)]
    if sum(1 for part in walk(shape) if isinstance(part, Apply)) <= LARGEST and _terms(shape) <= LONGEST:
        candidates += _by_sympy(shape)
    return min(candidates, key=cost)


def _branches(part: Scalar) -> Scalar | None:
    if isinstance(part, Apply) and part.operation == "where":
        condition, yes, no = part.arguments
        if not (isinstance(yes, Number) and isinstance(no, Number)):
            return Apply("where", (condition, tidy(yes), tidy(no))) if yes is not no else yes
    return None


def _may_cancel(shape: Scalar) -> bool:
    """Something occurs twice, or a number can be drawn out; else there is nothing to do."""
    seen: dict[Scalar, int] = {}
    stack = [shape]
    sums = 0
    while stack:
        part = stack.pop()
        if is_leaf(part) or (isinstance(part, Apply) and part.operation not in ("add", "mul", "pow")):
            seen[part] = seen.get(part, 0) + 1
            if seen[part] > 1:
                return True
        if isinstance(part, Apply) and part.operation == "add":
            sums += 1
        stack.extend(part.children)
    return sums > 0 and any(isinstance(part, Number) and part.value not in (1, -1) for part in walk(shape))


@lru_cache(maxsize=65536)
def _terms(shape: Scalar) -> float:
    """How many terms it has when multiplied out."""
    if not isinstance(shape, Apply) or shape.operation not in ("add", "mul", "pow"):
        return 1
    inner = [_terms(part) for part in shape.arguments]
    if shape.operation == "add":
        return sum(inner)
    if shape.operation == "mul":
        return prod(inner)
    exponent = shape.arguments[1]
    whole = isinstance(exponent, Number) and exponent.value.denominator == 1
    return min(inner[0] ** abs(int(exponent.value)), inf) if whole else inner[0]  # type: ignore[attr-defined]


def _by_sympy(shape: Scalar) -> list[Scalar]:
    import sympy

    bridge = Bridge(lambda term: term.operation not in ("add", "mul", "pow"), positive_first=True)  # type: ignore[attr-defined]
    expression = bridge.to_sympy(shape)
    forms = []
    for simpler in (sympy.cancel, sympy.factor_terms):
        try:
            forms.append(bridge.from_sympy(simpler(expression)))
        except (sympy.PolynomialError, NotImplementedError, RecursionError, Unwritable):
            continue  # a form less to choose from
    allowed = denominators(shape)
    return [form for form in forms if denominators(form) <= allowed]


def denominators(shape: Scalar) -> set[Scalar]:
    """What is divided by. Two quotients over a common denominator have one that neither had, and it may be 0."""
    found = set()
    for part in walk(shape):
        if isinstance(part, Apply) and part.operation == "pow" and not isinstance(part.arguments[0], Number):
            exponent = part.arguments[1]
            if not isinstance(exponent, Number) or exponent.value < 0 or exponent.value.denominator != 1:
                found.add(part.arguments[0])
    return found


def distribute(term: Scalar) -> Scalar:
    """A product with a sum among its factors multiplied out term by term, equal powers of one base joined.

    This is what keeps −t/y · y(1−y) finite where y underflows, however large the body around it.
    """
    if not (isinstance(term, Apply) and term.operation == "mul"):
        return term
    for place, factor in enumerate(term.arguments):
        if isinstance(factor, Apply) and factor.operation == "add" and _divides(factor):
            rest = term.arguments[:place] + term.arguments[place + 1 :]
            return add(*(distribute(mul(part, *rest)) for part in factor.arguments))
    return joined(term)


def _divides(term: Scalar) -> bool:
    return any(
        isinstance(part, Apply)
        and part.operation == "pow"
        and isinstance(part.arguments[1], Number)
        and part.arguments[1].value < 0
        for part in walk(term)
    )


def joined(term: Scalar) -> Scalar:
    """A product with the powers of each base put together: y⁻¹·t·y is t."""
    if not (isinstance(term, Apply) and term.operation == "mul"):
        return term
    exponents: dict[Scalar, Fraction] = {}
    for factor in term.arguments:
        base, exponent = factor, Fraction(1)
        if isinstance(factor, Apply) and factor.operation == "pow" and isinstance(factor.arguments[1], Number):
            base, exponent = factor.arguments[0], factor.arguments[1].value
        if isinstance(base, Number):
            exponents[factor] = exponents.get(factor, Fraction(0)) + 1
        else:
            exponents[base] = exponents.get(base, Fraction(0)) + exponent
    return mul(*(power(base, exponent) for base, exponent in exponents.items() if exponent))
