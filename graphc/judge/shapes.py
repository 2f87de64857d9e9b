"""How long every axis and index is, read off the expressions before anything is computed: the judge's shape pass.

It walks as `expand` walks, with lengths in place of elements. A frame is one formula being read: an equation, a
line, or one call of a function.
"""

from __future__ import annotations

from collections.abc import Callable
from time import monotonic

from ..language.errors import GraphcError
from ..language.expression import (
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
from .dims import Dim, Lengths, Misfit, join
from .frame import FORMS, Frame, Guarded, Scope, Shape, blamed, broadcast
from .shape_calls import Calls
from .shape_reads import Reads
from .total import Total, text_of
from .world import World

SMALL = 2  # a size that is not fixed is at least so large
MAX_PARTS = 150_000


class Shapes(Calls, Reads):
    """Lengths of everything in one world."""

    def __init__(self, world: World, deadline: float | None = None) -> None:
        self.world, self.lengths = world, Lengths()
        self.lengths.pinned = pinned(world)
        self.sizes = {name: self.lengths.new(name=name) for name in sorted(world.sizes)}
        self.indices = {name: self.lengths.new() for name in sorted(world.indices)}
        self.tensors: dict[str, Shape] = {}
        self.frames: dict[str, tuple[Frame, Shape]] = {}
        self.gathers: dict[str, list[Dim]] = {}
        self._parts, self._deadline, self.places = 0, deadline, 0

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
        self.turning(e, frame, scope)
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

    def _reduce(self, e: Reduce, frame: Frame, scope: Scope) -> Shape:
        dims = self._bind(e.indices, frame, scope, e)
        inner = {**scope, **{bound.name: dim for bound, dim in zip(e.indices, dims, strict=True)}}
        if isinstance(scope, Guarded):
            inner = Guarded(inner)
        return self.shape(e.body, frame, inner)

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
