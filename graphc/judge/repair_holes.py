"""What a part of a line would have to be, and which known parts are just that.

Where the way down to a part is sums, products, quotients and invertible functions, the value that it would need
follows from the line before: so a factor, a term or a divisor that is missing is found, not guessed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from ..language.expression import (
    Call,
    Expression,
    Name,
    Negative,
    Number,
    Power,
    Product,
    Quotient,
    Sum,
)
from .repair_edits import Edit, divided
from .repair_pool import Pool
from .repair_tree import ONE, Path, Words, negated, plus, put, sites, times
from .repair_values import Values
from .total import mentioned

if TYPE_CHECKING:
    from .repair import Target

PLACES = 24  # of a line that are looked into
PAIRED = 60  # parts that are tried two at a time
SIMPLE = 12  # greatest numerator and denominator of a factor that is offered


def filled(
    line: Expression, values: Values, target: Target, pool: Pool, words: Words, pairs: bool = False
) -> Iterator[Edit]:
    """The line with a part multiplied by, added to, or replaced by what it lacks: one known part, or two."""
    import numpy as np

    if not pairs:
        yield from _number(line, target)
    scope = words.indices
    known = _known(pool(scope), values, target)
    places = [s for s in sites(line, scope) if s.scope == scope and not isinstance(s.above, Negative)][:PLACES]
    fits = _pairs if pairs else _fits
    with np.errstate(all="ignore"):
        for site in places:
            needed = _needed(line, site.path, target.value, values)
            own = values.of(site.part)
            if needed is None or own is None or own.shape != needed.shape:
                continue
            defined = target.defined & np.isfinite(needed)
            if not defined.any():
                continue
            for new, kind, added in fits(
                site.part, own[defined], needed[defined], known.rows[:, defined], known, words
            ):
                edited = put(line, site.path, new)
                if edited is not None:
                    yield Edit(edited, kind, added)


def _number(line: Expression, target: Target) -> Iterator[Edit]:
    """The number that a line without names should be."""
    import numpy as np

    if mentioned(line) or not target.defined.all() or np.ptp(target.value) > 0:
        return
    value = float(target.value.flat[0])
    found = Fraction(value).limit_denominator(1000)
    if abs(found) < 2**53 and abs(float(found) - value) <= 1e-12 * abs(value):
        yield Edit(_written(found), "value")


class _Known:
    """The parts that have values here, one a row."""

    def __init__(self, parts: Sequence[Expression], rows: Any) -> None:
        self.parts, self.rows = parts, rows


def _known(parts: Sequence[Expression], values: Values, target: Target) -> _Known:
    import numpy as np

    kept, rows = [], []
    for part in parts:
        value = values.of(part)
        if value is None or value.shape != target.value.shape:
            continue
        there = value[target.defined]
        there = there[np.isfinite(there)]
        if there.size and (np.ptp(there) > 0 or (isinstance(part, Call) and part.function == "log")):
            kept.append(part)
            rows.append(value)
    return _Known(kept, np.array(rows) if rows else np.zeros((0, *target.value.shape)))


def _needed(line: Expression, path: Path, target: Any, values: Values) -> Any | None:
    """The value that the part at the end of a path would have to have."""
    for place in path:
        others: list[Any] = [values.of(child) for k, child in enumerate(line.children) if k != place]
        way_back = WAYS_BACK.get(type(line))
        if way_back is None or any(other is None or other.shape != target.shape for other in others):
            return None
        target = way_back(line, place, target, others)
        if target is None:
            return None
        line = line.children[place]
    return target


def _of_power(line: Any, place: int, target: Any, others: list[Any]) -> Any | None:
    import numpy as np

    if place == 1:
        return np.log(target) / np.log(others[0])
    exponent = others[0].flat[0]
    return np.sign(target) * np.abs(target) ** (1 / exponent) if isinstance(line.right, Number) else None


def _of_call(line: Any, place: int, target: Any, others: list[Any]) -> Any | None:
    import numpy as np

    return {"exp": np.log, "log": np.exp}.get(line.function, lambda value: None)(target)


def _of_product(line: Any, place: int, target: Any, others: list[Any]) -> Any:
    for other in others:
        target = target / other
    return target


# what one child must be, given what the whole must be and what the others are
WAYS_BACK: dict[type[Expression], Callable[[Any, int, Any, list[Any]], Any]] = {
    Sum: lambda line, place, target, others: target - sum(others),
    Product: _of_product,
    Negative: lambda line, place, target, others: -target,
    Quotient: lambda line, place, target, others: others[0] / target if place else target * others[0],
    Power: _of_power,
    Call: _of_call,
}
Found = Iterator[tuple[Expression, str, Expression | None]]


def _fits(part: Expression, own: Any, needed: Any, rows: Any, known: _Known, words: Words) -> Found:
    for factor in _constants(needed / own, words):
        yield from ((new, "factor", factor) for new in scaled(part, factor))
    for term in _constants(needed - own, words):
        yield plus(part, term), "term", term
    for constant in _constants(needed, words):
        yield constant, "replaced", constant
    for added, number in _multiples(needed, rows, known, words):
        yield _by(added, number), "replaced", added
    for added, number in _multiples(needed / own, rows, known, words):
        yield times(_by(part, number), added), "inner", added
    for added, number in _multiples(own / needed, rows, known, words):
        if number is None:
            yield from ((new, "divisor", added) for new in divided(part, added))
    for added, number in _multiples(needed - own, rows, known, words):
        yield plus(part, _by(added, number)), "term", added


def _pairs(part: Expression, own: Any, needed: Any, rows: Any, known: _Known, words: Words) -> Found:
    """Two parts together: a term that is a product or a quotient, a factor that is one."""
    import numpy as np

    for wanted, kind in ((needed - own, "term"), (needed / own, "inner"), (needed, "replaced")):
        if not np.isfinite(wanted).any():
            continue
        for k, one in enumerate(known.parts[:PAIRED]):
            for below in (False, True):
                value = wanted * rows[k] if below else wanted / rows[k]
                for added, factor in _multiples(value, rows[:PAIRED], known, words):
                    if below and (added is one or factor is not None):
                        continue
                    both = Quotient(added, one) if below else _product(one, added)
                    yield BESIDE[kind](part, _by(both, factor)), kind, both


def _product(one: Expression, two: Expression) -> Expression:
    return Power(one, Number(Fraction(2))) if one is two else times(one, two)


BESIDE: dict[str, Callable[[Expression, Expression], Expression]] = {
    "term": plus,
    "inner": times,
    "replaced": lambda part, new: new,
}


def _multiples(wanted: Any, rows: Any, known: _Known, words: Words) -> Iterator[tuple[Expression, Expression | None]]:
    """The parts that the wanted value is a simple multiple of, each with the factor if that is not 1."""
    import numpy as np

    good = np.isfinite(wanted)
    if good.sum() < 3 or not rows.shape[0]:
        return
    ratio = wanted[good] / rows[:, good]
    first = np.nanmax(np.where(np.isfinite(ratio), ratio, -np.inf), axis=1)
    last = np.nanmin(np.where(np.isfinite(ratio), ratio, np.inf), axis=1)
    steady = np.isfinite(first) & np.isfinite(last) & (first - last <= 1e-7 * np.maximum(np.abs(first), 1e-9))
    for k in map(int, np.flatnonzero(steady)):
        there = np.isfinite(ratio[k])
        if there.sum() < 3 or not (
            np.isfinite(rows[k, good]).all() and _both_vanish(ratio[k], wanted[good], rows[k, good])
        ):
            continue
        for factor in _simple(float(first[k]), words):
            yield known.parts[k], None if factor is ONE else factor


def _both_vanish(ratio: Any, wanted: Any, row: Any) -> bool:
    """Where the ratio is no number, both are 0."""
    import numpy as np

    bad = ~np.isfinite(ratio)
    return bool((wanted[bad] == 0).all() and (row[bad] == 0).all())


def _constants(value: Any, words: Words) -> Iterator[Expression]:
    """The simple constants that a value may be; 1 is none."""
    import numpy as np

    good = np.isfinite(value)
    if good.sum() < 3:
        return
    first = float(value[good][0])
    if first and (np.abs(value[good] - first) <= 1e-7 * abs(first)).all():
        yield from (constant for constant in _simple(first, words) if constant is not ONE)


def _simple(value: float, words: Words) -> Iterator[Expression]:
    """The simple numbers and sizes that a value may be."""
    if not value:
        return
    fraction = Fraction(value).limit_denominator(SIMPLE)
    if abs(float(fraction) - value) < 1e-7 * abs(value) and abs(fraction.numerator) <= SIMPLE**2:
        yield _written(fraction)
    for name, length in words.lengths:
        for left, right in ((value * length, Quotient), (value / length, Product)):
            fraction = Fraction(left).limit_denominator(SIMPLE)
            if abs(float(fraction) - left) < 1e-7 * abs(left) and 0 < abs(fraction.numerator) <= SIMPLE:
                number = _written(fraction)
                if right is Quotient:
                    yield Quotient(number, Name(name))
                else:
                    yield Name(name) if number is ONE else times(number, Name(name))


def _written(value: Fraction) -> Expression:
    size = abs(value)
    number = (
        Number(size)
        if size.denominator == 1
        else Quotient(Number(Fraction(size.numerator)), Number(Fraction(size.denominator)))
    )
    return negated(number) if value < 0 else number


def _by(part: Expression, factor: Expression | None) -> Expression:
    """factor·part, as one would write it."""
    if factor is None or factor is ONE:
        return part
    if isinstance(factor, Negative) and factor.operand is ONE:
        return negated(part)
    if isinstance(factor, Negative):
        return negated(_by(part, factor.operand))
    if isinstance(factor, Quotient):
        above = part if factor.left is ONE else times(factor.left, part)
        return Quotient(above, factor.right)
    return times(factor, part)


def scaled(part: Expression, factor: Expression) -> Iterator[Expression]:
    """factor·part in the ways of writing it."""
    yield _by(part, factor)
    if isinstance(part, Quotient):
        yield Quotient(_by(part.left, factor), part.right)
    if isinstance(factor, Quotient):
        if factor.left is ONE:
            yield from divided(part, factor.right)
        yield times(factor, part)
    first = part.factors[0] if isinstance(part, Product) else part
    if isinstance(first, Quotient) and not isinstance(factor, Quotient):
        above = factor if first.left is ONE else times(factor, first.left)
        new = Quotient(above, first.right)
        yield Product((new, *part.factors[1:])) if isinstance(part, Product) else new
