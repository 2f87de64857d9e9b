"""The shapes of calls: of forms, and of functions that are formulas, each read in a frame of its own."""

from __future__ import annotations

from typing import Any

from ..language.errors import GraphcError
from ..language.expression import Bound, Call, Definition, Ellipsis_, Name, Number, Subscript, Tuple
from ..language.hints import ELSEWHERE, near
from .dag import TooMuch
from .dims import Misfit, join
from .frame import FORMS, REDUCTIONS, Frame, Guarded, Scope, Shape, axes_of, broadcast, count, order_of, static, whole
from .spans import is_rest, product_of, rest_of, total_of
from .total import text_of

MAX_CALLS = 500


class Calls:
    """The part of `Shapes` that reads calls."""

    world: Any
    lengths: Any
    shape: Any
    _bind: Any
    _extent: Any
    turning: Any

    def _call(self, e: Call, frame: Frame, scope: Scope) -> Shape:
        word = e.function
        self.turning(e, frame, scope)
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
            count(e, 1)
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
        count(e, {"where": 3, "max": 2, "min": 2}.get(word, 1))
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
            total = self.lengths.new(rule=total_of([shape[axis] for shape in shapes]))
            return (*shapes[0][:axis], total, *shapes[0][axis + 1 :])
        base = self.shape(e.arguments[0], frame, scope)
        if e.function == "flatten":
            count(e, 1)
            if not base:
                raise Misfit(f"in {text_of(e)} a scalar has no axis 0 to keep")
            return (base[0], self.lengths.new(rule=product_of(base[1:])))
        count(e, 2)
        wanted = e.arguments[1]
        items = wanted.items if isinstance(wanted, Tuple) else (wanted,)
        dims = [None if is_rest(item) else self._extent(item, frame) for item in items]
        known = [dim for dim in dims if dim is not None]
        rest = self.lengths.new(rule=rest_of(base, known)) if len(known) < len(dims) else None
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
                    self.lengths.new(whole(dim)) if isinstance(dim, Number) else inner.sizes.setdefault(dim.name, axis)  # type: ignore[attr-defined]
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
