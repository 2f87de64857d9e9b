"""Inputs that tell mistakes apart: several sizes with different extents for different axes, and hard points."""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations
from typing import TYPE_CHECKING, Any

import numpy as np

import graphc as gc

from .compare import Margin, margins

if TYPE_CHECKING:
    from .references import Reference

EXTENTS = (3, 5, 4, 6, 7, 8, 9)  # one for each free size, never two alike; two of anything is a special case
TRIES = 60
KINK_TRIES, SMOOTH = 24, 4
FEW = 4  # choices at a kink that are surely all found
LARGE = 2000.0


@dataclass(frozen=True, eq=False)
class Case:
    """One call: what is given, and what must come back. `margins` say how far off an answer may be."""

    label: str
    sizes: Mapping[str, int]
    arguments: Mapping[str, np.ndarray]
    order: tuple[str, ...]
    drawn: Mapping[str, np.ndarray]
    expected: Mapping[str, np.ndarray]
    margins: Mapping[str, Margin]
    hard: bool = False  # made for what is special about it, as tying numbers or a batch of zeros are
    large: bool = False
    zeros: bool = False  # nothing but zeros is given
    cache: dict[Any, Any] = field(default_factory=dict, repr=False)

    def arrays(self) -> list[np.ndarray]:
        """Fresh arrays in the order of the call."""
        return [self.arguments[name].copy() for name in self.order]


def draw(reference: Reference, seed: int) -> list[Case]:
    """The cases of a check: first ordinary ones of every size, then a batch of one, then the hard points."""
    return list(_Drawing(reference, seed).cases())


def small(reference: Reference) -> Iterator[Case]:
    """Cases for people to look at: tiny whole numbers in arrays as small as they can be."""
    drawing = _Drawing(reference, 0)
    for extent in (1, 2, 3):
        sizes = {name: extent + (place > 0 and extent > 1) for place, name in enumerate(drawing.names)}
        for _ in range(4):
            drawn = drawing._ordinary(sizes)
            if drawn is None:
                break
            case = drawing._case("a small example", sizes, drawing._rounded(drawn[0]))
            if case is not None:
                yield case


class _Drawing:
    """One drawing. Everything random comes from the seed and the check's name, so that checks do not share numbers."""

    def __init__(self, reference: Reference, seed: int) -> None:
        self.reference = reference
        label = zlib.crc32(f"{reference.check.name} {reference.check.call}".encode())
        self.random = np.random.default_rng([abs(seed), label])
        self.leaves = reference.leaves
        self.names = _free_names(self.leaves)
        self.whole = _whole_extents(self.leaves)
        self.bounds: dict[tuple[str, tuple[tuple[str, int], ...]], int] = {}
        self.least: dict[str, int] = {}
        self.positive: dict[str, str] = {}
        self.least = self._least()
        self.positive = self._positive()

    def cases(self) -> Iterator[Case]:
        own = self._own_sizes()
        for sizes in own:
            yield self.ordinary("given sizes", sizes)
        grown = [self.sizes(avoid=own)]
        if self.names:
            grown.append(self.sizes(avoid=[*own, *grown], unlike=grown[0]))
        yield self.ordinary("ordinary inputs", grown[0])
        yield self.ordinary("other numbers of the same sizes", grown[0])
        for sizes in grown[1:]:
            yield self.ordinary("other sizes", sizes)
        batch = self._batch()
        if batch is not None and self._fits({**grown[0], batch: 1}):
            yield self.ordinary("a batch of one", {**grown[0], batch: 1})
        yield from self._hard(grown[0])

    # -- sizes

    def _own_sizes(self) -> list[dict[str, int]]:
        """The exercise's own sizes; what they leave open is filled in."""
        asked = [dict(sizes) for sizes in self.reference.check.sizes]
        return [{**self.sizes(fixed=sizes), **sizes} for sizes in asked]

    def sizes(
        self,
        fixed: Mapping[str, int] | None = None,
        avoid: Sequence[Mapping[str, int]] = (),
        unlike: Mapping[str, int] | None = None,
    ) -> dict[str, int]:
        """Extents for the free sizes, all different, for which the reference can be computed.

        None of them is what it is in `unlike`, as long as that can be had.
        """
        fixed, unlike = fixed or {}, unlike or {}
        free = [name for name in self.names if name not in fixed]
        for attempt in range(TRIES):
            pool = [extent + 4 * (attempt // 20) for extent in EXTENTS] + list(range(10, 10 + len(free)))
            taken = {*fixed.values(), *self.whole}
            pool = [extent for extent in pool if extent not in taken] or pool
            chosen = self.random.permutation(pool[: max(len(free) + 2, 4 + attempt // 8)])[: len(free)]
            found = {**fixed, **{name: int(extent) for name, extent in zip(free, chosen, strict=False)}}
            same = attempt < TRIES // 2 and any(found[name] == unlike.get(name) for name in free)
            if len(found) == len(fixed) + len(free) and not same and found not in avoid and self._fits(found):
                return found
            if not free:
                break
        return self._any_sizes(fixed, free)

    def _any_sizes(self, fixed: Mapping[str, int], free: Sequence[str]) -> dict[str, int]:
        """Sizes that fit, different or not: larger and larger ones."""
        for extent in range(2, 40):
            found = {**fixed, **{name: extent + k for k, name in enumerate(free)}}
            if self._fits(found):
                return found
        raise gc.GraphcError(f"{self.reference.network.name}: no sizes were found for which the model can be computed")

    def _fits(self, sizes: Mapping[str, int]) -> bool:
        drawn = self._ordinary(sizes)
        return drawn is not None and all(value.size for value in (*drawn[0].values(), *drawn[1].values()))

    def _batch(self) -> str | None:
        """The free first size that inputs have and no parameter has."""
        params = {name for leaf in self.leaves if leaf.kind == "param" for e in leaf.extents for name in e.names}
        firsts = [str(leaf.extents[0]) for leaf in self.leaves if leaf.kind == "input" and leaf.rank]
        return next((name for name in firsts if name in self.names and name not in params), None)

    # -- numbers

    def ordinary(self, label: str, sizes: Mapping[str, int]) -> Case:
        """Numbers that are neither large nor small, redrawn until the answers are well conditioned."""
        best: Case | None = None
        for _ in range(TRIES):
            drawn = self._ordinary(sizes)
            if drawn is None:
                continue
            case = self._case(label, sizes, drawn[0], hard=False)
            if case is not None and (best is None or _worst(case) < _worst(best)):
                best = case
            if best is not None and _worst(best) < 1e-9:
                return best
        if best is None:
            names = ", ".join(self.reference.returns)
            raise gc.GraphcError(f"{self.reference.network.name}: no inputs were found for which {names} is finite")
        return best

    def _ordinary(self, sizes: Mapping[str, int]) -> tuple[dict[str, np.ndarray], dict[str, np.ndarray]] | None:
        try:
            drawn = {leaf.name: self._numbers(leaf, sizes) for leaf in self.leaves}
            return drawn, self.reference.program(drawn)
        except gc.GraphcError:
            return None

    def _numbers(self, leaf: Any, sizes: Mapping[str, int]) -> np.ndarray:
        shape = tuple(extent(**{name: sizes[name] for name in extent.names}) for extent in leaf.extents)
        if min(shape, default=1) < 0:
            raise gc.GraphcError(f"`{leaf.name}` would have shape {shape}")
        attributes = getattr(leaf, "attributes", ())
        if "one_hot" in attributes:
            return np.eye(shape[-1])[self.random.integers(0, shape[-1], shape[:-1])]
        if "distribution" in attributes:
            return self.random.dirichlet(np.ones(shape[-1]), shape[:-1]).reshape(shape)
        if "binary" in attributes:
            return self._both(shape)
        if "integer" in attributes:
            least = self.least.get(leaf.name, 0)
            return self.random.integers(least, max(self._bound(leaf, sizes), least + 1), shape)
        if "unit" in attributes or self.positive.get(leaf.name) == "unit":
            return self.random.uniform(0.1, 0.9, shape)
        values = self.random.normal(0.0, 1.0, shape) + self.random.choice([-0.3, 0.3], shape)
        return np.abs(values) + 0.1 if self.positive.get(leaf.name) else np.asarray(values)

    def _both(self, shape: tuple[int, ...]) -> np.ndarray:
        """Zeros and ones, some of either where there is room."""
        values = self.random.integers(0, 2, shape).astype(float)
        flat = values.reshape(-1)
        if flat.size > 1 and flat.min() == flat.max():
            flat[self.random.integers(0, flat.size)] = 1.0 - flat[0]
        return values

    def _bound(self, leaf: Any, sizes: Mapping[str, int]) -> int:
        """How large whole numbers may be: as large as the model can read with."""
        key = (leaf.name, tuple(sorted(sizes.items())))
        if key not in self.bounds:
            extents = {e(**{n: sizes[n] for n in e.names}) for other in self.leaves for e in other.extents}
            self.bounds[key] = next((e for e in sorted(extents, reverse=True) if self._reads(leaf, sizes, e, key)), 1)
        return self.bounds[key]

    def _reads(self, leaf: Any, sizes: Mapping[str, int], extent: int, key: Any) -> bool:
        self.bounds[key] = extent
        drawn = {other.name: self._numbers(other, sizes) for other in self.leaves}
        drawn[leaf.name] = np.full_like(drawn[leaf.name], extent - 1)
        try:
            self.reference.program(drawn)
        except gc.GraphcError:
            return False
        return True

    def _least(self) -> dict[str, int]:
        """1 for whole numbers that may not be 0, such as the number of a step."""
        sizes = self.sizes() if self.names else {}
        found = {}
        for leaf in self.leaves:
            if leaf.integer:
                drawn = self._ordinary(sizes)
                nothing = {} if drawn is None else {**drawn[0], leaf.name: np.zeros_like(drawn[0][leaf.name])}
                if nothing and not all(np.isfinite(v).all() for v in self.reference.program(nothing).values()):
                    found[leaf.name] = 1
        return found

    def _positive(self) -> dict[str, str]:
        """Which tensors must be positive, or between 0 and 1, for the answers to be finite: as few as will do."""
        self.positive = {}
        sizes = self.sizes() if self.names else {}
        plain = [leaf.name for leaf in self.leaves if not getattr(leaf, "attributes", ())]
        for kind in ("positive", "unit"):
            for count in range(min(len(plain), 3) + 1):
                for chosen in combinations(plain, count):
                    self.positive = dict.fromkeys(chosen, kind)
                    if all(self._finite(sizes) for _ in range(6)):
                        return self.positive
        self.positive = dict.fromkeys(plain, "unit")
        return self.positive

    def _finite(self, sizes: Mapping[str, int]) -> bool:
        drawn = self._ordinary(sizes)
        return drawn is not None and all(np.isfinite(value).all() for value in drawn[1].values())

    # -- hard points

    def _hard(self, sizes: Mapping[str, int]) -> Iterator[Case]:
        yield from self._kinked(sizes)
        yield from self._large(sizes)
        yield from self._zeros("zeros", sizes, everywhere=True)
        yield from self._zeros("zeros among the numbers", sizes, everywhere=False)
        yield from self._negative(sizes)

    def _negative(self, sizes: Mapping[str, int]) -> Iterator[Case]:
        """Inputs that are below zero throughout: a maximum that begins at 0 is one too large there."""
        drawn = self._ordinary(sizes)
        free = {leaf.name for leaf in self.leaves if leaf.kind == "input" and self._movable(leaf)}
        if drawn is not None and free:
            below = {name: -np.abs(value) - 0.1 if name in free else value for name, value in drawn[0].items()}
            case = self._case("negative numbers", sizes, below)
            if case is not None:
                yield case

    def _zeros(self, label: str, sizes: Mapping[str, int], everywhere: bool) -> Iterator[Case]:
        """Inputs that are zero, all or all but one, where the answers stay finite; or at each place all but one are."""
        drawn = self._ordinary(sizes)
        free = [leaf for leaf in self.leaves if leaf.kind == "input" and not getattr(leaf, "attributes", ())]
        free = [leaf for leaf in free if everywhere or leaf.rank]
        all_but_one = [[leaf for leaf in free if leaf is not kept] for kept in free]
        for chosen in (free, *all_but_one, [leaf for leaf in free if self._movable(leaf)]):
            if drawn is None or not chosen:
                return
            zeroed = dict(drawn[0])
            for turn, leaf in enumerate(chosen):
                value = zeroed[leaf.name]
                turns = np.arange(value.size).reshape(value.shape) % (len(chosen) + 1)
                kept = (turns == turn) | (turns == len(chosen))
                zeroed[leaf.name] = np.zeros_like(value) if everywhere else value * kept
            case = self._case(label, sizes, zeroed, zeros=everywhere)
            if case is not None:
                yield case
                return

    def _movable(self, leaf: Any) -> bool:
        return not getattr(leaf, "attributes", ()) and leaf.name not in self.positive

    def _rounded(self, drawn: Mapping[str, np.ndarray], wider: float = 1.0) -> dict[str, np.ndarray]:
        free = {leaf.name for leaf in self.leaves if self._movable(leaf)}
        return {name: np.round(wider * value) + 0.0 if name in free else value for name, value in drawn.items()}

    def _smallest(self, sizes: Mapping[str, int]) -> Mapping[str, int]:
        """Sizes as small as they can be and not alike."""
        for extent in (2, 3, 4):
            found = {name: extent + place % 2 for place, name in enumerate(self.names)}
            if self._fits(found):
                return found
        return sizes

    def _kinked(self, sizes: Mapping[str, int]) -> Iterator[Case]:
        """Small whole numbers, where maxima tie and kinks are met; a few choices are compared exactly."""
        sizes = self._smallest(sizes)
        found: Case | None = None
        fewest = 0
        for attempt in range(KINK_TRIES):
            drawn = self._ordinary(sizes)
            wider = 2.0 ** (attempt // SMOOTH)  # fewer of them tie
            case = None if drawn is None else self._case("small whole numbers", sizes, self._rounded(drawn[0], wider))
            choices = 0 if case is None else max(len(margin.choices) for margin in case.margins.values())
            if case is not None and (found is None or fewest == 0 or 0 < choices < fewest):
                found, fewest = case, choices
            if 0 < fewest <= FEW or (fewest == 0 and attempt >= SMOOTH):
                break
        if found is not None:
            yield found

    def _large(self, sizes: Mapping[str, int]) -> Iterator[Case]:
        """Each given tensor made large in its turn, where the answers stay finite."""
        for leaf in self.leaves:
            if leaf.kind != "input" or not self._movable(leaf) or leaf is self.reference.upstream:
                continue
            drawn = self._ordinary(sizes)
            if drawn is None:
                continue
            enlarged = {**drawn[0], leaf.name: _large(drawn[0][leaf.name])}
            case = self._case(f"large {leaf.name}", sizes, enlarged, large=True)
            if case is not None:
                yield case

    def _case(
        self,
        label: str,
        sizes: Mapping[str, int],
        drawn: Mapping[str, np.ndarray],
        hard: bool = True,
        large: bool = False,
        zeros: bool = False,
    ) -> Case | None:
        """The case, unless an answer is not finite there."""
        program = self.reference.program
        try:
            expected = program(drawn)
        except gc.GraphcError:
            return None
        if not all(np.isfinite(value).all() for value in expected.values()):
            return None
        moving = [
            leaf.name
            for leaf in self.leaves
            if not {"integer", "binary", "one_hot"} & {*getattr(leaf, "attributes", ())}
        ]
        return Case(
            label,
            dict(sizes),
            program.arguments(drawn),
            self.reference.arguments,
            dict(drawn),
            expected,
            margins(program, drawn, expected, moving, self.random, self._slope(drawn) if large else 0.0),
            hard,
            large,
            zeros,
        )

    def _slope(self, drawn: Mapping[str, np.ndarray]) -> float:
        """Of what size a slope is that counts: one that has vanished to nothing may as well be clipped."""
        upstream = self.reference.upstream
        return 1.0 if upstream is None else max(1.0, float(np.abs(drawn[upstream.name]).max(initial=0.0)))


def _large(value: np.ndarray) -> np.ndarray:
    """Large numbers of either sign, whatever signs were drawn."""
    signs = np.where(np.arange(value.size) % 2, -1.0, 1.0).reshape(value.shape)
    return LARGE * (np.abs(value) + 0.5) * signs


def _free_names(leaves: Sequence[Any]) -> list[str]:
    return list(dict.fromkeys(name for leaf in leaves for extent in leaf.extents for name in sorted(extent.names)))


def _whole_extents(leaves: Sequence[Any]) -> set[int]:
    return {extent.value for leaf in leaves for extent in leaf.extents if extent.value is not None}


def _worst(case: Case) -> float:
    """The largest tolerance of an element beside the size of what it belongs to."""
    return max(
        float(margin.double.max(initial=0.0)) / (float(np.abs(case.expected[name]).max(initial=0.0)) or 1.0)
        for name, margin in case.margins.items()
    )
