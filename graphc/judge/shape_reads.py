"""What subscripts and extents say of lengths: how far an index runs, and how long the axis is that it reads."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from ..language.constant import constant
from ..language.expression import (
    Bound,
    Call,
    Compare,
    Expression,
    FloorQuotient,
    Name,
    Negative,
    Number,
    Power,
    Product,
    Quotient,
    Subscript,
    Sum,
)
from .dims import Access, Dim, join
from .facts import apart
from .frame import Frame, Scope, Shape, whole
from .spans import SPANS, known_length
from .total import mentioned

COMPARED = frozenset(("abs", "sign", "step", "max", "min", "relu"))  # they turn somewhere, as a comparison does
BEYOND, MOST_PARTS = 2, 100
ARITHMETIC = (Compare, Sum, Product, Negative, Quotient, FloorQuotient, Power)


class Reads:
    """The part of `Shapes` that reads subscripts and extents."""

    world: Any
    lengths: Any
    shape: Any
    sizes: Any
    gathers: Any
    places: int  # how deep in subscripts

    def _slope_scope(self, slope: Any, places: tuple[Expression, ...], scope: Scope, frame: Frame) -> Scope:
        inner: dict[str, Dim] = {}
        for parameter, place in zip(slope.parameters, places, strict=True):
            if isinstance(place, Name) and place.name in scope:
                inner[parameter] = scope[place.name]
            else:
                inner[parameter] = self.lengths.new()
        return inner

    def _read(
        self, place: Expression, dim: Dim, frame: Frame, scope: Scope, guarded: bool, whole: Expression | None = None
    ) -> None:
        """What one subscript says of the length of its axis and of its indices."""
        word = place.name if isinstance(place, Name) else ""
        own = scope.get(word) or scope.get(apart(word))
        if own is not None:
            index, axis = own.root(), dim.root()
            if own.stated and (axis.value is None if axis.name is not None else (axis.value or 0) > (index.value or 0)):
                last = (index.value or 1) - 1
                self.lengths.accesses.append(Access(dim, (), lambda more: (0, last)))
            elif not guarded or (index.rule is None and index.value is None):
                join(dim, index, whole or place)
                dim.root().alone = True
            return
        if isinstance(place, Name) and frame.own and self.world.is_tensor(place.name):
            self.gathers.setdefault(place.name, []).append(dim)
        elif isinstance(place, Subscript) and isinstance(place.base, Name):
            name = place.base.name
            source = frame.given.get(name)
            while source is not None:  # an argument that is handed on as it came
                name = source[0].name if isinstance(source[0], Name) else ""
                source = source[1].given.get(name)
            self.gathers.setdefault(name, []).append(dim)
        self.places += 1
        self.shape(place, frame, scope)
        self.places -= 1
        needs: dict[Dim, None] = {}
        for part in (place.children and _names(place)) or ():
            found = scope.get(part) or frame.sizes.get(part) or (self.sizes.get(part) if frame.own else None)
            if found is not None:
                needs[found] = None
        if not guarded and not any(isinstance(part, Subscript) for part in place.children):
            self.lengths.accesses.append(Access(dim, tuple(needs), lambda more: self.span(place, frame, scope, more)))

    def _bind(self, bounds: tuple[Bound, ...], frame: Frame, scope: Scope, key: Expression | None = None) -> Shape:
        if key is not None and key in frame.bound:
            return frame.bound[key]
        dims = []
        for bound in bounds:
            extent = bound.extent
            if extent is None:
                dims.append(self.lengths.new())
            else:
                dims.append(self._extent(extent, frame))
        if key is not None:
            frame.bound[key] = tuple(dims)
        return tuple(dims)

    def _extent(self, extent: Expression, frame: Frame) -> Dim:
        if isinstance(extent, Name):
            if extent.name in frame.sizes:
                return frame.sizes[extent.name]
            if frame.own and extent.name in self.sizes:
                return self.sizes[extent.name]
        value = None if isinstance(extent, Name) else constant(extent)
        if value is not None:
            stated = self.lengths.new(whole(Number(value)))
            stated.stated = True
            return stated

        def rule() -> int | None:
            span = self.span(extent, frame, {}, {})
            return span[0] if span is not None and span[0] == span[1] else None

        return self.lengths.new(rule=rule)

    def span(self, e: Expression, frame: Frame, scope: Scope, more: Mapping[Dim, int]) -> tuple[int, int] | None:
        """The least and greatest value of a subscript or extent, as far as the lengths in it are known."""
        match e:
            case Number():
                return (int(e.value), int(e.value)) if e.value.denominator == 1 else None
            case Name():
                if e.name in scope:
                    length = known_length(scope[e.name], more)
                    return None if length is None else (0, length - 1)
                if e.name in frame.given:
                    return self.span(*frame.given[e.name], {}, more)
                size = frame.sizes.get(e.name) or (self.sizes.get(e.name) if frame.own else None)
                length = None if size is None else known_length(size, more)
                if length is None and frame.own and e.name in self.world.rights:
                    return self.span(self.world.rights[e.name], Frame(), {}, more)
                return None if length is None else (length, length)
            case Negative():
                inner = self.span(e.operand, frame, scope, more)
                return None if inner is None else (-inner[1], -inner[0])
            case Sum() | Product() | FloorQuotient() | Quotient():
                spans = [self.span(child, frame, scope, more) for child in e.children]
                known = [span for span in spans if span is not None]
                if len(known) < len(spans):
                    return None
                return SPANS[type(e)](known)
        return None

    def turning(self, e: Expression, frame: Frame, scope: Scope) -> None:
        """Lengths beyond the numbers that indices and sizes are added to or compared with: there something may turn."""
        known = {**(self.sizes if frame.own and not isinstance(e, Sum) else {}), **scope}
        if (
            self.places
            or not known
            or not (isinstance(e, Compare | Sum) or (isinstance(e, Call) and e.function in COMPARED))
        ):
            return
        found: list[Dim] = []
        number, divided, left = Fraction(0), False, MOST_PARTS
        stack: list[Expression] = list(e.children)
        while stack and left:
            part, left = stack.pop(), left - 1
            value = None if isinstance(part, Name) else constant(part)
            if value is not None:
                number = number * value if divided and number and value else number + abs(value)
            elif isinstance(part, Name):
                found += [known[part.name]] if part.name in known else []
            elif isinstance(part, ARITHMETIC):
                divided |= isinstance(part, Quotient | FloorQuotient)
                stack.extend(part.children)
        for dim in found if number else ():
            dim.root().floor = max(dim.root().floor, int(abs(number)) + BEYOND)


def _names(e: Expression) -> list[str]:
    return sorted(mentioned(e))
