"""About how wide mathematics is, and where a long row of it is broken: before a plus or minus, else before a factor."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from .planar import Shape, tall

# in ems of a text's size
LETTER, SMALL = 0.56, 0.72
SIGN = {",": 0.3, "·": 0.6, "⋅": 0.6}
NARROW = 6.0  # what is divided by may be set apart if it is no wider
TERMS, FACTORS, SIDE_BY_SIDE = frozenset("+−"), frozenset("⋅∘"), frozenset({""})


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
    "barred": lambda shape: _widest(shape.parts) + 0.3,
    "fenced": lambda shape: _widest(shape.parts) + 0.9,
    "open": lambda shape: 0.5,
    "close": lambda shape: 0.5,
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
    for piece in _pieces(list(flat(shape)), room):
        if found[-1] and total(found[-1]) + total(piece) > room:
            found.append([])
            piece = [Shape("sign", "⋅"), *piece[1:]] if piece[0].kind == "space" else piece
        found[-1] += piece
    return [Shape("row", "", tuple(line)) for line in found]


def _pieces(parts: list[Shape], room: float) -> list[list[Shape]]:
    """What a line may be made of: terms, the factors of long terms, and what is inside of long brackets."""
    if total(parts) <= room:
        return [parts]
    for signs in (TERMS, FACTORS, SIDE_BY_SIDE):
        found = list(_parted(parts, signs))
        if len(found) > 1:
            return [piece for each in found for piece in _pieces(each, room)]
    opened = _opened(parts)
    return [parts] if opened is None else _pieces(opened, room)


def _parted(parts: list[Shape], signs: frozenset[str]) -> Iterator[list[Shape]]:
    start = 0
    for place, part in enumerate(parts):
        if part.text in signs and part.kind in ("sign", "space") and place > start:
            yield parts[start:place]
            start = place
    yield parts[start:]


def _opened(parts: list[Shape]) -> list[Shape] | None:
    """With the widest brackets as signs between which lines may end; a wide numerator over little is put in some."""
    wide = [part for part in parts if (part.kind == "fenced" and part.text == "()") or _narrow_below(part)]
    if not wide:
        return None
    widest = max(wide, key=width)
    place = next(place for place, part in enumerate(parts) if part is widest)
    inner, before = widest.parts[0], []
    if widest.kind == "fraction":
        before = [Shape("fraction", "", (Shape("number", "1"), widest.parts[1]))]
    large = "large" if tall(inner) else ""
    brackets = Shape("open", large), Shape("close", large)
    return [*parts[:place], *before, brackets[0], *flat(inner), brackets[1], *parts[place + 1 :]]


def _narrow_below(part: Shape) -> bool:
    return part.kind == "fraction" and width(part.parts[1]) <= NARROW < width(part.parts[0])
