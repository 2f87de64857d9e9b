"""What a text says of the names in it, looked up once for each text: long derivations speak of the same ones often."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from ..language.expression import Bound, Expression, Name, Reduce, Subscript
from .total import mentioned, parts


@dataclass(frozen=True)
class Facts:
    """The names; the subscripts they are written with; which stand in extents; which are free in subscripts."""

    names: frozenset[str] = frozenset()
    ranks: tuple[tuple[str, Subscript], ...] = ()
    extents: frozenset[str] = frozenset()
    places: frozenset[str] = frozenset()
    alone: frozenset[str] = frozenset()  # those that are a whole subscript


@lru_cache(8192)
def facts(text: Expression) -> Facts:
    ranks: dict[tuple[str, int], Subscript] = {}
    extents: set[str] = set()
    for part in parts(text):
        if isinstance(part, Subscript) and isinstance(part.base, Name):
            ranks.setdefault((part.base.name, len(part.subscripts)), part)
        elif isinstance(part, Bound) and part.extent is not None:
            extents |= mentioned(part.extent)
    found = tuple((name, part) for (name, _), part in ranks.items())
    return Facts(mentioned(text), found, frozenset(extents), *_places(text))


@lru_cache(256)
def together(texts: tuple[Expression, ...]) -> Facts:
    """The facts of several texts."""
    all_ = [facts(text) for text in texts]
    ranks = {(name, len(part.subscripts)): part for one in reversed(all_) for name, part in reversed(one.ranks)}
    return Facts(
        frozenset().union(*[one.names for one in all_]),
        tuple((name, part) for (name, _), part in reversed(ranks.items())),
        frozenset().union(*[one.extents for one in all_]),
        frozenset().union(*[one.places for one in all_]),
        frozenset().union(*[one.alone for one in all_]),
    )


def _places(text: Expression) -> tuple[frozenset[str], frozenset[str]]:
    """The names in subscripts that no reduction binds there, and those that are a whole subscript."""
    found: set[str] = set()
    alone: set[str] = set()
    stack: list[tuple[Expression, frozenset[str]]] = [(text, frozenset())]
    seen = set(stack)
    while stack:
        part, bound = stack.pop()
        if isinstance(part, Subscript):
            found.update(name for subscript in part.subscripts for name in _plain(subscript) - bound)
            alone.update(place.name for place in part.subscripts if isinstance(place, Name) and place.name not in bound)
        if isinstance(part, Reduce):
            bound |= {index.name for index in part.indices}
        for child in part.children:
            if (child, bound) not in seen:
                seen.add((child, bound))
                stack.append((child, bound))
    return frozenset(found), frozenset(alone)


def _plain(subscript: Expression) -> frozenset[str]:
    """The names in a subscript that are not themselves read at a subscript."""
    found: set[str] = set()
    stack = [subscript]
    while stack:
        part = stack.pop()
        if isinstance(part, Name):
            found.add(part.name)
        stack.extend(child for child in part.children if not (isinstance(part, Subscript) and child is part.base))
    return frozenset(found)


def apart(name: str) -> str:
    """A free index that is called as a size: `p[n,j]/n` divides by the size."""
    return f"[{name}]"
