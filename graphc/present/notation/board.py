"""An expression as one says it on a board: sums, fractions, roots, δᵢⱼ, ∂L/∂y. Each form writes these boxes its way.

What is said follows the expression's own order; nothing is computed. Boxes are made breadth first within a budget, so
what is too long or too deep to be read is cut with … where it is deepest.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from ...derivation.step import Derivative
from ...language import expression as e
from .symbols import Symbols

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


class Notation:
    """What the names of one text stand for, so that all of its expressions are written alike."""

    def __init__(
        self, expressions: Iterable[Expression] = (), derivatives: Mapping[str, Derivative] | None = None
    ) -> None:
        self.derivatives = derivatives or {}
        self.ranks: dict[str, int] = {}
        names = dict.fromkeys(one for each in self.derivatives.values() for one in (each.of, each.by))
        for part in walk(expressions):
            if isinstance(part, e.Name | e.Bound):
                names[part.name] = None
            elif isinstance(part, e.Subscript) and isinstance(part.base, e.Name):
                self.ranks[part.base.name] = len(part.subscripts)
        for each in self.derivatives.values():
            for one, at in ((each.of, each.of_at), (each.by, each.by_at)):
                self.ranks.update({one: len(at)} if at else {})
        self.symbols = Symbols((name for name in names if name not in self.derivatives), self.ranks)
        self._tensors: dict[Expression, bool] = {}

    def tensor(self, expression: Expression) -> bool:
        """Whether it is known to have axes: then a product of two such is elementwise."""
        if not self.ranks:
            return False
        pending = [expression]
        while pending:
            part = pending[-1]
            if part in self._tensors:
                pending.pop()
                continue
            children = _elements(part)
            missing = [child for child in children if child not in self._tensors]
            if missing:
                pending += missing
                continue
            pending.pop()
            self._tensors[part] = self._has_axes(part, children)
        return self._tensors[expression]

    def _has_axes(self, part: Expression, children: Sequence[Expression]) -> bool:
        if isinstance(part, e.Name):
            record = self.derivatives.get(part.name)
            return bool(record.parameters) if record else self.ranks.get(part.name, 0) > 0
        return any(self._tensors[child] for child in children)


def _elements(part: Expression) -> Sequence[Expression]:
    """The parts whose axes a whole-tensor expression has too."""
    if isinstance(part, e.Subscript | e.Reduce | e.Compare | e.Tuple):
        return ()
    if isinstance(part, e.Call):
        whole = part.function in WHOLE and len(part.arguments) == 1 and not part.keywords
        return () if whole else part.arguments
    return part.children


WHOLE = frozenset({"sum", "mean", "max", "min", "prod", "logsumexp"})


def walk(expressions: Iterable[Expression]) -> Iterable[Expression]:
    """Every different part once."""
    seen: set[Expression] = set()
    pending = list(expressions)[::-1]
    while pending:
        part = pending.pop()
        if part not in seen:
            seen.add(part)
            yield part
            pending.extend(reversed(part.children))


def board(expression: Expression, notation: Notation, deepest: int) -> Box:
    """The boxes of an expression, at most `deepest` in each other."""
    root, left = Box(), MOST
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
        left -= 1
        queue.extend((p, b, depth + 1, inner) for p, b in zip(said.parts, box.parts, strict=True) if p is not None)
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
    factors = _folded(product.factors, None)
    tensors = [factor is not None and notation.tensor(factor) for factor in factors]
    # between which neighbours the sign of the elementwise product stands: where a tensor is on both sides
    signs = tuple(right and any(tensors[: place + 1]) for place, right in enumerate(tensors[1:]))
    return Said("product", signs, factors)


def _name(name: e.Name, notation: Notation) -> Said:
    record = notation.derivatives.get(name.name)
    if record is None:
        return Said("symbol", notation.symbols[name.name])
    return _partial(record, () if record.parameters else (*record.of_at, *record.by_at), {}, notation)


def _partial(
    record: Derivative, at: Sequence[Expression], places: Mapping[str, Expression], notation: Notation
) -> Said:
    symbols = notation.symbols[record.of], notation.symbols[record.by]
    return Said("partial", (*symbols, len(record.of_at) if at else 0), at, places)


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
    found = said(call) if said is not None and not call.keywords else None
    if found is not None:
        return found
    keys = tuple(key for key, _ in call.keywords)
    parts = call.children
    if len(parts) > WIDEST and not keys:
        parts = tuple(_folded(parts, None))
    return Said("call", (call.function, keys), parts)


def _alone(kind: str) -> Callable[[e.Call], Said | None]:
    return lambda call: Said(kind, None, call.arguments) if len(call.arguments) == 1 else None


def _where(call: e.Call) -> Said | None:
    """δᵢⱼ, the indicator of a condition, or its two cases."""
    if len(call.arguments) != 3:
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
    "abs": _alone("magnitude"),
    "transpose": _alone("transpose"),
    "where": _where,
}

SAID: dict[type[Expression], Callable[[Any, Notation], Said]] = {
    e.Number: _number,
    e.Name: _name,
    e.Ellipsis_: lambda part, notation: Said("dots"),
    e.Bound: lambda part, notation: Said("bound", notation.symbols[part.name], part.children),
    e.Call: _call,
    e.Subscript: _subscript,
    e.Reduce: lambda part, notation: Said("reduce", part.kind, part.children),
    e.Tuple: lambda part, notation: Said("tuple", None, _folded(part.items, None)),
    e.Sum: _sum,
    e.Product: _product,
    e.Negative: lambda part, notation: Said("negative", None, part.children),
    e.Quotient: lambda part, notation: Said("fraction", None, part.children),
    e.FloorQuotient: lambda part, notation: Said("floor", None, part.children),
    e.Power: lambda part, notation: Said("power", None, part.children),
    e.MatMul: lambda part, notation: Said("matmul", None, part.children),
    e.Compare: lambda part, notation: Said("compare", part.operators, part.operands),
}
