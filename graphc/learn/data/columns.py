"""The columns of a table given to the inputs of a network: by their names, else from the left, the target last."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product
from math import prod

from ...graph.node import Leaf
from ...language.errors import GraphcError, did_you_mean
from .axes import known, signature
from .dataset import Dataset
from .matching import TARGET_NAMES
from .names import NO_NAMES, Names
from .table import Table

Taken = dict[Leaf, list[int]]


def as_dataset(
    table: Table,
    features: Sequence[Leaf],
    targets: Sequence[Leaf],
    sizes: dict[str, int],
    needed: bool,
    learnt: Names = NO_NAMES,
) -> Dataset:
    """The table as a set. Without `needed` a table may lack the targets, and those that it has are left out.

    Columns that were learnt from are found again by their names; what else there is beside them is not looked at.
    """
    if learnt and table.columns:
        taken = _again(table, features, targets if needed else (), sizes, learnt)
    else:
        taken = _dealt(table, features, targets, sizes, needed)
    for leaf in features:
        for column in taken[leaf]:
            if column in table.classes:
                raise table.texts[column].wrong(
                    f"{table.title(column)} is a column of text, and the input {signature(leaf)} takes numbers"
                )
    names = [table.columns[column] for leaf in features for column in taken[leaf]] if table.columns else []
    return Dataset(
        table.name,
        {str(leaf.name): table.take(taken[leaf]).values for leaf in features},
        {str(leaf.name): table.take(taken[leaf]) for leaf in targets if leaf in taken},
        tuple(names),
        first_line=table.first_line,
    )


def _dealt(
    table: Table, features: Sequence[Leaf], targets: Sequence[Leaf], sizes: dict[str, int], needed: bool
) -> Taken:
    """The columns by the names of inputs; all the others in order."""
    taken = _named(table, features, targets)
    free = [column for column in range(table.width) if not any(column in columns for columns in taken.values())]
    left = [leaf for leaf in (*features, *targets) if leaf not in taken]
    found = _in_order(left, free, targets, sizes)
    if found is None and not needed:
        found = _in_order([leaf for leaf in left if leaf not in targets], free, (), sizes)
    if found is None:
        raise _misfit(table, [*features, *targets] if needed else features, taken)
    return taken | found


def _again(
    table: Table, features: Sequence[Leaf], targets: Sequence[Leaf], sizes: dict[str, int], learnt: Names
) -> Taken:
    """The columns that have the names of those that were learnt from, and of what was learnt."""
    place = {name: column for column, name in enumerate(table.columns)}
    rest = [_found(table, place, name, "learnt from") for name in learnt.features]
    taken: Taken = {}
    for leaf in features:
        (width,) = _widths(leaf, False, sizes)
        taken[leaf], rest = rest[:width], rest[len(rest) if width is None else width :]
    for leaf in targets:
        if table.target is not None and len(targets) == 1:
            taken[leaf] = [_asked(table, place)]
        else:
            name = learnt.targets.get(str(leaf.name), str(leaf.name))
            taken[leaf] = [_found(table, place, name, "to be learnt", "or name it: FILE:target=COLUMN")]
    return taken


def _found(table: Table, place: dict[str, int], name: str, role: str, hint: str = "") -> int:
    if name in place:
        return place[name]
    listed = f"it has {', '.join(table.columns[:8])}{', …' * (table.width > 8)}"
    raise GraphcError(
        f"{table.name} has no column `{name}`, which was {role}",
        "; ".join(filter(None, (did_you_mean(name, place) or listed, hint))),
    )


def _named(table: Table, features: Sequence[Leaf], targets: Sequence[Leaf]) -> Taken:
    """Columns that are called as an input is, and the one that is the target beyond doubt."""
    place = {name: column for column, name in enumerate(table.columns)}
    taken = {leaf: [place[str(leaf.name)]] for leaf in (*features, *targets) if leaf.name in place}
    open_ = [leaf for leaf in targets if leaf not in taken]
    if table.target is not None:
        column = _asked(table, place)
        if not any(columns == [column] for columns in taken.values()) and open_:
            taken[open_[0]] = [column]
        return taken
    usual = [place[name] for name in TARGET_NAMES if name in place and [place[name]] not in taken.values()]
    for candidates in (usual, [column for column in table.classes if [column] not in taken.values()]):
        if len(open_) == 1 and len(candidates) == 1:
            return taken | {open_[0]: candidates}
    return taken


def _asked(table: Table, place: dict[str, int]) -> int:
    if table.target in place:
        return place[table.target]
    if not table.columns:
        raise GraphcError(
            f"{table.name} has no line of names, so no column is called `{table.target}`",
            "write the names of the columns in its first line",
        )
    raise GraphcError(
        f"{table.name} has no column `{table.target}`",
        did_you_mean(str(table.target), place) or f"it has {', '.join(place)}",
    )


def _in_order(leaves: Sequence[Leaf], free: list[int], targets: Sequence[Leaf], sizes: dict[str, int]) -> Taken | None:
    """The columns dealt out from the left. A target takes one column, or as many as it has elements."""
    choices = [_widths(leaf, leaf in targets, sizes) for leaf in leaves]
    for widths in product(*choices):
        unknown = [place for place, width in enumerate(widths) if width is None]
        rest = len(free) - sum(width for width in widths if width is not None)
        if len(unknown) > 1 or (rest < 1 if unknown else rest):
            continue
        dealt, start = {}, 0
        for leaf, width in zip(leaves, widths, strict=True):
            stop = start + (rest if width is None else width)
            dealt[leaf], start = free[start:stop], stop
        return dealt
    return None


def _widths(leaf: Leaf, is_target: bool, sizes: dict[str, int]) -> list[int | None]:
    extents = known(leaf.extents[1:], sizes)
    whole = None if None in extents else prod(extent for extent in extents if extent is not None)
    return list(dict.fromkeys([1, whole] if is_target and whole is not None else [1] if is_target else [whole]))


def _misfit(table: Table, leaves: Sequence[Leaf], taken: Taken) -> GraphcError:
    listed = " and ".join(signature(leaf) for leaf in leaves)
    names = f" ({', '.join(table.columns[:8])}{', …' * (table.width > 8)})" if table.columns else ""
    called = "".join(f"; {table.title(columns[0])} goes to `{leaf.name}`" for leaf, columns in taken.items())
    return GraphcError(
        f"the columns of {table.name} do not fit: it has {table.width}{names}, and the inputs are {listed}{called}",
        "columns go to inputs by their names in the first line, else from the left, the target last",
    )
