"""About how wide mathematics is, and where a long row of it is broken: before a plus or minus, else before a factor."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from .planar import Shape

# in ems of a text's size
LETTER, SMALL = 0.56, 0.72
SIGN = {",": 0.3, "·": 0.6, "⋅": 0.6}
TERMS, FACTORS = frozenset("+−"), frozenset("⋅∘")


def width(shape: Shape) -> float:
    return WIDTHS[shape.kind](shape) if shape.kind in WIDTHS else LETTER * len(shape.text)


def total(parts: Sequence[Shape]) -> float:
    return sum(map(width, parts))


def _widest(parts: Sequence[Shape]) -> float:
    return max(map(width, parts), default=0.0)


WIDTHS: dict[str, Callable[[Shape], float]] = {
    "row": lambda shape: total(shape.parts),
    "sign": lambda shape: SIGN.get(shape.text, 1.3),
    "space": lambda shape: 0.2,
    "accent": lambda shape: _widest(shape.parts),
    "fraction": lambda shape: _widest(shape.parts) + 0.3,
    "root": lambda shape: _widest(shape.parts) + 0.9,
    "scripts": lambda shape: width(shape.parts[0]) + SMALL * _widest(shape.parts[1:]),
    "big": lambda shape: max(1.4, LETTER * len(shape.text), SMALL * _widest(shape.parts)) + 0.2,
    "fenced": lambda shape: _widest(shape.parts) + 0.9,
    "cases": lambda shape: _widest(shape.parts[::2]) + max(4.5, 1.0 + _widest(shape.parts[1::2])) + 2.0,
}


def flat(shape: Shape) -> Iterator[Shape]:
    """What stands in a row, and in the rows of which it is made."""
    if shape.kind != "row":
        yield shape
    for part in shape.parts if shape.kind == "row" else ():
        yield from flat(part)


def lines(shape: Shape, room: float) -> list[Shape]:
    """The rows that a shape is broken into, each as long as there is room."""
    found: list[list[Shape]] = [[]]
    for term in _parted(list(flat(shape)), TERMS):
        whole = total(term) <= room
        for piece in [term] if whole else _parted(term, FACTORS):
            if found[-1] and total(found[-1]) + total(piece) > room:
                found.append([])
            found[-1] += piece
    return [Shape("row", "", tuple(line)) for line in found]


def _parted(parts: list[Shape], signs: frozenset[str]) -> Iterator[list[Shape]]:
    start = 0
    for place, part in enumerate(parts):
        if part.kind == "sign" and part.text in signs and place > start:
            yield parts[start:place]
            start = place
    yield parts[start:]
