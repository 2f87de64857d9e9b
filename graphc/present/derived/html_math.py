"""Expressions as MathML of which lines can be made: a long sum or product is pieces between which a line may break, and
a piece that is still wider than the page is set smaller.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from math import ceil

from ...derivation.step import Derivation
from ...language import expression as e
from ...language.text import text
from ..notation.board import board
from ..notation.mathml import mathml, written
from ..notation.planar import DEEPEST, Shape, drawn
from ..notation.whole import notation_of
from ..notation.width import flat, total, width
from ..svg import clean

LINE, LONGEST = 14.0, 150.0  # ems: a wider piece is broken where it can be; what is wider still is written as text
FEW, MANY, FAR = 150, 1000, 4000  # parts of a short expression, of one in MathML, of one as text
MOST = 1500  # characters of such a text
CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")  # what no page may hold; only names made in Python have it
STEP, WIDEST = 4, 80  # widths for which the style sheet has a class


class Math:
    """One notation for all of a derivation. What is written once is kept: the same expression stands on many lines."""

    def __init__(self, derivation: Derivation) -> None:
        self.notation = notation_of(derivation, long=True)
        self._shapes: dict[e.Expression, Shape] = {}
        self._known: dict[tuple[e.Expression, str], str] = {}

    def __call__(self, expression: e.Expression, sign: str = "") -> str:
        """In pieces, the first of them behind a sign."""
        found = self._known.get((expression, sign))
        if found is None:
            found = self._known[expression, sign] = self._set(expression, sign)
        return found

    def inline(self, expression: e.Expression) -> str:
        """As a word of a sentence."""
        return mathml(expression, notation=self.notation)

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
    count, pending = 0, [expression]
    while pending and count <= most:
        count += 1
        pending.extend(pending.pop().children)
    return count


def as_text(expression: e.Expression) -> str:
    """In the language, cut where nobody reads on."""
    if written_out(expression, FAR) > FAR:
        return "… (too long for a page)"
    whole = text(expression)
    return whole if len(whole) <= MOST else f"{whole[:MOST]} …"


def style() -> str:
    """The size of each width: as large as there is room for."""
    steps = range(STEP, WIDEST + STEP, STEP)
    return " ".join(f".graphc math.w{step} {{ --fits: calc(100cqi / {step * 1.14:g}) }}" for step in steps)


def pieces(parts: tuple[Shape, ...]) -> list[tuple[Shape, ...]]:
    """The parts of a row, parted before a plus or minus and, if need be, before the dot of a product."""
    found = list(_parted(parts, "+−"))
    return [piece for each in found for piece in (_parted(each, "·⋅") if total(each) > LINE else (each,))]


def _parted(parts: tuple[Shape, ...], signs: str) -> Iterator[tuple[Shape, ...]]:
    start = 0
    if total(parts) > LINE:
        for place, part in enumerate(parts):
            if part.kind == "sign" and part.text in signs and place > start + 1:
                yield parts[start:place]
                start = place
    yield parts[start:]


def _element(parts: tuple[Shape, ...]) -> str:
    """One element, with the class of its width; a sign in front stays one between two things."""
    signed = parts[0].kind == "sign"
    sign = f'<mo form="infix">{clean(parts[0].text)}</mo>' if signed else ""
    rest = CONTROL.sub("\ufffd", "".join(map(written, parts[signed:])))
    step = min(WIDEST, STEP * ceil(total(parts) / STEP))
    return f'<math displaystyle="true" class="w{step}">{sign}<mrow>{rest}</mrow></math>'
