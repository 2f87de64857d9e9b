"""How far indices run: declared, or read off the axes that they index, for all sizes at once.

First what is declared; then the axes that an index reads alone; then, repeatedly, any affine read in which one
index is left unknown, as the largest extent that keeps every such read in range. Ranges are checked last. Reads
under `inside` may fall outside, so they say something only where the index stands alone.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import count

from ..language.errors import GraphcError
from ..language.expression import Source, Span
from .scalar import Affine, Index, Read
from .size import Size, never_negative

_numbers = count()


class Token:
    """What stands for a bound index while its equation is read; `number` tells outer ones from inner ones."""

    __slots__ = ("extent", "name", "number", "source", "span")

    def __init__(self, name: str, extent: Size | None, source: Source | None = None, span: Span | None = None) -> None:
        self.name, self.extent, self.source, self.span = name, extent, source, span
        self.number = next(_numbers)

    def __repr__(self) -> str:
        return self.name


def bound(name: str, extent: Size | None, source: Source | None = None, span: Span | None = None) -> Index:
    return Index(Token(name, extent, source, span))


@dataclass(frozen=True, slots=True)
class Access:
    """One subscript: `form` in range of `extent`, which is axis `axis` of `tensor`."""

    form: Affine
    extent: Size
    guarded: bool
    tensor: str
    axis: int
    source: Source | None
    span: Span

    def where(self) -> str:
        return f"axis {self.axis} of {self.tensor}" if self.tensor else f"axis {self.axis}"


@dataclass
class Frame:
    """The indices and reads of one equation, or of one call of a function inside it."""

    outer: Frame | None = None
    tokens: list[Index] = field(default_factory=list)
    accesses: list[Access] = field(default_factory=list)

    def infer(self) -> None:
        """Give every index its extent and check every read; reads that hang on outer indices wait for those."""
        own = {index for index in self.tokens if index.key.extent is None}
        if own:
            _alone(own, self.accesses, guarded=False)
            _alone(own, self.accesses, guarded=True)
            _windows(own, self.accesses)
            for index in self.tokens:
                if index in own:
                    raise _unknown(index)
        for access in self.accesses:
            if _open(access.form):
                assert self.outer is not None
                self.outer.accesses.append(access)
            elif not access.guarded:
                _check(access)


def _alone(unknown: set[Index], accesses: Iterable[Access], guarded: bool) -> None:
    """The axes that an index reads by itself; two that differ are the person's mistake."""
    first: dict[Index, Access] = {}
    for access in accesses:
        index = access.form.plain if access.guarded is guarded else None
        if index is None or index not in unknown:
            continue
        earlier = first.setdefault(index, access)
        if earlier.extent is not access.extent:
            raise GraphcError(
                f"index {index.key.name} runs over {earlier.where()} ({earlier.extent}) "
                f"and {access.where()} ({access.extent})"
            ).at(access.source, access.span)
    for index, access in first.items():
        index.key.extent = access.extent
    unknown.difference_update(first)


def _windows(unknown: set[Index], accesses: Iterable[Access]) -> None:
    pending = [a for a in accesses if not a.guarded and not a.form.gathers]
    while unknown:
        found: dict[Index, tuple[Size, Access]] = {}
        for access in pending:
            missing = [atom for atom, _ in access.form.terms if atom.key.extent is None]  # type: ignore[union-attr]
            if len(missing) != 1 or missing[0] not in unknown:
                continue
            index = missing[0]
            assert isinstance(index, Index)
            extent = _largest(index, access)
            if extent is None:
                continue
            known = found.get(index)
            if known is None or _at_most(extent, known[0], index, access):
                found[index] = extent, access
        if not found:
            return
        for index, (extent, access) in found.items():
            if access.extent.terms and never_negative(-extent):
                raise GraphcError(
                    f"index {index.key.name} has no room: {access.where()} has {access.extent} elements"
                ).at(access.source, access.span)
            index.key.extent = extent
        unknown.difference_update(found)


def _largest(index: Index, access: Access) -> Size | None:
    """The largest extent of an index that keeps a read in range, whatever the other indices are."""
    coefficient = next(c for atom, c in access.form.terms if atom is index)
    low, high = edges(access.form, skip=index)
    c = coefficient.value
    if low is None or high is None or not c:
        return None
    return (access.extent - 1 - high) // c + 1 if c > 0 else low // -c + 1


def _at_most(new: Size, old: Size, index: Index, access: Access) -> bool:
    if never_negative(old - new, 0):
        return True
    if never_negative(new - old, 0):
        return False
    name = index.key.name
    raise GraphcError(
        f"which of {old} and {new} is less, so that index {name} stays in range, is not known",
        f"say how far it runs: {name}<{old}",
    ).at(access.source, access.span)


def edges(form: Affine, skip: Index | None = None) -> tuple[Size | None, Size | None]:
    """The least and the greatest value of a subscript; None where it gathers or a sign is unknown."""
    low = high = form.offset
    for atom, coefficient in form.terms:
        if atom is skip:
            continue
        if isinstance(atom, Read) or atom.key.extent is None:
            return None, None
        reach = coefficient * (atom.key.extent - 1)
        if never_negative(coefficient, 0):
            high += reach
        elif never_negative(-coefficient, 0):
            low += reach
        else:
            return None, None
    return low, high


def _open(form: Affine) -> bool:
    return any(isinstance(atom, Index) and atom.key.extent is None for atom, _ in form.terms)


def _check(access: Access) -> None:
    """Refuse what is out of range whatever the sizes are; what depends on them is checked when they are known."""
    low, high = edges(access.form)
    if low is None or high is None or _empty(access.form):
        return
    below, above = -low, high - access.extent + 1
    if not access.form.terms and low.value is not None:
        if low.value < 0:
            hint = f"subscripts count from 0, and the last one is {access.extent - 1}"
            raise GraphcError(f"subscript {low} is negative", hint).at(access.source, access.span)
        if never_negative(above - 1, 0):
            message = f"subscript {low} is outside {access.where()}, which has {access.extent} elements, counted from 0"
            raise GraphcError(message).at(access.source, access.span)
        return
    for slack, what in ((below, f"starts at {low}"), (above, f"reaches {high}")):
        # what fits for sizes of 0 and 1 alone is no net that a person means
        if never_negative(slack - 1, 2):
            message = f"this subscript {what}, outside {access.where()}, which has {access.extent} elements"
            hint = "inside(…) makes reads that fall outside 0"
            raise GraphcError(message, hint).at(access.source, access.span)


def _empty(form: Affine) -> bool:
    return any(isinstance(atom, Index) and not atom.key.extent.terms for atom, _ in form.terms)


def _unknown(index: Index) -> GraphcError:
    name = index.key.name
    return GraphcError(f"how far index {name} runs cannot be told: no read has it alone", f"say it: {name}<…").at(
        index.key.source, index.key.span
    )
