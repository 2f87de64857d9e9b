"""The judge's expansion for a certificate: of what is read, and of what is not multiplied by 0, and no more."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from ..judge.dag import Dag
from ..judge.expand import Array, Env, Expand, Reading, Value, array, box, length
from ..judge.shapes import Shapes
from ..language.expression import Call, Equation, Expression


class Elements(Array):
    """A tensor of which an element is made when it is first read."""

    made: dict[tuple[int, ...], int]
    make: Callable[[tuple[int, ...]], int]

    def __init__(self, shape: tuple[int, ...], make: Callable[[tuple[int, ...]], int]) -> None:
        self.__dict__.update(shape=shape, make=make, made={})

    def at(self, place: tuple[int, ...]) -> int:
        found = self.made.get(place)
        if found is None:
            found = self.made[place] = self.make(place)
        return found

    @property
    def items(self) -> tuple[int, ...]:
        return tuple(map(self.at, box(self.shape)))

    def rows(self) -> Array:
        """Its rows of which anything has been read."""
        if not self.shape:
            return Array((), self.items)
        lead = dict.fromkeys(place[:-1] for place in self.made)
        shape = (len(lead), self.shape[-1])
        return Array(shape, tuple(self.at((*place, k)) for place in lead for k in range(shape[-1])))


class Sparse(Dag):
    """What a derivative that is 0 is multiplied by need not be looked at."""

    def mul(self, factors: Iterable[int]) -> int:
        factors = tuple(factors)
        return self.zero if self.zero in factors else super().mul(factors)


class Lazily(Expand):
    """The judge's expansion, of what is read and no more."""

    free: dict[str, Elements]

    def __init__(self, shapes: Shapes, dag: Dag, terms: int) -> None:
        super().__init__(shapes, dag, terms)
        self.free = {}

    def value(self, e: Expression, reading: Reading, env: Env) -> Value:
        """Of `where`, the branch that is not taken is not made, if the places alone decide."""
        if type(e) is Call and e.function == "where" and e not in reading.frame.calls:
            test = super().value(e.arguments[0], reading, env)
            decided = self.dag.value(test) if isinstance(test, int) else None
            if decided is not None:
                return self.value(e.arguments[1 if decided else 2], reading, env)
        return super().value(e, reading, env)

    def equation(self, name: str) -> None:
        equation = self.world.equations[name]
        if not isinstance(equation, Equation) or equation.indices is None:
            super().equation(name)
            return
        frame, left = self.shapes.frames[name]
        reading, indices = Reading(frame), [bound.name for bound in equation.indices]

        def element(place: tuple[int, ...]) -> int:
            value = array(self.value(self.world.rights[name], reading, dict(zip(indices, place, strict=True))))
            return self.dag.node("ref", (value.items[0], name, place))

        self.tensors[name] = Elements(tuple(length(dim) for dim in left), element)

    def _slope(self, name: str, places: tuple[Expression, ...], reading: Reading, env: Env) -> int:
        """Also by an element that an integer chooses: by each of them, where it is the one."""
        slope = self.world.givens.slopes[name]
        at = {p: self._place(place, reading, env) for p, place in zip(slope.parameters, places, strict=True)}
        inner = {key: place for key, place in at.items() if isinstance(place, int)}
        of_at, by_at = ([self._place(place, reading, inner) for place in ends] for ends in (slope.of_at, slope.by_at))
        of, by = self.tensor(slope.of), self.tensor(slope.by)

        def chosen(done: tuple[int, ...]) -> int:
            if len(done) == len(by.shape):
                return self.slope(of.at(tuple(of_at)), by.at(done), slope.edge)  # type: ignore[arg-type]
            place, extent = by_at[len(done)], by.shape[len(done)]
            if isinstance(place, int):
                return chosen((*done, place)) if 0 <= place < extent else self.dag.zero
            found = self.dag.zero
            for k in range(extent):
                same = self.dag.apply("eq", place.items[0], self.dag.whole(k))
                found = self.dag.apply("where", same, chosen((*done, k)), found)
            return found

        there = all(isinstance(k, int) and 0 <= k < n for k, n in zip(of_at, of.shape, strict=True))
        return chosen(()) if there else self.dag.zero

    def tensor(self, name: str) -> Array:
        if name not in self.tensors:
            shape = tuple(length(dim) for dim in self.shapes.tensor(name))
            self.tensors[name] = self.free[name] = Elements(shape, lambda place: self.dag.symbol(name, place))
        return self.tensors[name]
