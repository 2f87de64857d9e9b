"""How far one line is from another, as a reader sees it: tokens that were changed, and how long it became."""

from __future__ import annotations

import re
from collections.abc import Iterable
from fractions import Fraction
from functools import lru_cache

from ..language.expression import Call, Compare, Expression, Negative, Number, Power, Product, Quotient, Sum
from ..language.text import text
from .total import mentioned, parts

TOKEN = re.compile(r"\w+|\*\*|[<>=!]=|\S")
BRACKETS = frozenset("()[],")
LENGTH = 0.05
# kinds of edit that seldom are what was meant, though they mend the line
UNLIKELY = {
    "complement": 1.5,
    "inverted": 0.6,
    "function": 0.4,
    "applied": 0.4,
    "unapplied": 0.4,
    "replaced": 0.6,
    "name": 0.3,
    "divisor": 1.0,
    "constant": 0.1,
}
AT_ONCE = {"swapped": 0.9, "comparison": 0.8, "value": 0.7}  # what is one change to a reader
DROPPED = 0.2
STRANGE = 1.5
LONG = 40_000  # pairs of tokens that are compared one by one
SIGNS = frozenset("+-")
MADE_UP = 1.0  # an absolute value or a sign that nobody spoke of
BURIED = 0.4  # a sign that was put where none is looked for


@lru_cache(4096)
def cost(old: Expression, new: Expression, kind: str) -> float:
    """The less, the closer."""
    one, two = tokens(old), tokens(new)
    changed = min(distance(one, two), AT_ONCE.get(kind, float("inf")))
    if kind == "dropped":  # a whole term is one thing
        changed = min(changed, 1 + DROPPED * changed)
    return changed + LENGTH * len(two) + UNLIKELY.get(kind, 0.0) + _hidden(old, new)


def _hidden(old: Expression, new: Expression) -> float:
    """Minus signs within comparisons, signs as functions, reciprocals of what stands there already."""
    known = set(parts(old))
    fresh = set(parts(new)) - known
    below = {part.right for part in known if isinstance(part, Quotient)}
    signs = sum(BURIED for part in fresh if isinstance(part, Compare) for side in part.operands if side in fresh)
    signs += sum(MADE_UP for part in fresh if isinstance(part, Call) and part.function in ("abs", "sign"))
    again = sum(
        2.0 for part in fresh if isinstance(part, Quotient) and part.left is ONE and part.right in known - below
    )
    return signs + again


class Arguments:
    """What each function is taken of, in the texts that are there: a logarithm of a target is no one's slip."""

    def __init__(self, texts: Iterable[Expression]) -> None:
        self.names: dict[str, set[str]] = {}
        for part in {part for text_ in texts for part in parts(text_) if isinstance(part, Call)}:
            self.names.setdefault(part.function, set()).update(mentioned(part))

    def strange(self, old: Expression, new: Expression) -> float:
        """How much of a new line is a function of what it is never taken of."""
        fresh = set(parts(new)) - set(parts(old))
        calls = [part for part in fresh if isinstance(part, Call) and part.function in self.names]
        return STRANGE * sum(bool(mentioned(call) - self.names[call.function]) for call in calls)


def needless(old: Expression, new: Expression) -> bool:
    """Whether the new line has something that no one would write: a factor 1, a fraction that can be reduced."""
    return any(_odd(part) for part in set(parts(new)) - set(parts(old)))


def _odd(part: Expression) -> bool:
    match part:
        case Product(factors=factors):
            return any(factor is ONE or factor is ZERO for factor in factors)
        case Quotient(left=Number(value=above), right=Number(value=below)):
            return (above / below).denominator != below if below else True
        case Quotient(left=Product(factors=factors), right=Number()) if any(isinstance(f, Number) for f in factors):
            return True
        case Quotient():
            return part.right is ONE or not _factors(part.left).isdisjoint(_factors(part.right))
        case Power():
            signed = isinstance(part.left, Call) and part.left.function in ("abs", "sign")
            return (
                (signed and part.right is TWO)
                or part.right is ONE
                or (isinstance(part.right, Sum) and all(isinstance(t, Number) for t in part.right.terms))
            )
        case Negative():
            return isinstance(part.operand, Negative) or part.operand is ZERO
        case Call(function="log", arguments=(Number(value=one),)):
            return one == 1
        case Call(function="abs" | "sign", arguments=(Number() | Negative(operand=Number()),)):
            return True
        case Sum():
            numbers = [t for t in part.terms if isinstance(t, Number) or (isinstance(t, Negative) and t.operand is ONE)]
            return (
                ZERO in part.terms
                or len(numbers) > 1
                or any(isinstance(t, Negative) and t.operand in part.terms for t in part.terms)
            )
    return False


def _factors(part: Expression) -> set[Expression]:
    """What a product is made of, whatever the powers."""
    factors = part.factors if isinstance(part, Product) else (part,)
    return {factor.left if isinstance(factor, Power) else factor for factor in factors} - {ONE}


ONE, TWO, ZERO = (Number(Fraction(value)) for value in (1, 2, 0))


@lru_cache(4096)
def tokens(line: Expression) -> tuple[str, ...]:
    """Words, numbers and signs, as they are read."""
    return tuple(TOKEN.findall(text(line)))


def _weight(token: str) -> float:
    return 0.3 if token in BRACKETS else 1.0


def _change(token: str, other: str) -> float:
    """One token for another; of two signs less than a sign put in."""
    return 0.8 if {token, other} <= SIGNS else 1.3 * max(_weight(token), _weight(other))


def distance(one: tuple[str, ...], two: tuple[str, ...]) -> float:
    """The edit distance; brackets count little."""
    while one and two and one[0] == two[0]:
        one, two = one[1:], two[1:]
    while one and two and one[-1] == two[-1]:
        one, two = one[:-1], two[:-1]
    if len(one) * len(two) > LONG:  # so much is another line
        return sum(map(_weight, one)) + sum(map(_weight, two))
    row = [0.0]
    for token in two:
        row.append(row[-1] + _weight(token))
    for token in one:
        diagonal, row[0] = row[0], row[0] + _weight(token)
        for k, other in enumerate(two, 1):
            change = 0.0 if token == other else _change(token, other)
            diagonal, row[k] = row[k], min(row[k] + _weight(token), row[k - 1] + _weight(other), diagonal + change)
    return row[-1]


def size(line: Expression) -> float:
    """How much a line would cost that is another altogether."""
    return sum(map(_weight, tokens(line)))
