"""Expressions to scalars at the sizes that were chosen: an array of nodes of the one graph for each.

It walks as `shapes` walks. Library functions are expanded by their own formulas.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from math import prod

from ..language.errors import GraphcError
from ..language.expression import (
    Call,
    Constant,
    Ellipsis_,
    Expression,
    MatMul,
    Name,
    Number,
    Reduce,
    Subscript,
)
from .arrays import Array, Value, array, box, broadcast, front, length, scalar_or, sizes, stretched
from .dag import Dag, TooMuch
from .dims import Misfit, OutOfRange
from .expand_calls import Calls
from .facts import apart
from .forward import Forward
from .frame import Env, Frame, Reading, blamed
from .scalars import MAKE, reduced
from .shapes import Shapes
from .total import Total, mentioned, text_of

MAX_TERMS = 60_000  # of all reductions together, and of elements of arrays


class Expand(Calls):
    """All that is expanded for one judgement."""

    def __init__(self, shapes: Shapes, dag: Dag, terms: int = MAX_TERMS) -> None:
        self.shapes, self.dag, self.world = shapes, dag, shapes.world
        self.tensors: dict[str, Array] = {}
        self.forwards: dict[tuple[int, int | None], Forward] = {}
        self.differentiated: dict[int, bool] = {}  # whether a derivative of it hangs on where it is defined
        self._calls = 0
        self._terms = self._left = terms if shapes.lengths.chosen else MAX_TERMS

    def spend(self, count: int) -> None:
        self._left -= count
        self._calls += 1
        if not self._calls & 255:
            self.dag.check_time()
        if self._left < 0:
            final = self._terms == MAX_TERMS and not self.shapes.lengths.chosen
            raise TooMuch(f"its sums and tensors have more than {self._terms:,} elements together", final)

    def equation(self, name: str) -> None:
        """The elements of a defined tensor: a named node each."""
        frame, left = self.shapes.frames[name]
        equation, right = self.world.equations[name], self.world.rights[name]
        reading = Reading(frame)
        if isinstance(equation, Constant) or equation.indices is None:
            whole = array(self.value(right, reading, {}))
        else:
            shape = sizes(left)
            names = [bound.name for bound in equation.indices]
            self.spend(prod(shape))
            whole = Array(
                shape, tuple(self._scalar(right, reading, dict(zip(names, p, strict=True))) for p in box(shape))
            )
        items = tuple(
            self.dag.node("ref", (node, name, place)) for node, place in zip(whole.items, box(whole.shape), strict=True)
        )
        self.tensors[name] = Array(whole.shape, items)

    def tensor(self, name: str) -> Array:
        found = self.tensors.get(name)
        if found is None:
            shape = sizes(self.shapes.tensor(name))
            self.spend(prod(shape))
            found = Array(shape, tuple(self.dag.symbol(name, place) for place in box(shape)))
            self.tensors[name] = found
        return found

    def line(self, expression: Expression, frame: Frame, indices: tuple[str, ...], shape: tuple[int, ...]) -> Array:
        """A line at every place of its free indices, and of its own axes behind those."""
        reading = Reading(frame, apart=tuple(name for name in indices if name[0] == "["))
        self.spend(prod(shape))
        parts = [array(self.value(expression, reading, dict(zip(indices, place, strict=True)))) for place in box(shape)]
        inner = parts[0].shape
        if any(part.shape != inner for part in parts):
            raise Misfit("the shape changes with an index")
        return Array(shape + inner, tuple(item for part in parts for item in part.items))

    def value(self, e: Expression, reading: Reading, env: Env) -> Value:
        rule = VALUES[type(e)]
        if type(e) in PLAIN:
            return rule(self, e, reading, env)
        key = (e, *[env[name] for name in names(e) if name in env])
        if reading.apart:
            key += tuple(env[name] for name in reading.apart)
        if reading.frame.lead:
            key += tuple(env[name] for name in LEADING[: len(reading.frame.lead)])
        found = reading.memo.get(key)
        if found is None:
            try:
                found = reading.memo[key] = rule(self, e, reading, env)
            except GraphcError as error:
                raise blamed(error, e, reading.frame.own) from None
        return found

    def _scalar(self, e: Expression, reading: Reading, env: Env) -> int:
        value = self.value(e, reading, env)
        if isinstance(value, Array):
            if value.shape:
                raise Misfit(f"{text_of(e)} has axes of its own here", "give it subscripts")
            return value.items[0]
        return value

    def _number(self, e: Number, reading: Reading, env: Env) -> Value:
        return self.dag.number(e.value)

    def _name(self, e: Name, reading: Reading, env: Env) -> Value:
        word = e.name
        if word in env:
            return self.dag.whole(env[word])
        if word in reading.values:
            return reading.values[word]
        if reading.frame.own and self.world.is_tensor(word):
            found = self.tensor(word)
            return found if found.shape else found.items[0]
        size = reading.frame.sizes.get(word) or (self.shapes.sizes.get(word) if reading.frame.own else None)
        if size is not None:
            return self.dag.whole(length(size))
        if word == "pi":
            return self.dag.node("pi", ())
        found = self.tensor(word)
        return found.items[0]

    def _elementwise(self, e: Expression, reading: Reading, env: Env) -> Value:
        make = MAKE[type(e)]
        return self.zipped(lambda *parts: make(self.dag, e, parts), [self.value(c, reading, env) for c in e.children])

    def zipped(self, make: Callable[..., int], values: list[Value]) -> Value:
        """`make` of the elements, with broadcasting."""
        arrays = [value for value in values if isinstance(value, Array) and value.shape]
        if not arrays:
            return make(*[value.items[0] if isinstance(value, Array) else value for value in values])
        shape = broadcast([value.shape for value in arrays])
        self.spend(prod(shape))
        spread = [stretched(value, shape) for value in values]
        return Array(shape, tuple(make(*parts) for parts in zip(*spread, strict=True)))

    def _subscript(self, e: Subscript, reading: Reading, env: Env) -> Value:
        base = e.base
        if isinstance(base, Name) and base.name in self.world.givens.slopes and reading.frame.own:
            return self._slope(base.name, e.subscripts, reading, env)
        whole = array(self.value(base, reading, env))
        places: list[int | Array] = [
            self._place(place, reading, env) for place in e.subscripts if not isinstance(place, Ellipsis_)
        ]
        if len(places) < len(e.subscripts):
            lead = [env[f"...{k}"] for k in range(len(reading.frame.lead))]
            front = whole.shape[: len(whole.shape) - len(places)]
            lead = lead[len(lead) - len(front) :]
            places = [*(min(place, size - 1) for place, size in zip(lead, front, strict=True)), *places]
        if len(places) != len(whole.shape):
            raise Misfit(f"{text_of(e)}: {len(whole.shape)} axes and {len(places)} subscripts")
        return self._pick(whole, places, (), e, reading)

    def _pick(
        self, whole: Array, places: list[int | Array], done: tuple[int, ...], e: Subscript, reading: Reading
    ) -> int:
        """One element; a subscript that is itself a variable chooses among all."""
        at = len(done)
        if at == len(whole.shape):
            return whole.at(done)
        place = places[at]
        if isinstance(place, int):
            if not 0 <= place < whole.shape[at]:
                if reading.guarded:
                    return self.dag.zero
                message = f"{text_of(e)} reads place {place} of an axis with {whole.shape[at]} elements"
                raise OutOfRange(message, "inside(…) makes reads that fall outside 0")
            return self._pick(whole, places, (*done, place), e, reading)
        node = place.items[0]
        self.spend(whole.shape[at])
        found = self._pick(whole, places, (*done, whole.shape[at] - 1), e, reading)
        for k in range(whole.shape[at] - 2, -1, -1):
            here = self._pick(whole, places, (*done, k), e, reading)
            same = self.dag.apply("eq", node, self.dag.whole(k))
            found = self.dag.apply("where", same, here, found)
        return found

    def _place(self, e: Expression, reading: Reading, env: Env) -> int | Array:
        if type(e) is Name:
            place = env.get(e.name, env.get(apart(e.name)))
            if place is not None:
                return place
        node = self._sized(e, reading, env)
        value = self.dag.value(node)
        if value is None:
            return Array((), (node,))
        if value.denominator != 1:
            raise GraphcError(f"the subscript {text_of(e)} is {value}, and no whole number")
        return int(value)

    def _sized(self, e: Expression, reading: Reading, env: Env) -> int:
        """A subscript: in it a name is a size before it is a tensor."""
        if isinstance(e, Name) and e.name in self.shapes.sizes and reading.frame.own and e.name not in env:
            return self.dag.whole(length(self.shapes.sizes[e.name]))
        return self._scalar(e, reading, env)

    def _slope(self, name: str, places: tuple[Expression, ...], reading: Reading, env: Env) -> int:
        slope = self.world.givens.slopes[name]
        at = {p: self._place(place, reading, env) for p, place in zip(slope.parameters, places, strict=True)}
        inner = {key: place for key, place in at.items() if isinstance(place, int)}
        of, by = self.tensor(slope.of), self.tensor(slope.by)
        ends = []
        for whole, written in ((of, slope.of_at), (by, slope.by_at)):
            there = tuple(self._place(place, reading, inner) for place in written)
            if any(not isinstance(k, int) or not 0 <= k < n for k, n in zip(there, whole.shape, strict=True)):
                return self.dag.zero
            ends.append(whole.at(there))  # type: ignore[arg-type]
        return self.slope(ends[0], ends[1], slope.edge)

    def slope(self, of: int, by: int, edge: bool = False) -> int:
        """∂of/∂by; of an edge only through the one equation of `of`."""
        if edge and by not in self.dag.within(of):  # most elements of a tensor do not read most others
            return self.dag.zero
        within = of if edge else None
        forward = self.forwards.get((by, within))
        if forward is None:
            forward = self.forwards[by, within] = Forward(self.dag, by, within)
        return forward(of)

    def _total(self, e: Total, reading: Reading, env: Env) -> Value:
        of, by = array(self.value(e.of, reading, env)), array(self.value(e.by, reading, env))
        for node in by.items:
            if self.dag.op[node] not in ("symbol", "ref"):
                raise GraphcError(f"{text_of(e.by)} is a number here; a derivative is by something that can move")
        self.spend(len(of.items) * len(by.items))
        for node in of.items:
            if node not in self.differentiated:
                self.differentiated[node] = self.dag.narrow(node)
        return scalar_or(Array(of.shape + by.shape, tuple(self.slope(a, b) for a in of.items for b in by.items)))

    def _reduce(self, e: Reduce, reading: Reading, env: Env) -> Value:
        shape = sizes(reading.frame.bound[e])
        self.spend(prod(shape))
        names_ = [bound.name for bound in e.indices]
        parts = [self.value(e.body, reading, {**env, **dict(zip(names_, place, strict=True))}) for place in box(shape)]
        return self.zipped(lambda *terms: reduced(self.dag, e.kind, terms), parts)

    def _matmul(self, e: MatMul, reading: Reading, env: Env) -> Value:
        left, right = (array(self.value(child, reading, env)) for child in e.children)
        if not left.shape or not right.shape:
            raise Misfit(f"in {text_of(e)} one side is a scalar", "write `*`")
        a = left if len(left.shape) > 1 else Array((1, *left.shape), left.items)
        b = right if len(right.shape) > 1 else Array((*right.shape, 1), right.items)
        inner = a.shape[-1]
        if inner != b.shape[-2]:
            raise Misfit(f"`@` does not fit in {text_of(e)}: {list(left.shape)} and {list(right.shape)}")
        stack = broadcast([a.shape[:-2], b.shape[:-2]])
        shape = (*stack, a.shape[-2], b.shape[-1])
        self.spend(prod(shape) * inner)
        items = []
        for *lead, i, j in box(shape):
            front_a, front_b = front(lead, a.shape[:-2]), front(lead, b.shape[:-2])
            terms = [self.dag.mul((a.at((*front_a, i, k)), b.at((*front_b, k, j)))) for k in range(inner)]
            items.append(self.dag.add(terms))
        out = (*stack, *left.shape[-2:-1], *(right.shape[-1:] if len(right.shape) > 1 else ()))
        return scalar_or(Array(out, tuple(items)))


VALUES: dict[type[Expression], Callable[..., Value]] = {
    Number: Expand._number,
    Name: Expand._name,
    Subscript: Expand._subscript,
    Reduce: Expand._reduce,
    Call: Expand._call,
    MatMul: Expand._matmul,
    Total: Expand._total,
    **dict.fromkeys(MAKE, Expand._elementwise),
}
PLAIN = (Number, Name)


@lru_cache(8192)
def names(e: Expression) -> tuple[str, ...]:
    """The names whose values an expression may hang on."""
    return tuple(sorted(mentioned(e)))


LEADING = tuple(f"...{k}" for k in range(64))  # the axes that `...` stands for, in an environment
