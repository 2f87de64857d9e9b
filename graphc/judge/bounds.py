"""What surely holds of every value: 1 + x² is at least 1, a sigmoid lies between 0 and 1. So |σ| is σ.

The finite fields know no order; a comparison, a sign or an absolute value whose outcome is sure is replaced by it
before they are asked. Ends are exact; a strict end is never reached.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import NamedTuple

from .dag import Dag
from .points import Points

MAX_BITS = 256


class Bounds(NamedTuple):
    """From `low` to `high`, None where there is no end; `above` and `below`: the end itself is not reached."""

    low: Fraction | None = None
    high: Fraction | None = None
    above: bool = True
    below: bool = True

    @property
    def positive(self) -> bool:
        return self.low is not None and (self.low > 0 or (self.low == 0 and self.above))

    @property
    def nonnegative(self) -> bool:
        return self.low is not None and self.low >= 0

    @property
    def negative(self) -> bool:
        return opposite(self).positive

    @property
    def nonpositive(self) -> bool:
        return self.high is not None and self.high <= 0


ANY = Bounds()
ZERO, ONE = Fraction(0), Fraction(1)
POSITIVE, NOT_NEGATIVE = Bounds(ZERO), Bounds(ZERO, above=False)


def opposite(u: Bounds) -> Bounds:
    return Bounds(None if u.high is None else -u.high, None if u.low is None else -u.low, u.below, u.above)


def plus(parts: Sequence[Bounds]) -> Bounds:
    lows = [part.low for part in parts if part.low is not None]
    highs = [part.high for part in parts if part.high is not None]
    low = sum(lows, ZERO) if len(lows) == len(parts) else None
    high = sum(highs, ZERO) if len(highs) == len(parts) else None
    return _short(Bounds(low, high, any(part.above for part in parts), any(part.below for part in parts)))


def times(parts: Sequence[Bounds]) -> Bounds:
    total = Bounds(ONE, ONE, False, False)
    for part in parts:
        flip = False
        if total.nonpositive:
            total, flip = opposite(total), not flip
        if part.nonpositive:
            part, flip = opposite(part), not flip
        if not (total.nonnegative and part.nonnegative):
            total = _scaled(total, part)
        else:
            assert total.low is not None
            assert part.low is not None
            high = None if total.high is None or part.high is None else total.high * part.high
            strict = total.positive and part.positive and (total.above or part.above)
            total = Bounds(total.low * part.low, high, strict, total.below or part.below)
        total = opposite(total) if flip else total
    return _short(total)


def _scaled(a: Bounds, b: Bounds) -> Bounds:
    """Something with a number; else nothing is known."""
    for number, other in ((a, b), (b, a)):
        if number.low is not None and number.low == number.high and number.low > 0:
            factor = number.low
            return Bounds(
                None if other.low is None else other.low * factor,
                None if other.high is None else other.high * factor,
                other.above,
                other.below,
            )
    return ANY


def _short(u: Bounds) -> Bounds:
    """Ends that grow too long are given up for 0, or for none."""
    low, high = u.low, u.high
    if low is not None and max(low.numerator.bit_length(), low.denominator.bit_length()) > MAX_BITS:
        low = ZERO if low > 0 else None
    if high is not None and max(high.numerator.bit_length(), high.denominator.bit_length()) > MAX_BITS:
        high = ZERO if high < 0 else None
    return Bounds(low, high, u.above, u.below)


def bounds(dag: Dag, order: Sequence[int], points: Points) -> dict[int, Bounds]:
    """What is sure of each node."""
    known: dict[int, Bounds] = {}
    for name, whole in points.tensors.items():
        range_ = points.ranges[name]
        if range_.row:
            inside = Bounds(ZERO, ONE, range_.row == "distribution", range_.row == "distribution")
        elif range_.values:
            inside = Bounds(min(range_.values), max(range_.values), False, False)
        else:
            inside = Bounds(range_.low, range_.high, range_.low_open, range_.high_open)
        known.update(dict.fromkeys(whole.items, inside))
    for node in order:
        op, args = dag.op[node], dag.args[node]
        if op == "symbol":
            known.setdefault(node, ANY)
        elif op == "number":
            known[node] = _short(Bounds(args[0], args[0], False, False))
        elif op == "power":
            known[node] = _power(known[args[0]], args[1])
        elif op == "where":
            known[node] = _either(known[args[1]], known[args[2]])
        elif op == "ref":
            known[node] = known[args[0]]
        else:
            rule = RULES.get(op)
            known[node] = ANY if rule is None else rule([known[part] for part in args])
    return known


def _power(base: Bounds, exponent: Fraction) -> Bounds:
    if exponent.denominator == 1 and exponent.numerator % 2 and not base.nonnegative:
        return opposite(_power(opposite(base), exponent)) if base.nonpositive else ANY
    if exponent < 0:
        return POSITIVE
    if exponent.denominator == 1 and base.nonpositive:
        base = opposite(base)
    if not base.nonnegative:
        return NOT_NEGATIVE
    if exponent.denominator == 1 and exponent <= 8:
        return times([base] * int(exponent))
    return POSITIVE if base.positive else NOT_NEGATIVE


def _either(a: Bounds, b: Bounds) -> Bounds:
    low = None if a.low is None or b.low is None else min(a.low, b.low)
    high = None if a.high is None or b.high is None else max(a.high, b.high)
    above = all(u.above for u in (a, b) if u.low == low)
    return Bounds(low, high, above, all(u.below for u in (a, b) if u.high == high))


def _quotient(parts: Sequence[Bounds]) -> Bounds:
    above, below = parts
    if below.nonpositive:
        return _quotient((opposite(above), opposite(below)))
    return times((above, POSITIVE)) if below.nonnegative else ANY


def _greatest(parts: Sequence[Bounds]) -> Bounds:
    lows = [part for part in parts if part.low is not None]
    if not lows:
        return ANY
    best = max(lows, key=lambda part: (part.low, part.above))
    highs = [part.high for part in parts]
    return Bounds(best.low, None if None in highs else max(highs), best.above, False)  # type: ignore[type-var]


def _odd(limit: Fraction) -> Callable[[Sequence[Bounds]], Bounds]:
    def rule(parts: Sequence[Bounds]) -> Bounds:
        (u,) = parts
        low, high = Bounds(-limit, limit)[:2]
        if u.nonnegative:
            return Bounds(ZERO, high, u.positive, True)
        return Bounds(low, ZERO, True, u.negative) if u.nonpositive else Bounds(low, high)

    return rule


RULES: dict[str, Callable[[Sequence[Bounds]], Bounds]] = {
    "add": plus,
    "mul": times,
    "div": _quotient,
    "exp": lambda parts: Bounds(ZERO, ONE if parts[0].nonpositive else None, True, False),
    "log": lambda parts: (
        NOT_NEGATIVE
        if parts[0].low is not None and parts[0].low >= 1
        else opposite(NOT_NEGATIVE)
        if parts[0].high is not None and parts[0].high <= 1
        else ANY
    ),
    "sigma": lambda parts: Bounds(ZERO, ONE),
    "softplus": lambda parts: POSITIVE,
    "tanh": _odd(ONE),
    "erf": _odd(ONE),
    "sin": lambda parts: Bounds(-ONE, ONE, False, False),
    "cos": lambda parts: Bounds(-ONE, ONE, False, False),
    "pi": lambda parts: Bounds(Fraction(314, 100), Fraction(315, 100)),
    "abs": lambda parts: (
        parts[0] if parts[0].nonnegative else opposite(parts[0]) if parts[0].nonpositive else NOT_NEGATIVE
    ),
    "sign": lambda parts: Bounds(-ONE, ONE, False, False),
    "raised": lambda parts: POSITIVE if parts[0].positive else ANY,
    "max": _greatest,
    "min": lambda parts: opposite(_greatest([opposite(part) for part in parts])),
    **dict.fromkeys(("step", "lt", "le", "gt", "ge", "eq", "ne"), lambda parts: Bounds(ZERO, ONE, False, False)),
}


def settled(dag: Dag, order: Sequence[int], points: Points) -> dict[int, int]:
    """Each node with every sure comparison, sign and absolute value in it replaced by its outcome."""
    known = bounds(dag, order, points)
    new: dict[int, int] = {}
    for node in order:
        op, args = dag.op[node], dag.args[node]
        if op in ("symbol", "number", "pi"):
            new[node] = node
            continue
        if op == "power":
            new[node] = dag.power(new[args[0]], args[1])
            continue
        parts = tuple(new[part] for part in args) if op != "ref" else (new[args[0]],)
        new[node] = _outcome(dag, op, parts, [known[part] for part in (args if op != "ref" else args[:1])])
    return new


def _outcome(dag: Dag, op: str, parts: tuple[int, ...], known: Sequence[Bounds]) -> int:
    first = known[0]
    if op == "ref":
        return parts[0]
    if op in ("add", "mul"):
        return dag.add(parts) if op == "add" else dag.mul(parts)
    if op == "abs" and (first.nonnegative or first.nonpositive):
        return parts[0] if first.nonnegative else dag.negative(parts[0])
    if op in ("sign", "step") and (first.positive or first.negative):
        return dag.one if first.positive else dag.number(Fraction(-1 if op == "sign" else 0))
    if op in ORDERS:
        difference = plus((first, opposite(known[1])))
        sure = next((value for test, value in zip(TESTS, ORDERS[op], strict=True) if test(difference)), None)
        if sure is not None:
            return dag.number(Fraction(sure))
    if op == "where" and (condition := dag.value(parts[0])) is not None:
        return parts[1] if condition else parts[2]
    if op in ("max", "min") and len(parts) == 2:
        difference = plus((first, opposite(known[1])))
        if difference.nonnegative or difference.nonpositive:
            return parts[0] if difference.nonnegative == (op == "max") else parts[1]
    return dag.node(op, parts)


TESTS = (
    lambda u: u.positive,
    lambda u: u.negative,
    lambda u: u.nonnegative,
    lambda u: u.nonpositive,
)
# the outcome of a comparison where the difference is positive, negative, not negative, not positive
ORDERS: dict[str, tuple[int | None, ...]] = {
    "gt": (1, 0, None, 0),
    "ge": (1, 0, 1, None),
    "lt": (0, 1, 0, None),
    "le": (0, 1, None, 1),
    "eq": (0, 0, None, None),
    "ne": (1, 1, None, None),
}
