"""The rules of calculus of one variable, as a lesson applies them: what a whole does, said by what its parts do.

Each rule takes a formula and a way to ask for its parts, and gives its own name and the derivative. A part that is a
straight line in the variable stands as it is; any other comes back as a name, with a name for its derivative.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

from ..calculus.derivative import PIECES
from ..graph.scalar import (
    ONE,
    ZERO,
    Apply,
    Number,
    Scalar,
    add,
    apply,
    divide,
    mul,
    negative,
    power,
    replace,
    walk,
    where,
)
from .scalar_terms import blank, slope

Part = Callable[[Scalar], tuple[Scalar, Scalar]]  # a part as it stands in a rule, and its derivative
Ruled = tuple[str, Scalar]

# operations of one argument whose derivative calculus gives at once, and the rule's name
ELEMENTARY = {
    "exp": "exponential",
    "log": "logarithm",
    "sin": "sine",
    "cos": "cosine",
    "erf": "erf",
    "abs": "absolute value",
}
# operations that stand for a formula, and the rule that says what comes out
NAMED = {"sigma": "slope of the sigmoid", "tanh": "slope of tanh", "softplus": "slope of softplus"}
TIES = {"max": "maximum", "min": "minimum"}
SIMPLE = ("identity", "constant factor", "sum rule", "power rule", "exponential")
HALF = Fraction(1, 2)


def depends(formula: Scalar, variable: Scalar) -> bool:
    return variable in walk(formula)


def rate(formula: Scalar, variable: Scalar) -> Scalar | None:
    """The slope of a straight line in the variable; None of anything else."""
    if formula is variable:
        return ONE
    if not depends(formula, variable):
        return ZERO
    if not isinstance(formula, Apply) or formula.operation not in ("add", "mul"):
        return None
    rates = [rate(part, variable) for part in formula.arguments]
    if formula.operation == "add":
        return None if None in rates else add(*rates)  # type: ignore[arg-type]
    moving = [place for place, found in enumerate(rates) if found is not ZERO]
    if not moving:
        return ZERO
    if len(moving) > 1 or rates[moving[0]] is None:
        return None
    place = moving[0]
    return mul(*formula.arguments[:place], rates[place], *formula.arguments[place + 1 :])  # type: ignore[arg-type]


def at_once(formula: Scalar, variable: Scalar) -> Ruled | None:
    """The derivative of what takes one rule: a line, or one elementary function of a line, times constants."""
    line = rate(formula, variable)
    if line is not None:
        return _line_rule(formula, variable), line
    assert isinstance(formula, Apply)
    if formula.operation in ("add", "mul"):
        moving = [part for part in formula.arguments if depends(part, variable)]
        found = at_once(moving[0], variable) if len(moving) == 1 else None
        if found is None or formula.operation == "add":
            return found
        return found[0], mul(*(found[1] if part is moving[0] else part for part in formula.arguments))
    inner = [rate(part, variable) for part in formula.arguments]
    if None in inner or formula.operation in NAMED:
        return None
    return by_rule(formula, variable, lambda part: (part, rate(part, variable)))  # type: ignore[arg-type, return-value]


def _line_rule(formula: Scalar, variable: Scalar) -> str:
    if formula is variable:
        return "identity"
    if not depends(formula, variable):
        return "constant"
    return "sum rule" if isinstance(formula, Apply) and formula.operation == "add" else "constant factor"


def by_rule(formula: Apply, variable: Scalar, part: Part) -> Ruled:
    """The rule for the outermost operation."""
    if formula.operation in ELEMENTARY:
        inner, moved = part(formula.arguments[0])
        return ELEMENTARY[formula.operation], mul(replace(slope(formula.operation), {blank(): inner}), moved)
    rule = OUTERMOST.get(formula.operation)
    return rule(formula, variable, part) if rule else ("flat", ZERO)


def _sum(formula: Apply, variable: Scalar, part: Part) -> Ruled:
    """Constant factors stay outside of the terms' names; lines, powers and exponentials of lines need none."""
    moves = []
    for term in formula.arguments:
        if not depends(term, variable):
            continue
        found = at_once(term, variable)
        constants, moving = _apart(term, variable)
        simple = found is not None and found[0] in SIMPLE
        moves.append(found[1] if found and simple else mul(*constants, part(mul(*moving))[1]))
    return "sum rule", add(*moves)


def _apart(term: Scalar, variable: Scalar) -> tuple[list[Scalar], list[Scalar]]:
    """The factors that stand still, and those that move."""
    factors = term.arguments if isinstance(term, Apply) and term.operation == "mul" else (term,)
    moving = [factor for factor in factors if depends(factor, variable)]
    return [factor for factor in factors if factor not in moving], moving


def _product(formula: Apply, variable: Scalar, part: Part) -> Ruled:
    constants, moving = _apart(formula, variable)
    below = [factor for factor in moving if _divides(factor)]
    above = [factor for factor in moving if factor not in below]
    if len(moving) == 1 and not below:
        return "constant factor", mul(*constants, part(moving[0])[1])
    if below:
        u, du = part(mul(*above)) if above else (ONE, ZERO)
        v, dv = part(mul(*(power(factor, -1) for factor in below)))
        if not above:
            return "reciprocal rule", mul(negative(mul(*constants, dv)), power(v, -2))
        return "quotient rule", mul(*constants, divide(add(mul(du, v), negative(mul(u, dv))), power(v, 2)))
    found = [part(factor) for factor in moving]
    terms = [
        mul(*(moved if here == place else value for here, (value, moved) in enumerate(found)))
        for place in range(len(found))
    ]
    return "product rule", mul(*constants, add(*terms))


def _divides(factor: Scalar) -> bool:
    exponent = factor.arguments[1] if isinstance(factor, Apply) and factor.operation == "pow" else None
    return isinstance(exponent, Number) and exponent.value < 0


def _power(formula: Apply, variable: Scalar, part: Part) -> Ruled:
    base, exponent = formula.arguments
    if not depends(exponent, variable):
        u, du = part(base)
        if isinstance(exponent, Number):
            rule = {Fraction(-1): "reciprocal rule", HALF: "root"}.get(exponent.value, "power rule")
            return rule, mul(exponent, power(u, exponent.value - 1), du)
        return "power rule", mul(exponent, power(u, add(exponent, negative(ONE))), du)
    v, dv = part(exponent)
    if not depends(base, variable):
        return "general exponential", mul(power(base, v), apply("log", base), dv)
    u, du = part(base)
    first = mul(v, power(u, add(v, negative(ONE))), du)
    return "varying power", add(first, mul(power(u, v), apply("log", u), dv))


def _either(formula: Apply, variable: Scalar, part: Part) -> Ruled:
    """max and min are differentiated as what they mean; relu is the one that everybody knows."""
    pieces = PIECES[formula.operation](*formula.arguments)
    relu = formula.operation == "max" and formula.arguments[0] is ZERO
    return "relu" if relu else TIES[formula.operation], _cases(pieces, variable, part)[1]


def _cases(formula: Scalar, variable: Scalar, part: Part) -> Ruled:
    if not isinstance(formula, Apply) or formula.operation != "where":
        return "cases", part(formula)[1]
    condition, yes, no = formula.arguments
    return "cases", where(condition, part(yes)[1], part(no)[1])


OUTERMOST: dict[str, Callable[[Apply, Scalar, Part], Ruled]] = {
    "add": _sum,
    "mul": _product,
    "pow": _power,
    "max": _either,
    "min": _either,
    "where": _cases,
}
