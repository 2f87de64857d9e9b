"""An expression as one says it on a board: sums, fractions, roots, δᵢⱼ, ∂L/∂y. Each form writes these boxes its way.

What is said follows the expression's own order; nothing is computed. Boxes are made breadth first within a budget, so
what is too long or too deep to be read is cut with … where it is deepest.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from ...derivation.step import Derivative
from ...language import expression as e
from .meaning import Notation, walk
from .means import mean_share

Expression = e.Expression
MOST, WIDEST = 4000, 40  # boxes of one expression, terms of one sum
KEPT = (8, 2)  # of a longer sum: so many terms in front and behind
ONE, ZERO = e.Number(Fraction(1)), e.Number(Fraction(0))


class Box:
    """`kind` is a row of every form's table; `data` is what belongs to the kind beside its parts."""

    __slots__ = ("data", "kind", "parts")

    def __init__(self, kind: str = "dots", parts: Sequence[Box] = (), data: Any = None) -> None:
        self.kind, self.parts, self.data = kind, list(parts), data


@dataclass(frozen=True)
class Said:
    """One level: the kind, its data, and the expressions of its parts; `places` are what names in these stand for."""

    kind: str
    data: Any = None
    parts: Sequence[Expression | None] = ()  # None is what is left out
    places: Mapping[str, Expression] | None = None


def board(expression: Expression, notation: Notation, deepest: int, most: int = MOST) -> Box:
    """The boxes of an expression, at most `deepest` in each other and about `most` in all."""
    root, left = Box(), most
    made: list[Box] = []
    queue: deque[tuple[Expression, Box, int, Mapping[str, Expression] | None]] = deque([(expression, root, 1, None)])
    while queue and left > 0:
        part, box, depth, places = queue.popleft()
        if places and isinstance(part, e.Name) and part.name in places:
            part, places = places[part.name], None
        if depth > deepest:
            continue
        said = SAID[type(part)](part, notation)
        box.kind, box.data, inner = said.kind, said.data, said.places or places
        box.parts = [Box() for _ in said.parts]
        made.append(box)
        left -= 1
        queue.extend((p, b, depth + 1, inner) for p, b in zip(said.parts, box.parts, strict=True) if p is not None)
    for box in reversed(made):
        seen = box.parts[:1] if box.kind == "subscript" else box.parts
        if seen and all(part.kind == "dots" for part in seen):
            box.kind, box.parts = "dots", []  # nothing of it is left to be read
    return root


def signed(term: Expression) -> tuple[bool, Expression]:
    """Whether a term starts with a minus, and the term without it."""
    if isinstance(term, e.Negative):
        return True, term.operand
    if isinstance(term, e.Number) and term.value < 0:
        return True, e.Number(-term.value)
    if isinstance(term, e.Product) and isinstance(term.factors[0], e.Negative):
        return True, e.Product((term.factors[0].operand, *term.factors[1:]))
    if isinstance(term, e.Quotient) and isinstance(term.left, e.Negative):
        return True, e.Quotient(term.left.operand, term.right)
    return False, term


def _folded(parts: Sequence[Any], gap: Any) -> list[Any]:
    """A long list's beginning, a gap, and its end."""
    if len(parts) <= WIDEST:
        return list(parts)
    return [*parts[: KEPT[0]], gap, *parts[-KEPT[1] :]]


def _sum(sum_: e.Sum, notation: Notation) -> Said:
    first, *rest = _folded(sum_.terms, None)
    terms = [(False, None) if term is None else signed(term) for term in rest]
    return Said("sum", (False, *(minus for minus, _ in terms)), (first, *(term for _, term in terms)))


def _product(product: e.Product, notation: Notation) -> Said:
    factors = _folded(_shared(product.factors, notation), None)
    tensors = [factor is not None and notation.rank(factor) > 0 for factor in factors]
    # between which neighbours the sign of the elementwise product stands: where a tensor is on both sides
    signs = tuple(right and any(tensors[: place + 1]) for place, right in enumerate(tensors[1:]))
    return Said("product", signs, factors)


def _shared(factors: Sequence[Expression], notation: Notation) -> Sequence[Expression]:
    """With a mean as a sum, and what it is divided by under the number in front: 2/n · Σᵢ …"""
    for place, mean in enumerate(factors):
        share = mean_share(mean, notation) if isinstance(mean, e.Reduce) else None
        if isinstance(mean, e.Reduce) and share is not None:
            rest = [*factors[:place], e.Reduce("sum", mean.indices, mean.body), *factors[place + 1 :]]
            first = rest.pop(0) if isinstance(rest[0], e.Number) else ONE
            return [e.Quotient(first, share), *rest]
    return factors


def _reduce(reduction: e.Reduce, notation: Notation) -> Said:
    """A mean is a sum over the number of places, where that is known."""
    share = mean_share(reduction, notation)
    if share is None:
        return Said("reduce", reduction.kind, reduction.children)
    return Said("product", (False,), (e.Quotient(ONE, share), e.Reduce("sum", reduction.indices, reduction.body)))


def _name(name: e.Name, notation: Notation) -> Said:
    record = notation.derivatives.get(name.name)
    if record is None:
        return Said("symbol", notation.symbols[name.name])
    return _partial(record, () if record.parameters else (*record.of_at, *record.by_at), {}, notation)


def _partial(
    record: Derivative, at: Sequence[Expression], places: Mapping[str, Expression], notation: Notation
) -> Said:
    symbols = notation.symbols[record.of], notation.symbols[record.by]
    return Said("partial", (*symbols, len(record.of_at) if at else 0, record.direct), at, places)


def _subscript(subscript: e.Subscript, notation: Notation) -> Said:
    base = subscript.base
    record = notation.derivatives.get(base.name) if isinstance(base, e.Name) else None
    if record is not None and len(record.parameters) == len(subscript.subscripts):
        places = dict(zip(record.parameters, subscript.subscripts, strict=True))
        return _partial(record, (*record.of_at, *record.by_at), places, notation)
    return Said("subscript", None, (base, *subscript.subscripts))


def _number(number: e.Number, notation: Notation) -> Said:
    from ...language.numerals import numeral

    value = number.value
    if value < 0:
        return Said("negative", None, (e.Number(-value),))
    if numeral(value) is None:
        return Said("fraction", None, (e.Number(Fraction(value.numerator)), e.Number(Fraction(value.denominator))))
    return Said("number", numeral(value))


def _call(call: e.Call, notation: Notation) -> Said:
    said = CALLS.get(call.function)
    found = said(call) if said is not None else None
    if found is not None:
        return found
    keys = tuple(key for key, _ in call.keywords)
    parts = call.children
    if len(parts) > WIDEST and not keys:
        parts = tuple(_folded(parts, None))
    return Said("call", (call.function, keys), parts)


def _matmul(matmul: e.MatMul, notation: Notation) -> Said:
    """A vector in front lies down; a column times a row is two vectors, of which the second lies."""
    column, row = _stretched(matmul.left, notation, 0), _stretched(matmul.right, notation, 1)
    if column is not None and row is not None:
        return Said("matmul", None, (column, e.Call("transpose", (row,))))
    lies = notation.rank(matmul.left) == 1
    return Said("matmul", None, (e.Call("transpose", (matmul.left,)) if lies else matmul.left, matmul.right))


def _stretched(part: Expression, notation: Notation, place: int) -> Expression | None:
    """The vector in `reshape(v, (n, 1))` or, at place 1, in `reshape(v, (1, n))`."""
    if not isinstance(part, e.Call) or part.function != "reshape" or len(part.arguments) != 2:
        return None
    vector, shape = part.arguments
    stands = isinstance(shape, e.Tuple) and len(shape.items) == 2 and shape.items[1 - place] is ONE
    return vector if stands and notation.rank(vector) == 1 else None


def _transpose(call: e.Call) -> Said | None:
    """Also of the last two of several axes, as in a stack of matrices."""
    keys = dict(call.keywords)
    axes = keys.pop("axes", None)
    if len(call.arguments) != 1 or keys:
        return None
    if axes is not None:
        order = [item.value if isinstance(item, e.Number) else -1 for item in axes.children]
        count = len(order)
        if count < 2 or order != [*range(count - 2), count - 1, count - 2]:
            return None
    return Said("transpose", None, call.arguments)


def _abs(call: e.Call) -> Said | None:
    """Bars, but not in each other."""
    nested = any(isinstance(part, e.Call) and part.function == "abs" for part in walk(call.arguments))
    return None if nested or len(call.arguments) != 1 or call.keywords else Said("magnitude", None, call.arguments)


def _alone(kind: str) -> Callable[[e.Call], Said | None]:
    return lambda call: Said(kind, None, call.arguments) if len(call.children) == 1 else None


def _where(call: e.Call) -> Said | None:
    """δᵢⱼ, the indicator of a condition, or its two cases."""
    if len(call.arguments) != 3 or call.keywords:
        return None
    condition, yes, no = call.arguments
    if yes is not ONE or no is not ZERO or not isinstance(condition, e.Compare):
        return Said("cases", None, call.arguments)
    if condition.operators == ("==",) and all(map(_plain_index, condition.operands)):
        return Said("kronecker", None, condition.operands)
    return Said("indicator", None, (condition,))


def _plain_index(operand: Expression) -> bool:
    """A letter or a digit, so that δ with two of them side by side is read one way."""
    if isinstance(operand, e.Number):
        return operand.value.denominator == 1 and 0 <= operand.value <= 9
    return isinstance(operand, e.Name) and len(operand.name) == 1


CALLS: dict[str, Callable[[e.Call], Said | None]] = {
    "sqrt": _alone("root"),
    "abs": _abs,
    "transpose": _transpose,
    "where": _where,
}

SAID: dict[type[Expression], Callable[[Any, Notation], Said]] = {
    e.Number: _number,
    e.Name: _name,
    e.Ellipsis_: lambda part, notation: Said("dots"),
    e.Bound: lambda part, notation: Said("bound", notation.symbols[part.name], part.children),
    e.Call: _call,
    e.Subscript: _subscript,
    e.Reduce: _reduce,
    e.Tuple: lambda part, notation: Said("tuple", None, _folded(part.items, None)),
    e.Sum: _sum,
    e.Product: _product,
    e.Negative: lambda part, notation: Said("negative", None, part.children),
    e.Quotient: lambda part, notation: Said("fraction", None, part.children),
    e.FloorQuotient: lambda part, notation: Said("floor", None, part.children),
    e.Power: lambda part, notation: Said("power", None, part.children),
    e.MatMul: _matmul,
    e.Compare: lambda part, notation: Said("compare", part.operators, part.operands),
}
