"""Expressions as MathML of which lines can be made: a long sum or product is pieces between which a line may break, and
a piece that is still wider than the page is set smaller.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from math import ceil

from ...derivation.step import Derivation
from ...language import expression as e
from ...language.text import text
from ..notation.board import board
from ..notation.mathml import written
from ..notation.planar import DEEPEST, Shape, drawn
from ..notation.whole import notation_of
from ..svg import clean

LINE, LONGEST = 14.0, 150.0  # ems: a wider piece is broken where it can be; what is wider still is written as text
FEW, MANY, FAR = 150, 1000, 4000  # parts of a short expression, of one in MathML, of one as text
MOST = 1500  # characters of such a text
BY_CLASS = ' style="text-align: left"', ' class="left"'  # the page allows no style but its own sheet's
STEP, WIDEST = 4, 80  # widths for which the style sheet has a class


class Math:
    """One notation for all of a derivation. What is written once is kept: the same expression stands on many lines."""

    def __init__(self, derivation: Derivation) -> None:
        self.notation = notation_of(derivation)
        self._shapes: dict[e.Expression, Shape] = {}
        self._known: dict[tuple[e.Expression, str], str] = {}

    def __call__(self, expression: e.Expression, sign: str = "") -> str:
        """In pieces, the first of them behind a sign."""
        found = self._known.get((expression, sign))
        if found is None:
            found = self._known[expression, sign] = self._set(expression, sign)
        return found

    def short(self, expression: e.Expression) -> bool:
        """Whether it fits on a line or two."""
        return written_out(expression, FEW) <= FEW and width(self._shape(expression)) < 3 * LINE

    def _set(self, expression: e.Expression, sign: str) -> str:
        if written_out(expression, MANY) > MANY or width(self._shape(expression)) > LONGEST:
            return f'<code class="long">{clean(f"{sign} {as_text(expression)}".strip())}</code>'
        first = (Shape("sign", sign),) if sign else ()
        return " ".join(map(_element, pieces((*first, *flat(self._shape(expression))))))

    def _shape(self, expression: e.Expression) -> Shape:
        found = self._shapes.get(expression)
        if found is None:
            found = self._shapes[expression] = drawn(board(expression, self.notation, DEEPEST))
        return found


def written_out(expression: e.Expression, most: int) -> int:
    """How many parts are written, each as often as it stands there; counted only until there are too many."""
    total, pending = 0, [expression]
    while pending and total <= most:
        total += 1
        pending.extend(pending.pop().children)
    return total


def as_text(expression: e.Expression) -> str:
    """In the language, cut where nobody reads on."""
    if written_out(expression, FAR) > FAR:
        return "… (too long for a page)"
    whole = text(expression)
    return whole if len(whole) <= MOST else f"{whole[:MOST]} …"


def style() -> str:
    """The size of each width: as large as there is room for."""
    steps = range(STEP, WIDEST + STEP, STEP)
    return " ".join(f".graphc math.w{step} {{ --fits: calc(100cqi / {step * 1.1:g}) }}" for step in steps)


def flat(shape: Shape) -> Iterator[Shape]:
    """What stands in a row, and in the rows of which it is made."""
    if shape.kind != "row":
        yield shape
    for part in shape.parts if shape.kind == "row" else ():
        yield from flat(part)


def pieces(parts: tuple[Shape, ...]) -> list[tuple[Shape, ...]]:
    """The parts of a row, parted before a plus or minus and, if need be, before the dot of a product."""
    found = list(_parted(parts, "+−"))
    return [piece for each in found for piece in (_parted(each, "·⋅") if _total(each) > LINE else (each,))]


def _parted(parts: tuple[Shape, ...], signs: str) -> Iterator[tuple[Shape, ...]]:
    start = 0
    if _total(parts) > LINE:
        for place, part in enumerate(parts):
            if part.kind == "sign" and part.text in signs and place > start + 1:
                yield parts[start:place]
                start = place
    yield parts[start:]


def _element(parts: tuple[Shape, ...]) -> str:
    """One element, with the class of its width; a sign in front stays one between two things."""
    signed = parts[0].kind == "sign"
    sign = f'<mo form="infix">{clean(parts[0].text)}</mo>' if signed else ""
    rest = "".join(map(written, parts[signed:])).replace(*BY_CLASS)
    step = min(WIDEST, STEP * ceil(_total(parts) / STEP))
    return f'<math displaystyle="true" class="w{step}">{sign}<mrow>{rest}</mrow></math>'


# -- about how wide things are, in ems

LETTER, SMALL = 0.56, 0.72
SIGN = {",": 0.3, "·": 0.6, "⋅": 0.6}


def width(shape: Shape) -> float:
    return WIDTHS[shape.kind](shape) if shape.kind in WIDTHS else LETTER * len(shape.text)


def _total(parts: tuple[Shape, ...]) -> float:
    return sum(map(width, parts))


def _widest(parts: tuple[Shape, ...]) -> float:
    return max(map(width, parts), default=0.0)


WIDTHS: dict[str, Callable[[Shape], float]] = {
    "row": lambda shape: _total(shape.parts),
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
