"""How long every axis and index is, read off the expressions before anything is computed: the judge's shape pass.

It walks as `expand` walks, with lengths in place of elements. A frame is one formula being read: an equation, a
line, or one call of a function.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from time import monotonic
from typing import Any

from ..language.errors import GraphcError
from ..language.expression import (
    Bound,
    Call,
    Compare,
    Constant,
    Ellipsis_,
    Expression,
    FloorQuotient,
    MatMul,
    Name,
    Negative,
    Number,
    Power,
    Product,
    Quotient,
    Reduce,
    Subscript,
    Sum,
    Tuple,
)
from ..language.text import text
from .dag import TooMuch
from .dims import Access, Dim, Lengths, Misfit, join
from .facts import apart
from .frame import FORMS, Frame, Guarded, Scope, Shape, blamed, broadcast, whole
from .shape_calls import Calls
from .spans import SPANS, known_length
from .total import Total, mentioned, text_of
from .world import World

SMALL = 2  # a size that is not fixed is at least so large
MAX_PARTS = 150_000


class Shapes(Calls):
    """Lengths of everything in one world."""

    def __init__(self, world: World, deadline: float | None = None) -> None:
        self.world, self.lengths = world, Lengths()
        self.lengths.pinned = pinned(world)
        self.sizes = {name: self.lengths.new(name=name) for name in sorted(world.sizes)}
        self.indices = {name: self.lengths.new() for name in sorted(world.indices)}
        self.tensors: dict[str, Shape] = {}
        self.frames: dict[str, tuple[Frame, Shape]] = {}
        self.gathers: dict[str, list[Dim]] = {}
        self._parts, self._deadline = 0, deadline

    def size_of(self, name: str) -> Dim:
        found = self.sizes.get(name)
        if found is None:
            found = self.sizes[name] = self.lengths.new(name=name)
        return found

    def equation(self, name: str) -> None:
        """Read an equation; those that it needs have been read."""
        equation = self.world.equations[name]
        frame = Frame()
        left: Shape = ()
        right = self.world.rights[name]
        if isinstance(equation, Constant):
            shape = self.shape(right, frame, {})
        elif equation.indices is None:
            shape = left = self.shape(right, frame, {})
        else:
            left = self._bind(equation.indices, frame, {})
            scope = {bound.name: dim for bound, dim in zip(equation.indices, left, strict=True)}
            inner = self.shape(right, frame, scope)
            if inner:
                raise Misfit(f"the right side of {name} has axes of its own beside those on the left")
            shape = left
        self._declared(name, shape)
        self.frames[name] = frame, left
        self.tensors[name] = shape

    def line(self, expression: Expression) -> tuple[Frame, Shape]:
        """Read a line, in which the free indices stand for any place."""
        frame = Frame()
        return frame, self.shape(expression, frame, self.indices)

    def tensor(self, name: str) -> Shape:
        found = self.tensors.get(name)
        if found is None:
            found = tuple(self.lengths.new() for _ in range(self.world.ranks.get(name, 0)))
            self._declared(name, found)
            self.tensors[name] = found
        return found

    def _declared(self, name: str, shape: Shape) -> None:
        axes = self.world.axes.get(name)
        if axes is None:
            return
        if len(axes) != len(shape):
            raise Misfit(f"`{name}` is declared with {len(axes)} axes and has {len(shape)}")
        for axis, dim in zip(axes, shape, strict=True):
            if isinstance(axis, Name | Number):  # a length that follows from others follows from the reads too
                known = self.size_of(axis.name) if isinstance(axis, Name) else self.lengths.new(int(axis.value))
                join(known, dim, f"an axis of {name}")

    # shapes

    def shape(self, e: Expression, frame: Frame, scope: Scope) -> Shape:
        self._parts += 1
        if not self._parts & 1023 and self._deadline is not None and monotonic() > self._deadline:
            raise TooMuch("it takes too long", final=True)
        if self._parts > MAX_PARTS:
            raise TooMuch(f"it comes to more than {MAX_PARTS:,} parts", final=True)
        try:
            found = SHAPES[type(e)](self, e, frame, scope)
        except GraphcError as error:
            raise blamed(error, e, frame.own) from None
        frame.shapes[e] = found
        return found

    def _number(self, e: Number, frame: Frame, scope: Scope) -> Shape:
        return ()

    def _name(self, e: Name, frame: Frame, scope: Scope) -> Shape:
        word = e.name
        if word in scope:
            return ()
        if word in frame.arguments:
            return frame.arguments[word]
        if frame.own and self.world.is_tensor(word):
            return self.tensor(word)
        if word in frame.sizes or (frame.own and word in self.sizes) or word == "pi":
            return ()
        if self.world.definitions(word) or word in FORMS:
            raise GraphcError(f"`{word}` is a function", f"write {word}(x)")
        if not frame.own or word in self.world.givens.slopes:
            raise GraphcError(f"`{word}` is not defined here")
        return self.tensor(word)

    def _elementwise(self, e: Expression, frame: Frame, scope: Scope) -> Shape:
        return broadcast([self.shape(child, frame, scope) for child in e.children], e)

    def _subscript(self, e: Subscript, frame: Frame, scope: Scope) -> Shape:
        if isinstance(e.base, Name) and e.base.name in self.world.givens.slopes and frame.own:
            slope = self.world.givens.slopes[e.base.name]
            shape = self.tensor(slope.of), self.tensor(slope.by)
            inner = self._slope_scope(slope, e.subscripts, scope, frame)
            for axes, places in zip(shape, (slope.of_at, slope.by_at), strict=True):
                for dim, place in zip(axes, places, strict=True):
                    self._read(place, dim, frame, inner, False)
            return ()
        base = self.shape(e.base, frame, scope)
        places = e.subscripts
        if places and isinstance(places[0], Ellipsis_):
            places = places[1:]
            lead = base[: len(base) - len(places)]
            broadcast([lead, frame.lead], e)
        elif len(places) != len(base):
            what = text(e.base)
            if not base:
                raise Misfit(f"`{what}` is a scalar and takes no subscripts")
            raise Misfit(f"`{what}` has {len(base)} axes, and here are {len(places)} subscripts")
        for dim, place in zip(base[len(base) - len(places) :], places, strict=True):
            self._read(place, dim, frame, scope, isinstance(scope, Guarded), e)
        return ()

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
                self.lengths.accesses.append(Access(dim, (), lambda more: last))
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
        self.shape(place, frame, scope)
        needs: dict[Dim, None] = {}
        for part in (place.children and _names(place)) or ():
            found = scope.get(part) or frame.sizes.get(part) or (self.sizes.get(part) if frame.own else None)
            if found is not None:
                needs[found] = None
        if not guarded and not any(isinstance(part, Subscript) for part in place.children):

            def reach(more: dict[Dim, int]) -> int | None:
                span = self.span(place, frame, scope, more)
                return None if span is None else span[1]

            self.lengths.accesses.append(Access(dim, tuple(needs), reach))

    def _reduce(self, e: Reduce, frame: Frame, scope: Scope) -> Shape:
        dims = self._bind(e.indices, frame, scope, e)
        inner = {**scope, **{bound.name: dim for bound, dim in zip(e.indices, dims, strict=True)}}
        if isinstance(scope, Guarded):
            inner = Guarded(inner)
        return self.shape(e.body, frame, inner)

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
        if isinstance(extent, Number):
            stated = self.lengths.new(whole(extent))
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

    def _matmul(self, e: MatMul, frame: Frame, scope: Scope) -> Shape:
        left, right = self.shape(e.left, frame, scope), self.shape(e.right, frame, scope)
        what = e
        if not left or not right:
            raise Misfit(f"`@` multiplies vectors and matrices, and in {text_of(e)} one side is a scalar", "write `*`")
        join(left[-1], right[-1 if len(right) == 1 else -2], what)
        stack = broadcast([left[:-2], right[:-2]], what)
        return stack + left[-2:-1] + (right[-1:] if len(right) > 1 else ())

    def _tuple(self, e: Tuple, frame: Frame, scope: Scope) -> Shape:
        raise GraphcError("a shape is no number", "shapes are for reshape(x, (n, 400))")

    def _total(self, e: Total, frame: Frame, scope: Scope) -> Shape:
        return self.shape(e.of, frame, scope) + self.shape(e.by, frame, scope)


def pinned(world: World) -> dict[str, int]:
    """The sizes that are fixed, and those of which more is assumed than that something is there."""
    found = dict(world.givens.sizes)
    for assumption in world.givens.assumptions:
        match assumption.holds:
            case Compare(operands=(Name(name=name), Number(value=value)), operators=(sign,)) if name in world.sizes:
                least = {"==": value, ">=": value, ">": value + 1}.get(sign)
                if least is not None and (sign == "==" or least > SMALL):
                    found[name] = max(found.get(name, 1), int(least))
    return found


def _names(e: Expression) -> list[str]:
    return sorted(mentioned(e))


SHAPES: dict[type[Expression], Callable[..., Shape]] = {
    Number: Shapes._number,
    Name: Shapes._name,
    Subscript: Shapes._subscript,
    Reduce: Shapes._reduce,
    Call: Shapes._call,
    MatMul: Shapes._matmul,
    Tuple: Shapes._tuple,
    Total: Shapes._total,
    **dict.fromkeys((Sum, Product, Negative, Quotient, FloorQuotient, Power, Compare), Shapes._elementwise),
}
