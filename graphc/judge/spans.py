"""Lengths that follow from others: of what is put together or regrouped, and the reach of a subscript."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from ..language.expression import Expression, FloorQuotient, Negative, Number, Product, Quotient, Sum
from .dims import Dim, NoRoom
from .frame import Shape


def known_length(dim: Dim, more: Mapping[Dim, int]) -> int | None:
    root = dim.root()
    found = more.get(root)
    return root.value if found is None else found


def total_of(dims: list[Dim]) -> Callable[[], int | None]:
    return lambda: None if any(d.size is None for d in dims) else sum(d.size or 0 for d in dims)


def product_of(dims: Shape) -> Callable[[], int | None]:
    def rule() -> int | None:
        total = 1
        for dim in dims:
            if dim.size is None:
                return None
            total *= dim.size
        return total

    return rule


def rest_of(base: Shape, known: list[Dim]) -> Callable[[], int | None]:
    def rule() -> int | None:
        have, given = product_of(base)(), product_of(tuple(known))()
        if have is None or given is None:
            return None
        if have % given:
            raise NoRoom
        return have // given

    return rule


def is_rest(item: Expression) -> bool:
    return isinstance(item, Negative) and isinstance(item.operand, Number) and item.operand.value == 1


def spread(spans: list[tuple[int, int]]) -> tuple[int, int]:
    low, high = spans[0]
    for other in spans[1:]:
        corners = [a * b for a in (low, high) for b in other]
        low, high = min(corners), max(corners)
    return low, high


def floors(spans: list[tuple[int, int]]) -> tuple[int, int] | None:
    (low, high), (below, above) = spans
    return (low // below, high // below) if below == above > 0 else None


def exact(spans: list[tuple[int, int]]) -> tuple[int, int] | None:
    (low, high), (below, above) = spans
    if below == above > 0 and not low % below and not high % below:
        return low // below, high // below
    return None


SPANS: dict[type[Expression], Callable[[list[tuple[int, int]]], tuple[int, int] | None]] = {
    Sum: lambda spans: (sum(low for low, _ in spans), sum(high for _, high in spans)),
    Product: spread,
    FloorQuotient: floors,
    Quotient: exact,
}
