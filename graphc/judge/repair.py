"""The smallest edit of a false line that makes it true.

Thousands of candidates are compared with the line before in floats; those that agree are ranked by how much they
change, and only then is the best one confirmed exactly.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from time import monotonic, thread_time
from typing import Any

from ..language.expression import Call, Expression, Name, Number, Quotient, Reduce, Subscript
from .dag import ELEMENTWISE
from .equal import decide
from .givens import Givens
from .repair_edits import Edit, divided, edits
from .repair_holes import filled
from .repair_pool import Pool
from .repair_rank import LENGTH, Arguments, cost, needless, size, tokens
from .repair_tree import Site, Words, negated, plus, put, sites, times
from .repair_values import FAILS, Values, deep
from .total import mentioned, parts
from .world import right

BUDGET = 1.5  # seconds
BUSY = 2
LARGE = 1_500  # parts of a line
SEARCH = 0.6  # of them for candidates
CONFIRMED = 16  # candidates at most are confirmed
FIRST = 12  # parts of what is known that are tried everywhere before the others are
NEAR = 3.5
FAR = 12.0  # a candidate that changes more than so much, and most of the line, is another line and no repair


@dataclass(frozen=True)
class Repair:
    """A true line close to the one that was written, and what kind of slip the difference is."""

    line: Expression
    kind: str
    added: Expression | None = None


def repair(
    before: Expression, after: Expression, givens: Givens, context: Sequence[Expression] = (), budget: float = BUDGET
) -> Repair | None:
    """The repair of `after`, which does not equal `before`; None where none is found in time.

    The budget is of the processor's seconds, so that a busy machine finds the same; twice as many may go by.
    """
    if too_long(before, after):
        return None
    end = monotonic() + BUSY * budget
    refused: set[Expression] = set()
    with deep():
        try:
            search = _Search(before, after, givens, context, budget * SEARCH)
        except FAILS:
            return None
        for found, last in search.found():
            for edit in sorted(found, key=search.cost):
                if edit.line in refused or not (last or search.near(edit)) or len(refused) >= CONFIRMED:
                    continue
                if search.cost(edit) > max(FAR, size(after)) or end <= monotonic():
                    continue
                if _holds(before, edit.line, givens, context, end - monotonic()):
                    return Repair(edit.line, edit.kind, edit.added)
                refused.add(edit.line)
    return None


def too_long(*lines: Expression) -> bool:
    """Whether so much is written that no one edit can be tried at every place of it in time."""
    return any(len(parts(line)) > LARGE for line in lines)


def _holds(before: Expression, line: Expression, givens: Givens, context: Sequence[Expression], left: float) -> bool:
    try:
        return decide(before, line, givens, budget=left, context=context, witness=False).status == "true"
    except FAILS:
        return False


class _Search:
    """All candidates for one line that agree with the line before."""

    def __init__(
        self, before: Expression, after: Expression, givens: Givens, context: Sequence[Expression], budget: float
    ) -> None:
        self.after = after
        self.end, self.latest = thread_time() + budget, monotonic() + BUSY * budget
        self.values = Values(before, after, givens, context, budget)
        target = self.values.of(before)
        if target is None:
            raise ValueError
        self.target = Target(target, self.values.of(after))
        world = self.values.bench.world
        sizes = tuple(sorted(world.sizes))
        lengths = tuple((name, self.values.bench.shapes.sizes[name].size or 1) for name in sizes)
        texts = (after, *context, before, *(right(equation) for equation in world.equations.values()))
        self.arguments = Arguments(texts)
        unary = {p.function: None for text in texts for p in parts(text) if isinstance(p, Call) and _unary(p)}
        self.words = Words(self.values.names, sizes, self.values.axes, lengths, tuple(unary)[:6])
        indices = frozenset(
            part.name
            for text in texts
            for subscript in parts(text)
            if isinstance(subscript, Subscript)
            for place in subscript.subscripts
            for part in parts(place)
            if isinstance(part, Name) and not world.is_tensor(part.name)
        )
        bare = any(self.values.names.get(site.part.name) for site in sites(after, ()) if isinstance(site.part, Name))
        self.pool = Pool(texts, self.words.ranks, self._edges(), indices, bool(bare))
        self.barred = before if not isinstance(before, Number) else None

    def _edges(self) -> list[tuple[str, str]]:
        """Pairs of scalars, the second read in the first's equation, where derivatives are written at all."""
        world = self.values.bench.world
        if not any(isinstance(part, Quotient) and _differential(part) for part in parts(self.after)):
            return []
        return [
            (name, other)
            for name, formula in world.rights.items()
            for other in sorted(mentioned(formula))
            if other in self.words.ranks and not self.words.ranks[other] and not self.words.ranks.get(name)
        ]

    def found(self) -> Iterator[tuple[list[Edit], bool]]:
        """What agrees so far, after each group of candidates, and whether that is all."""
        kept: dict[Expression, Edit] = {}
        tried = {self.after}
        for candidates in self._candidates():
            for edit in candidates:
                if self._late():
                    break
                line = edit.line
                if line in tried or not self._fits(line):
                    tried.add(line)
                elif line not in kept and not needless(self.after, line) and not self._begs(edit):
                    kept[line] = edit
            yield list(kept.values()), False
        yield list(kept.values()), True

    def _late(self) -> bool:
        return thread_time() > self.end or monotonic() > self.latest

    def _candidates(self) -> Iterator[Iterator[Edit]]:
        """The likeliest first."""
        yield edits(self.after, self.words)
        yield filled(self.after, self.values, self.target, self.pool, self.words)
        yield self._with_parts(bodies=True)
        yield filled(self.after, self.values, self.target, self.pool, self.words, pairs=True)
        yield self._with_parts(bodies=False)

    def _begs(self, edit: Edit) -> bool:
        """Whether it only says the line before once more, and is not near."""
        if self.barred is None or self.barred not in parts(edit.line) or self.barred in parts(self.after):
            return False
        return not self.near(edit)

    def near(self, edit: Edit) -> bool:
        """Whether nothing much nearer can be hoped for."""
        return self.cost(edit) <= NEAR + LENGTH * len(tokens(edit.line))

    def cost(self, edit: Edit) -> float:
        return cost(self.after, edit.line, edit.kind) + self.arguments.strange(self.after, edit.line)

    def _fits(self, line: Expression) -> bool:
        value = self.values.of(line)
        return value is not None and self.target.equals(value)

    def _with_parts(self, bodies: bool) -> Iterator[Edit]:
        """A part of what came before in the place of another, or beside it: under a sum, or anywhere else."""
        places = [s for s in sites(self.after, self.values.axes) if (s.scope != self.values.axes) == bodies]
        places.sort(key=lambda site: len(site.path))
        for chosen in (slice(0, FIRST), slice(FIRST, None)):
            for site in places:
                for part in self.pool(site.scope)[chosen]:
                    if part is site.part:
                        continue
                    for new, kind in _beside(site, part):
                        line = put(self.after, site.path, new)
                        if line is not None:
                            yield Edit(line, kind, part)


def _beside(site: Site, part: Expression) -> Iterator[tuple[Expression, str]]:
    old = site.part
    yield part, "replaced"
    if isinstance(old, Number) and not site.whole:
        return
    yield times(old, part), "inner"
    if site.whole or isinstance(site.above, Reduce):
        yield plus(old, part), "term"
        yield plus(old, negated(part)), "term"
        yield from ((new, "divisor") for new in divided(old, part))


def _unary(call: Call) -> bool:
    return len(call.arguments) == 1 and call.function in ELEMENTWISE


def _differential(quotient: Quotient) -> bool:
    base = quotient.right.base if isinstance(quotient.right, Subscript) else quotient.right
    return isinstance(base, Name) and base.name[:1] == "d" and len(base.name) > 1


class Target:
    """The values of the line before, where they are defined, and the false line is not narrower."""

    def __init__(self, value: Any, written: Any | None = None) -> None:
        import numpy as np

        self.value = value
        self.defined = np.isfinite(value)
        if written is not None and written.shape == value.shape and (self.defined & np.isfinite(written)).sum() > 2:
            self.defined &= np.isfinite(written)
        if self.defined.sum() < 3 and value.size > 3:
            raise ValueError("too little of it is defined")
        self._wanted = value[self.defined]
        self._room = 1e-7 * np.abs(self._wanted) + 1e-9

    def equals(self, value: Any) -> bool:
        """Whether a candidate is defined wherever the target is, and agrees there."""
        import numpy as np

        if value.shape != self.value.shape:
            return False
        there = value[self.defined]
        with np.errstate(all="ignore"):
            return bool((np.abs(there - self._wanted) <= self._room).all())
