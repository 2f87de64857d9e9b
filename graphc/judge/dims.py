"""How long axes and indices are: classes of what must be equally long, and small sizes for them, each another one.

An index that reads an axis alone is as long as it. Any other read, `x[2*p+r]`, tells one length from the others: the
axis from its indices if nothing else says how long it is, or an index from the axis, as far as it fits.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from ..language.errors import GraphcError
from ..language.expression import Expression
from .total import text_of


class Dim:
    """One length. `name` is the size that was declared for it: two such names are never made one.

    `alone`: an index reads it by itself, so that it is as long as one likes and reads at sums only ask for room.
    `stated`: an index runs so far because it is said, `i<3`, in an axis that may be longer.
    """

    __slots__ = ("alone", "floor", "link", "name", "rule", "stated", "value")

    def __init__(
        self, value: int | None = None, name: str | None = None, rule: Callable[[], int | None] | None = None
    ) -> None:
        self.link: Dim | None = None
        self.value, self.name, self.rule = value, name, rule
        self.alone = self.stated = False
        self.floor = 0  # what it is at least where it is chosen

    def root(self) -> Dim:
        here = self
        while here.link is not None:
            if here.link.link is not None:
                here.link = here.link.link
            here = here.link
        return here

    @property
    def size(self) -> int | None:
        return self.root().value

    def __repr__(self) -> str:
        root = self.root()
        return root.name or (str(root.value) if root.value is not None else "?")


class Misfit(GraphcError):
    """Lengths that must be equal are not, or ranks that must fit do not."""


class NoRoom(Exception):
    """With these sizes something has no elements; others may do."""


class OutOfRange(Misfit):
    """With these sizes a read falls outside its axis; others may do."""


def join(left: Dim, right: Dim, what: Expression | str) -> None:
    """Make two lengths one."""
    a, b = left.root(), right.root()
    if a is b:
        return
    if a.value is not None and b.value is not None and a.value != b.value:
        raise Misfit(f"{text_of(what)}: {a} and {b} are different lengths")
    if a.name is not None and b.name is not None and a.name != b.name:
        raise Misfit(f"{text_of(what)}: {a} and {b} are different lengths")
    for one, other in ((a, b), (b, a)):
        if one.name is not None and one.value is None and other.name is None and other.value is not None:
            raise Misfit(f"{text_of(what)}: {one} may be any length, and {other} is one")
    b.link = a
    a.value = b.value if a.value is None else a.value
    a.floor = max(a.floor, b.floor)
    a.name, a.rule, a.alone = a.name or b.name, a.rule or b.rule, a.alone or b.alone


@dataclass(frozen=True)
class Access:
    """A subscript that is no index alone. `span` gives its least and greatest value, some lengths given."""

    axis: Dim
    needs: tuple[Dim, ...]
    span: Callable[[dict[Dim, int]], tuple[int, int] | None]

    @property
    def of_itself(self) -> bool:
        """Whether it counts from the end of its axis, as `x[n-1-i]` does."""
        return any(need.root() is self.axis.root() for need in self.needs)

    def reach(self) -> int | None:
        """Its greatest value at the lengths that are known."""
        span = self.span({})
        return None if span is None else span[1]


class Lengths:
    """All lengths of one judgement."""

    def __init__(self) -> None:
        self.dims: list[Dim] = []
        self.accesses: list[Access] = []
        self.pinned: dict[str, int] = {}
        self.roomy = False  # whether lengths go beyond the numbers that indices are compared with
        self.chosen = 0  # how many classes were given a length that nothing told

    def new(
        self, value: int | None = None, name: str | None = None, rule: Callable[[], int | None] | None = None
    ) -> Dim:
        dim = Dim(self.pinned.get(name, value) if name else value, name, rule)
        if value is None:
            self.dims.append(dim)
        return dim

    def solve(self, sizes: Sequence[int]) -> None:
        """Give every class a length; those that nothing else tells take the sizes in turn."""
        turn = 0
        while True:
            while self._follow():
                pass
            if self._follow(partly=True):
                continue
            free = [dim for dim in self._unknown() if dim.rule is None]
            if not free:
                free = list(self._unknown())
            if not free:
                break
            told = {access.axis.root() for access in self.accesses if not access.of_itself}
            chosen = next((dim for dim in free if dim not in told), free[0])
            chosen.value = max(sizes[turn % len(sizes)], self._least(chosen), chosen.floor if self.roomy else 0)
            turn += 1
        self.dims, self.accesses = [], []
        self.chosen += turn

    def _least(self, dim: Dim) -> int:
        """How long an axis must be for those reads whose indices are known."""
        reaches = (
            access.reach()
            for access in self.accesses
            if access.axis.root() is dim and all(need.size is not None for need in access.needs)
        )
        return 1 + max((reach for reach in reaches if reach is not None), default=0)

    def _unknown(self) -> Iterable[Dim]:
        return dict.fromkeys(root for dim in self.dims if (root := dim.root()).value is None)

    def _follow(self, partly: bool = False) -> bool:
        """Whatever follows from what is known; `partly`: an axis from some of its reads, which the others then fit."""
        found = False
        for dim in self._unknown():
            if dim.rule is not None and (value := dim.rule()) is not None:
                found, dim.value = True, _room(value)
        reaches: dict[Dim, list[Access]] = {}
        runs: dict[Dim, int] = {}  # the shortest run that a read allows, by index
        for access in self.accesses:
            unknown = {root for dim in access.needs if (root := dim.root()).value is None}
            axis = access.axis.root()
            if axis.value is None and not axis.alone:  # it is as long as its reads reach
                reaches.setdefault(axis, []).append(access)
            elif axis.value is not None and len(unknown) == 1:
                (index,) = unknown
                value = _largest(access, index, axis.value)
                if value is not None:
                    runs[index] = min(value, runs.get(index, value))
        for index, value in runs.items():
            found, index.value = True, _room(value)
        for axis, accesses in reaches.items():
            if axis.name is not None and not any(access.needs for access in accesses):
                continue  # x[0] says nothing of n in x[n] but that it is 1 at least
            ready = [a for a in accesses if all(d.size is not None for d in a.needs)]
            if axis.value is None and ready and (partly or len(ready) == len(accesses)):
                accesses = ready
                known = [reach for a in accesses if (reach := a.reach()) is not None]
                if known:
                    found, axis.value = True, _room(max(known) + 1)
        return found


def _largest(access: Access, index: Dim, axis: int) -> int | None:
    """How far an index runs so that a read stays within its axis, upwards or downwards; `x[n-1-i]` reads down."""
    one, two = access.span({index: 1}), access.span({index: 2})
    if one is None or two is None:
        return None
    up, down = two[1] - one[1], one[0] - two[0]
    if up > 0:
        return (axis - 1 - one[1]) // up + 1
    return one[0] // down + 1 if down > 0 else None


def _room(value: int) -> int:
    if value < 1:
        raise NoRoom
    return value
