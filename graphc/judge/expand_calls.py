"""Calls expanded: reductions over axes, what is arranged anew, and functions that are formulas, by their formulas."""

from __future__ import annotations

from math import prod
from typing import Any

from ..language.expression import Bound, Call, Name
from .arrays import Array, Value, array, box, permuted, scalar_or, sizes
from .dims import Misfit
from .frame import REDUCTIONS, Env, Reading, axes_of, order_of, static
from .scalars import applied, reduced
from .total import text_of


class Calls:
    """The part of `Expand` that expands calls."""

    dag: Any
    value: Any
    zipped: Any
    spend: Any
    _scalar: Any

    def _call(self, e: Call, reading: Reading, env: Env) -> Value:
        word = e.function
        if e in reading.frame.calls:
            return self._defined(e, reading, env)
        if word == "inside":
            if reading.inner is None:
                reading.inner = Reading(reading.frame, reading.values, {}, True, reading.apart)
            return self.value(e.arguments[0], reading.inner, env)
        values = [self.value(child, reading, env) for child in e.arguments[: 1 if word == "reshape" else None]]
        if word in REDUCTIONS and len(values) == 1:
            return self._over(e, array(values[0]))
        if word == "transpose":
            return permuted(array(values[0]), order_of(e, len(array(values[0]).shape)))
        if word in ("flatten", "reshape", "concat"):
            return self._arranged(e, reading, [array(value) for value in values])
        return self.zipped(lambda *parts: applied(self.dag, word, parts), values)

    def _over(self, e: Call, whole: Array) -> Value:
        chosen = axes_of(e, len(whole.shape))
        keep = dict(e.keywords).get("keepdims")
        kept = [k for k in range(len(whole.shape)) if k not in chosen]
        moved = permuted(whole, (*kept, *chosen))
        shape = tuple(whole.shape[k] for k in kept)
        run = prod(whole.shape[k] for k in chosen)
        self.spend(len(whole.items))
        items = tuple(reduced(self.dag, e.function, moved.items[k * run : (k + 1) * run]) for k in range(prod(shape)))
        if isinstance(keep, Name) and keep.name in ("true", "True"):
            shape = tuple(1 if k in chosen else n for k, n in enumerate(whole.shape))
        return scalar_or(Array(shape, items))

    def _arranged(self, e: Call, reading: Reading, values: list[Array]) -> Value:
        shape = sizes(reading.frame.shapes[e])
        if e.function == "concat":
            axis = static(dict(e.keywords).get("axis"), 0) % len(shape)
            order = (axis, *(k for k in range(len(shape)) if k != axis))
            items = tuple(item for value in values for item in permuted(value, order).items)
            back = tuple(order.index(k) for k in range(len(shape)))
            return permuted(Array(tuple(shape[k] for k in order), items), back)
        if prod(shape) != len(values[0].items):
            raise Misfit(f"{text_of(e)}: {len(values[0].items)} elements cannot become {list(shape)}")
        return scalar_or(Array(shape, values[0].items))

    def _defined(self, e: Call, reading: Reading, env: Env) -> Value:
        definition, frame, shape = reading.frame.calls[e]
        values = dict(
            zip(
                (p.name for p in definition.parameters),
                (self.value(c, reading, env) for c in e.arguments),
                strict=False,
            )
        )
        for key, given in e.keywords:
            values[key] = self.value(given, reading, env)
        inner = Reading(frame, values)
        for parameter in definition.parameters:
            if parameter.name not in values:
                assert parameter.default is not None
                values[parameter.name] = self.value(parameter.default, inner, {})
        if definition.indices is None:
            return self.value(definition.right, inner, {})
        own = [bound.name for bound in definition.indices if isinstance(bound, Bound)]
        names_ = [*(f"...{k}" for k in range(len(frame.lead))), *own]
        lengths = sizes(shape)
        self.spend(prod(lengths))
        items = tuple(self._scalar(definition.right, inner, dict(zip(names_, p, strict=True))) for p in box(lengths))
        return scalar_or(Array(lengths, items))
