"""Bodies as a person writes them: a mask is a factor, what all terms have in common is drawn out, signs are few."""

from __future__ import annotations

from math import gcd

from ..calculus.derivative import times
from ..calculus.tidy import tidy
from ..graph.node import Map, Node
from ..graph.scalar import (
    ONE,
    ZERO,
    Affine,
    Apply,
    Number,
    Position,
    Read,
    Scalar,
    add,
    affine,
    apply,
    mul,
    number,
    position,
    power,
    reads,
    rewrite,
    transform,
    walk,
    where,
)
from ..graph.size import Size, size
from .plain import plainer

OPPOSITE = {"lt": "ge", "ge": "lt", "gt": "le", "le": "gt", "eq": "ne", "ne": "eq"}
TURNED = {"lt": "gt", "gt": "lt", "le": "ge", "ge": "le", "eq": "eq", "ne": "ne"}
WINNERS = {"argmax": "max", "argmin": "min"}


def on_paper(body: Scalar, own: Map | None = None) -> Scalar:
    """An equal body, easier to read. The extreme that `own` holds is read by its name."""
    return rewrite(_spelled(body, own), _plainer)


def factors(term: Scalar) -> tuple[Scalar, ...]:
    return term.arguments if isinstance(term, Apply) and term.operation == "mul" else (term,)


def terms(term: Scalar) -> tuple[Scalar, ...]:
    return term.arguments if isinstance(term, Apply) and term.operation == "add" else (term,)


def is_mask(term: Scalar) -> bool:
    """`where(condition, 1, 0)`; a delta is one."""
    return isinstance(term, Apply) and term.operation == "where" and term.arguments[1:] == (ONE, ZERO)


def delta(term: Scalar) -> tuple[Affine, Affine] | None:
    """The two sides of `where(i == j, 1, 0)`."""
    if is_mask(term):
        condition = term.children[0]
        if isinstance(condition, Apply) and condition.operation == "eq":
            left, right = condition.arguments
            if isinstance(left, Position | Number) and isinstance(right, Position | Number):
                return _form(left), _form(right)
    return None


def _form(side: Position | Number) -> Affine:
    return side.affine if isinstance(side, Position) else affine(size(int(side.value)))


def _plainer(part: Scalar) -> Scalar:
    part = plainer(part)
    if isinstance(part, Apply) and part.operation == "where":
        return _mask(*part.arguments)
    if isinstance(part, Apply) and part.operation == "add":
        return common(_shortest_first(part))
    if isinstance(part, Apply) and part.operation == "mul":
        part = _shortened(part)
        return _turned(part) if _minus(part) else part
    return part


def _shortened(product: Scalar) -> Scalar:
    """2·h/(4·n) is h/(2·n)."""
    first, *rest = factors(product)
    if not isinstance(first, Number) or first.value.denominator != 1:
        return product
    for place, factor in enumerate(rest):
        count = _divisor(factor)
        shared = 1 if count is None else gcd(int(first.value), *(part for _, part in count.terms))
        if count is not None and shared > 1:
            rest[place] = power(position(count // shared), -1)
            return mul(number(first.value / shared), *rest)
    return product


def _divisor(factor: Scalar) -> Size | None:
    """n of 1/n, where n is a size."""
    if isinstance(factor, Apply) and factor.operation == "pow" and factor.arguments[1] is number(-1):
        base = factor.arguments[0]
        if isinstance(base, Position) and not base.affine.terms:
            return base.affine.offset
    return None


def _turned(product: Scalar) -> Scalar:
    """−(a − b)·c is (b − a)·c."""
    parts = list(factors(product))
    for place, factor in enumerate(parts):
        if isinstance(factor, Apply) and factor.operation == "add" and any(map(_minus, factor.arguments)):
            parts[place] = ahead(add(*(mul(number(-1), term) for term in factor.arguments)))
            return mul(number(-1), *parts)
    return product


def _mask(condition: Scalar, yes: Scalar, no: Scalar) -> Scalar:
    if yes is ZERO and isinstance(condition, Apply) and condition.operation in OPPOSITE:
        condition, yes, no = Apply(OPPOSITE[condition.operation], condition.arguments), no, yes
    if isinstance(condition, Apply) and condition.operation in TURNED and isinstance(condition.arguments[0], Number):
        first, second = condition.arguments
        if not isinstance(second, Number):
            condition = Apply(TURNED[condition.operation], (second, first))
    if no is ZERO and yes is not ONE and not _may_be_infinite(yes):
        return mul(*factors(yes), where(condition, ONE, ZERO))
    return where(condition, yes, no)


def _may_be_infinite(term: Scalar) -> bool:
    """0·∞ is not 0, so what may be infinite stays inside its branch."""
    for part in walk(term):
        if isinstance(part, Apply) and part.operation in ("log", "exp"):
            return True
        if isinstance(part, Apply) and part.operation == "pow":
            base, exponent = part.arguments
            natural = isinstance(exponent, Number) and exponent.value > 0 and exponent.value.denominator == 1
            if not natural and not (isinstance(base, Position) and not base.affine.gathers):
                return True
    return False


def common(total: Scalar) -> Scalar:
    """Factors that all terms of a sum share, in front of it; the sum starts without a minus where it can."""
    parts = [list(factors(term)) for term in terms(total)]
    if len(parts) < 2:
        return total
    shared = [factor for factor in parts[0] if not isinstance(factor, Number)]
    shared = [factor for factor in dict.fromkeys(shared) if all(factor in part for part in parts)]
    if not shared:
        return total
    for part in parts:
        for factor in shared:
            part.remove(factor)
    rest = add(*(mul(*part) for part in parts))
    sign = number(1)
    if all(_minus(term) for term in terms(rest)):
        sign, rest = number(-1), add(*(mul(number(-1), term) for term in terms(rest)))
    ahead = [factor for factor in shared if not is_mask(factor)]
    return mul(sign, *ahead, common(rest), *(factor for factor in shared if is_mask(factor)))


def _minus(term: Scalar) -> bool:
    first = factors(term)[0]
    return isinstance(first, Number) and first.value < 0


def _spelled(body: Scalar, own: Map | None) -> Scalar:
    """`argmax`, for which the language has no word, as the least place at which the maximum is reached."""

    def change(part: Scalar) -> Scalar | None:
        if isinstance(part, Read) and isinstance(part.tensor, Map) and part.tensor.reduce in WINNERS:
            return Read(_first_place(part.tensor, own), part.subscripts, part.guarded)
        return None

    return transform(body, change)


def _first_place(node: Map, own: Map | None) -> Map:
    place, places = affine(0), size(1)
    for index in node.reduced:
        place = place.scaled(node.box[index.key]) + affine(index)
        places = places * node.box[index.key]
    kind = WINNERS[str(node.reduce)]
    extreme = Map(None, node.extents, node.box, node.write, node.guarded, kind, node.body, node.labels)
    extreme = own if own is not None and own.called(None) is extreme else extreme
    reached = apply("eq", node.body, extreme.read(node.write))
    body = where(reached, position(place), position(places))
    return Map(None, node.extents, node.box, node.write, node.guarded, "min", body, node.labels)


def cancelled(body: Scalar) -> Scalar:
    """A product with what cancels gone. Only factors that read the same elements are put together, so that the others
    stay as they are and where they are."""
    parts = list(factors(body))
    groups: list[tuple[list[int], set[Scalar]]] = []
    for place, part in enumerate(parts):
        own = set(reads(part))
        touched = [group for group in groups if group[1] & own]
        if own:
            groups = [group for group in groups if group not in touched]
            groups.append(
                (sorted([place, *(k for group in touched for k in group[0])]), own.union(*(g[1] for g in touched)))
            )
    for places, _ in groups:
        before = mul(*(parts[k] for k in places))
        after = tidy(before)
        if after is before and any(map(_is_case, factors(before))):  # inside its branches something may cancel
            inner = tidy(times(*factors(before)))
            after = inner if _length(inner) < _length(before) else before
        if after is not before and len(places) > 1:
            for k in places:
                parts[k] = ONE
            parts[places[0]] = on_paper(after)
    return mul(*parts)


def _is_case(term: Scalar) -> bool:
    return isinstance(term, Apply) and term.operation == "where" and not is_mask(term)


def ahead(total: Scalar) -> Scalar:
    """A sum that starts with a term without a minus, where it has one."""
    parts = terms(total)
    return add(*(term for term in parts if not _minus(term)), *(term for term in parts if _minus(term)))


def _shortest_first(total: Scalar) -> Scalar:
    """`b − a` for `−a + b`, but `−t/y + (1 − t)/(1 − y)` as it is: what is long may stay behind."""
    first = terms(total)[0]
    plain = [term for term in terms(total) if not _minus(term)]
    short = any(is_mask(factors(term)[-1]) or _length(term) < _length(first) for term in plain)
    single = len(factors(first)) == 2 and isinstance(factors(first)[1], Read)
    return ahead(total) if _minus(first) and (short or single) else total


def _length(term: Scalar) -> int:
    return sum(1 for _ in walk(term))


def weight(term: Scalar, named: frozenset[Node] = frozenset(), most: int = 1000) -> int:
    """How long a body is when unnamed tensors are written out in it; what is longer than `most` is that long."""
    total, stack = 0, [term]
    while stack and total < most:
        part = stack.pop()
        total += 1
        if isinstance(part, Read) and isinstance(part.tensor, Map) and part.tensor not in named:
            stack.append(part.tensor.body)
        stack += part.children
    return total


__all__ = ["common", "delta", "factors", "is_mask", "on_paper", "terms", "weight"]
