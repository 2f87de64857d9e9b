"""How long every axis and index is, read off the expressions before anything is computed: the judge's shape pass.

It walks as `expand` walks, with lengths in place of elements. A frame is one formula being read: an equation, a
line, or one call of a function.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from time import monotonic
from typing import Any

from ..language.errors import GraphcError
from ..language.expression import (
    Bound,
    Call,
    Compare,
    Constant,
    Definition,
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
from ..language.hints import ELSEWHERE, near
from ..language.text import text
from .dag import ELEMENTWISE, TooMuch
from .dims import Access, Dim, Lengths, Misfit, NoRoom, join
from .facts import apart
from .total import Total, mentioned, text_of
from .world import World

Shape = tuple[Dim, ...]
REDUCTIONS = ("sum", "mean", "max", "min", "prod", "logsumexp")
FORMS = (*REDUCTIONS, *ELEMENTWISE, "where", "transpose", "flatten", "concat", "reshape", "inside", "sqrt")
MAX_CALLS = 500
SMALL = 2  # a size that is not fixed is at least so large
MAX_PARTS = 150_000


@dataclass(eq=False)
class Frame:
    """One formula being read. `own` says whether it sees the names of the file."""

    own: bool = True
    level: int = 0
    arguments: dict[str, Shape] = field(default_factory=dict)
    given: dict[str, tuple[Expression, Frame]] = field(default_factory=dict)
    sizes: dict[str, Dim] = field(default_factory=dict)
    lead: Shape = ()
    bound: dict[Expression, Shape] = field(default_factory=dict)
    calls: dict[Call, tuple[Definition, Frame, Shape]] = field(default_factory=dict)
    shapes: dict[Expression, Shape] = field(default_factory=dict)


Scope = Mapping[str, Dim]


class Shapes:
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
        return self.sizes.setdefault(name, self.lengths.new(name=name))

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
            index = own.root()
            if not guarded or (index.rule is None and index.value is None):
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
            return self.lengths.new(_whole(extent))

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
                    length = _length(scope[e.name], more)
                    return None if length is None else (0, length - 1)
                if e.name in frame.given:
                    return self.span(*frame.given[e.name], {}, more)
                size = frame.sizes.get(e.name) or (self.sizes.get(e.name) if frame.own else None)
                length = None if size is None else _length(size, more)
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

    # calls

    def _call(self, e: Call, frame: Frame, scope: Scope) -> Shape:
        word = e.function
        definitions = self.world.definitions(word, frame.own)
        if definitions and not (word in FORMS and word not in self.world.functions):
            return self._defined(e, definitions, frame, scope)
        if word not in FORMS:
            hint = ELSEWHERE.get(word) or near(word, {*FORMS, *self.world.functions})
            if self.world.is_tensor(word):
                hint = "write `*` to multiply"
            raise GraphcError(f"there is no function `{word}`", hint)
        if word == "inside":
            return self.shape(e.arguments[0], frame, Guarded(scope))
        if word in REDUCTIONS and not (word in ("max", "min") and len(e.arguments) == 2):
            _count(e, 1)
            base = self.shape(e.arguments[0], frame, scope)
            chosen = axes_of(e, len(base))
            keep = dict(e.keywords).get("keepdims")
            if isinstance(keep, Name) and keep.name in ("true", "True"):
                return tuple(self.lengths.new(1) if k in chosen else dim for k, dim in enumerate(base))
            return tuple(dim for k, dim in enumerate(base) if k not in chosen)
        if word == "transpose":
            base = self.shape(e.arguments[0], frame, scope)
            return tuple(base[k] for k in order_of(e, len(base)))
        if word in ("flatten", "reshape", "concat"):
            return self._arranged(e, frame, scope)
        _count(e, {"where": 3, "max": 2, "min": 2}.get(word, 1))
        return broadcast([self.shape(child, frame, scope) for child in e.arguments], e)

    def _arranged(self, e: Call, frame: Frame, scope: Scope) -> Shape:
        if e.function == "concat":
            shapes = [self.shape(child, frame, scope) for child in e.arguments]
            axis = static(dict(e.keywords).get("axis"), 0)
            rank = len(shapes[0])
            if any(len(shape) != rank for shape in shapes) or not -rank <= axis < rank:
                raise Misfit(f"{text_of(e)} puts together tensors of as many axes")
            axis %= rank
            for shape in shapes[1:]:
                for k in range(rank):
                    if k != axis:
                        join(shapes[0][k], shape[k], e)
            total = self.lengths.new(rule=_total_of([shape[axis] for shape in shapes]))
            return (*shapes[0][:axis], total, *shapes[0][axis + 1 :])
        base = self.shape(e.arguments[0], frame, scope)
        if e.function == "flatten":
            _count(e, 1)
            if not base:
                raise Misfit(f"in {text_of(e)} a scalar has no axis 0 to keep")
            return (base[0], self.lengths.new(rule=_product_of(base[1:])))
        _count(e, 2)
        wanted = e.arguments[1]
        items = wanted.items if isinstance(wanted, Tuple) else (wanted,)
        dims = [None if _is_rest(item) else self._extent(item, frame) for item in items]
        known = [dim for dim in dims if dim is not None]
        rest = self.lengths.new(rule=_rest_of(base, known)) if len(known) < len(dims) else None
        return tuple(rest if dim is None else dim for dim in dims)  # type: ignore[misc]

    def _defined(self, e: Call, definitions: tuple[Definition, ...], frame: Frame, scope: Scope) -> Shape:
        shapes = [self.shape(child, frame, scope) for child in e.arguments]
        named = {key: self.shape(value, frame, scope) for key, value in e.keywords}
        known = frame.calls.get(e)
        if known is not None:
            for (_, old), new in zip(known[1].arguments.items(), shapes, strict=False):
                for one, other in zip(old, new, strict=False):
                    join(one, other, e)
            return known[2]
        if frame.level > MAX_CALLS:
            raise TooMuch(f"functions call functions more than {MAX_CALLS} deep", final=True)
        definition = _fitting(definitions, shapes)
        inner = Frame(own=e.function in self.world.functions and frame.own, level=frame.level + 1)
        self._arguments(e, definition, shapes, named, frame, inner)
        if definition.indices is None:
            result = self.shape(definition.right, inner, {})
            frame.calls[e] = definition, inner, result
            return result
        own = tuple(bound for bound in definition.indices if isinstance(bound, Bound))
        inner.lead = self._leading(definition, inner) if len(own) < len(definition.indices) else ()
        left = self._bind(own, inner, {})
        self.shape(definition.right, inner, {bound.name: dim for bound, dim in zip(own, left, strict=True)})
        frame.calls[e] = definition, inner, inner.lead + left
        return inner.lead + left

    def _arguments(
        self, e: Call, definition: Definition, shapes: list[Shape], named: dict[str, Shape], frame: Frame, inner: Frame
    ) -> None:
        parameters = definition.parameters
        if len(shapes) > len(parameters):
            raise GraphcError(f"{e.function} takes {len(parameters)} arguments, and here are {len(shapes)}")
        for parameter, shape, given in zip(parameters, shapes, e.arguments, strict=False):
            inner.arguments[parameter.name], inner.given[parameter.name] = shape, (given, frame)
        values = dict(e.keywords)
        for key, shape in named.items():
            if key in inner.arguments or all(parameter.name != key for parameter in parameters):
                raise GraphcError(f"{e.function} has no argument `{key}` to be given here")
            inner.arguments[key], inner.given[key] = shape, (values[key], frame)
        for parameter in parameters:
            if parameter.name not in inner.arguments:
                if parameter.default is None:
                    raise GraphcError(f"{e.function} wants `{parameter.name}`")
                inner.arguments[parameter.name] = self.shape(parameter.default, inner, {})
                inner.given[parameter.name] = parameter.default, inner
            dims = [dim for dim in parameter.dims or () if not isinstance(dim, Ellipsis_)]
            if parameter.dims is None:
                continue
            shape = inner.arguments[parameter.name]
            leading = len(dims) < len(parameter.dims)
            if len(shape) != len(dims) and not (leading and len(shape) > len(dims)):
                raise Misfit(f"{text_of(e)}: `{parameter.name}` wants {len(dims)} axes and has {len(shape)}")
            for dim, axis in zip(reversed(dims), reversed(shape), strict=False):
                known = (
                    self.lengths.new(_whole(dim)) if isinstance(dim, Number) else inner.sizes.setdefault(dim.name, axis)  # type: ignore[attr-defined]
                )
                join(known, axis, e)

    def _leading(self, definition: Definition, inner: Frame) -> Shape:
        """The axes that `...` stands for: what the arguments that are read with `...` have in front."""
        fronts: list[Shape] = []
        stack = [definition.right]
        while stack:
            part = stack.pop()
            if (
                isinstance(part, Subscript)
                and part.subscripts
                and isinstance(part.subscripts[0], Ellipsis_)
                and isinstance(part.base, Name)
                and part.base.name in inner.arguments
            ):
                shape, rest = inner.arguments[part.base.name], len(part.subscripts) - 1
                if len(shape) < rest:
                    raise Misfit(f"{definition.name} wants at least {rest} axes", f"write {definition.name}(x)")
                fronts.append(shape[: len(shape) - rest])
            stack.extend(part.children)
        return broadcast(fronts, definition.name) if fronts else ()


def blamed(error: GraphcError, e: Expression, own: bool) -> GraphcError:
    """The error with the innermost expression of the file that is at fault."""
    if own and not hasattr(error, "culprit"):
        error.culprit = e  # type: ignore[attr-defined]
    return error


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


class Guarded(dict[str, Dim]):
    """The scope inside `inside(…)`."""


def broadcast(shapes: list[Shape], what: Expression | str) -> Shape:
    """The shape that NumPy gives."""
    out = [*sorted(shapes, key=len)[-1]]
    for shape in shapes:
        for k in range(1, len(shape) + 1):
            if out[-k].size == 1:
                out[-k] = shape[-k]
            elif shape[-k].size != 1:
                join(out[-k], shape[-k], what)
    return tuple(out)


def axes_of(e: Call, rank: int) -> tuple[int, ...]:
    """The axes that `axis=` names, counted from the left; all of them where it names none."""
    given = dict(e.keywords).get("axis")
    if given is None:
        if e.function == "logsumexp":
            return (rank - 1,) if rank else ()
        return tuple(range(rank))
    named = [static(item, None) for item in (given.items if isinstance(given, Tuple) else (given,))]
    for axis in named:
        if not -rank <= axis < rank:
            raise Misfit(f"in {text_of(e)} there is no axis {axis}")
    return tuple(axis % rank for axis in named)


def order_of(e: Call, rank: int) -> tuple[int, ...]:
    _count(e, 1)
    given = dict(e.keywords).get("axes")
    if given is None:
        return tuple(range(rank))[::-1]
    order = tuple(static(item, None) for item in (given.items if isinstance(given, Tuple) else (given,)))
    if any(not -rank <= axis < rank for axis in order) or len({axis % rank for axis in order}) != rank:
        raise Misfit(f"in {text_of(e)} the axes are each named once")
    return tuple(axis % rank for axis in order)


def static(e: Expression | None, default: int | None) -> int:
    from ..language.constant import constant

    if e is None and default is not None:
        return default
    value = None if e is None else constant(e)
    if value is None or value.denominator != 1:
        raise GraphcError("an axis is a whole number")
    return int(value)


def _whole(number: Number) -> int:
    if number.value.denominator != 1 or number.value < 1:
        raise GraphcError(f"`{text(number)}` is no size")
    return int(number.value)


def _count(e: Call, wanted: int) -> None:
    if len(e.arguments) != wanted:
        raise GraphcError(
            f"{e.function}(…) takes {wanted} argument{'s' * (wanted > 1)}, and here are {len(e.arguments)}"
        )


def _fitting(definitions: tuple[Definition, ...], shapes: list[Shape]) -> Definition:
    """The first formula that the ranks fit, where a name has several."""
    for definition in definitions[:-1]:
        leads = set()
        for parameter, shape in zip(definition.parameters, shapes, strict=False):
            if parameter.dims is not None:
                rest = sum(not isinstance(dim, Ellipsis_) for dim in parameter.dims)
                leads.add(len(shape) - rest if rest < len(parameter.dims) else -(len(shape) != rest))
        if all(lead >= 0 for lead in leads) and len(leads - {0} or {0}) == 1:
            return definition
    return definitions[-1]


def _names(e: Expression) -> list[str]:
    return sorted(mentioned(e))


def _length(dim: Dim, more: Mapping[Dim, int]) -> int | None:
    root = dim.root()
    found = more.get(root)
    return root.value if found is None else found


def _total_of(dims: list[Dim]) -> Callable[[], int | None]:
    return lambda: None if any(d.size is None for d in dims) else sum(d.size or 0 for d in dims)


def _product_of(dims: Shape) -> Callable[[], int | None]:
    def rule() -> int | None:
        total = 1
        for dim in dims:
            if dim.size is None:
                return None
            total *= dim.size
        return total

    return rule


def _rest_of(base: Shape, known: list[Dim]) -> Callable[[], int | None]:
    def rule() -> int | None:
        have, given = _product_of(base)(), _product_of(tuple(known))()
        if have is None or given is None:
            return None
        if have % given:
            raise NoRoom
        return have // given

    return rule


def _is_rest(item: Expression) -> bool:
    return isinstance(item, Negative) and isinstance(item.operand, Number) and item.operand.value == 1


def _spread(spans: list[tuple[int, int]]) -> tuple[int, int]:
    low, high = spans[0]
    for other in spans[1:]:
        corners = [a * b for a in (low, high) for b in other]
        low, high = min(corners), max(corners)
    return low, high


def _floors(spans: list[tuple[int, int]]) -> tuple[int, int] | None:
    (low, high), (below, above) = spans
    return (low // below, high // below) if below == above > 0 else None


def _exact(spans: list[tuple[int, int]]) -> tuple[int, int] | None:
    (low, high), (below, above) = spans
    if below == above > 0 and not low % below and not high % below:
        return low // below, high // below
    return None


SPANS: dict[type[Expression], Callable[[list[tuple[int, int]]], tuple[int, int] | None]] = {
    Sum: lambda spans: (sum(low for low, _ in spans), sum(high for _, high in spans)),
    Product: _spread,
    FloorQuotient: _floors,
    Quotient: _exact,
}
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
