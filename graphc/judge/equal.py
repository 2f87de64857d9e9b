"""Are two expressions equal? True by proof or by agreement, false by proof and with a witness, or undecided.

Equal means equal as real numbers wherever both are defined, save isolated points, under the assumptions.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from random import Random
from time import monotonic
from typing import Any, Literal

from ..language.expression import Expression
from .bench import MANY, SIZES, Bench, deep
from .dag import TooMuch
from .dims import Misfit, NoRoom, OutOfRange
from .expand import MAX_TERMS
from .givens import Assumption, Givens, Slope, assumption
from .sizes import looks, numbers, shrunk

__all__ = ["Assumption", "Givens", "Slope", "Verdict", "Witness", "assumption", "decide"]

Status = Literal["true", "false", "undecided"]
BUDGET = 3.8  # seconds for one decision
# another length for each axis, how many elements that may come to and how many axes there may be; else smaller ones
SCHEMES = (
    (SIZES, 4_000, 3),
    ((3, 2, 4, 3, 2), 4_000, 6),
    ((2, 3, 2, 3), 12_000, MANY),
    ((4, 2), 12_000, MANY),
    ((2, 7), 20_000, 4),
    ((2,), MAX_TERMS, MANY),
    ((1, 2), MAX_TERMS, MANY),
)
# An equation that holds at one length only, 2/n = 1, shows at another: for every sizes others, different in each place.
OTHERS: dict[tuple[int, ...], tuple[int, ...]] = {
    SIZES: (5, 3, 4, 2, 2),
    (3, 2, 4, 3, 2): (4, 3, 2, 2, 3),
    (2, 3, 2, 3): (3, 2, 3, 2),
    (4, 2): (2, 4),
    (2, 7): (3, 8),
    (2,): (3,),
    (1, 2): (2, 1),
}


@dataclass(frozen=True)
class Witness:
    """A point at which two lines differ: scalars as numbers, tensors as nested lists."""

    at: dict[str, Any]
    before: Any
    after: Any


@dataclass(frozen=True)
class Verdict:
    """`method` says how it was found; `note` what else a person should know."""

    status: Status
    method: str
    witness: Witness | None = None
    note: str = ""
    used: tuple[str, ...] = field(default=())  # the texts of the assumptions without which it would not hold

    def __bool__(self) -> bool:
        raise TypeError("a verdict has three values; ask for its status")


NOTHING = Givens()
APART_IN_FIELDS = "proved apart in finite fields"
MISFIT = "lengths that do not fit"  # within `after` itself, which then has no value to compare with


def decide(
    before: Expression,
    after: Expression,
    givens: Givens = NOTHING,
    budget: float = BUDGET,
    context: Sequence[Expression] = (),
    witness: bool = True,
    twice: bool = True,
) -> Verdict:
    """Compare two expressions. `twice` looks at a second set of sizes; certificates with given sizes need none.

    Raises GraphcError where `before`, or the givens, cannot be read at all.
    """
    if before is after:
        return Verdict("true", "the same expression")
    end = monotonic() + budget
    with deep():
        try:
            bench = first_fitting(SCHEMES, givens, (before, after), end, context)
        except Misfit as misfit:
            first_fitting(SCHEMES, givens, (before,), end, context)  # raises where the fault is not in `after`
            return Verdict("false", MISFIT, note=misfit.message)
        except TooMuch as much:
            return Verdict("undecided", "limits", note=str(much))
        verdict = _decided(bench, end)
        if verdict.status == "true" and twice and bench.shapes.lengths.chosen:
            verdict, bench = _again(verdict, bench, givens, (before, after), end, context)
        if verdict.status == "false" and bench.givens.axes is not givens.axes and numbers(givens, (before, after)):
            verdict, bench = _as_declared(bench, givens, (before, after), end, context)
        if verdict.status == "false" and witness:
            from .witness import witness_of

            found = witness_of(givens, before, after, context, bench, end)
            shown = found is not None and verdict.method == APART_IN_FIELDS
            verdict = Verdict("false", verdict.method, found, "" if shown else verdict.note)
    return verdict


SAME = "the same once written out"


def first_fitting(
    schemes: Sequence[tuple[Sequence[int], int, int]],
    givens: Givens,
    lines: Sequence[Expression],
    end: float,
    context: Sequence[Expression],
) -> Bench:
    """The lines at the first sizes at which they are neither empty nor too large, nor read outside an axis."""
    problem: Exception = TooMuch("it takes too long")
    small = shrunk(givens, lines)
    for given in (small, givens) if small is not givens else (givens,):
        for sizes, terms, most in schemes:
            seconds = end - monotonic()
            if seconds <= 0:
                break
            try:
                return Bench(given, lines, sizes, seconds, context, terms, most)
            except RecursionError:
                raise TooMuch("it is nested too deeply") from None
            except (TooMuch, NoRoom, OutOfRange) as error:
                problem = error
                if isinstance(error, TooMuch) and error.final:
                    break
            except Misfit:
                if given is givens:
                    raise
                break
    if isinstance(problem, NoRoom):
        raise TooMuch("no small sizes were found at which every axis has an element")
    raise problem


def _again(
    verdict: Verdict,
    first: Bench,
    givens: Givens,
    lines: Sequence[Expression],
    end: float,
    context: Sequence[Expression],
) -> tuple[Verdict, Bench]:
    """What other sizes say to lines that are equal at the first ones, and the bench that says it."""
    others = OTHERS[tuple(first.chosen)]
    try:
        bench = first_fitting([(others, MAX_TERMS, MANY)], givens, lines, end, context)
        other = _decided(bench, end, quick=True)
    except Misfit:  # a read fits at some sizes only
        return verdict, first
    except TooMuch as much:
        return Verdict("undecided", "limits", note=f"it holds at sizes {first.chosen}, and at others {much}"), first
    if other.status == "false":
        return other, bench
    for sizes in looks(givens, lines, first.world.sizes.difference(givens.sizes)):
        try:
            bench = Bench(replace(givens, sizes={**givens.sizes, **sizes}), lines, others, end - monotonic(), context)
            other = _decided(bench, end, quick=True)
        except (Misfit, NoRoom, OutOfRange, TooMuch):  # they are as many as there is time and room for
            continue
        if other.status == "false":
            return other, bench
    return verdict, first


def _as_declared(
    first: Bench, givens: Givens, lines: Sequence[Expression], end: float, context: Sequence[Expression]
) -> tuple[Verdict, Bench]:
    """What the declared sizes say to lines that differ at smaller ones, and have numbers that may be made of sizes."""
    try:
        bench = Bench(givens, lines, SIZES, end - monotonic(), context)
        return _decided(bench, end), bench
    except (TooMuch, NoRoom):
        note = "it differs at smaller sizes than the declared ones, which are too large to look at"
        return Verdict("undecided", "limits", note=note), first


def _decided(bench: Bench, end: float, quick: bool = False) -> Verdict:
    from .compare import Comparison

    before, after = bench.values
    if before.shape != after.shape:
        if not after.shape and not bench.world.used(bench.lines[1]) and len(set(after.items)) == 1:
            after = type(after)(before.shape, after.items * len(before.items))
        else:
            return Verdict("false", "shapes", note=_misfit(bench, before.shape, after.shape))
    pairs = [(a, b) for _, a, b in bench.differing(before, after)]
    if not pairs:
        return Verdict("true", SAME)
    try:
        return Comparison(bench, pairs, Random(1), end).verdict(quick)
    except TooMuch as much:
        return Verdict("undecided", "limits", note=str(much))


def _misfit(bench: Bench, before: tuple[int, ...], after: tuple[int, ...]) -> str:
    """Why two lines cannot be compared element by element."""
    said = f"the two sides have different shapes: {list(before)} and {list(after)}"
    own = [set(bench.free_indices([line])) for line in bench.lines]
    lonely = sorted(name.strip("[]") for name in own[0] ^ own[1])
    if lonely and len(before) != len(after):
        said += f"; only one has the free index {', '.join(lonely)}: give the other subscripts too, as in dL/dw[j]"
    return said
