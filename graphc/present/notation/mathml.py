"""Mathematics in MathML Core, as browsers draw it without any script.

Two classes are for a style sheet: `word` is a name of several letters, `left` a cell of cases that starts at its left.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from html import escape

from ...derivation.step import Derivative
from ...language.expression import Expression
from .board import board
from .meaning import Notation
from .planar import DEEPEST, EMPTY, Shape, drawn, tall

ACCENTS = {"hat": "^", "bar": "¯", "tilde": "~", "dot": "˙"}
LEFT = '<mtd class="left">'
BOLD = {"1": "𝟏"}
INVISIBLE = "\u2061"  # function application, for whoever has the page read out


def mathml(
    expression: Expression,
    derivatives: Mapping[str, Derivative] | None = None,
    notation: Notation | None = None,
    block: bool = False,
) -> str:
    """A `<math>` element; `notation` is that of the whole text in which the expression stands."""
    notation = notation or Notation([expression], derivatives)
    display = ' display="block"' if block else ""
    return f"<math{display}>{written(drawn(board(expression, notation, DEEPEST)))}</math>"


def written(shape: Shape) -> str:
    return WRITERS[shape.kind](shape)


def _element(tag: str) -> Callable[[Shape], str]:
    return lambda shape: f"<{tag}>{''.join(map(_one, shape.parts))}</{tag}>"


def _one(shape: Shape) -> str:
    """A shape as exactly one element, for a place that counts them."""
    return f"<mrow>{''.join(map(written, shape.parts))}</mrow>" if shape.kind == "row" else written(shape)


def _token(tag: str, attributes: str = "") -> Callable[[Shape], str]:
    return lambda shape: f"<{tag}{attributes}>{escape(shape.text)}</{tag}>"


def _scripts(shape: Shape) -> str:
    base, below, above = shape.parts
    if above is EMPTY:
        return f"<msub>{_one(base)}{_one(below)}</msub>"
    if below is EMPTY:
        return f"<msup>{_one(base)}{_one(above)}</msup>"
    return f"<msubsup>{_one(base)}{_one(below)}{_one(above)}</msubsup>"


def _big(shape: Shape) -> str:
    if len(shape.text) == 1:
        return f'<munder><mo movablelimits="false">{shape.text}</mo>{_one(shape.parts[0])}</munder>'
    return f"<munder><mi>{escape(shape.text)}</mi>{_one(shape.parts[0])}</munder><mo>{INVISIBLE}</mo>"


def _fenced(shape: Shape) -> str:
    """Brackets grow with what is tall; round anything else plain ones stand closer."""
    opened, closed = tuple(shape.text)
    grows = "true" if tall(shape.parts[0]) else "false"
    return (
        f'<mrow><mo form="prefix" stretchy="{grows}">{opened}</mo>{written(shape.parts[0])}'
        f'<mo form="postfix" stretchy="{grows}">{closed}</mo></mrow>'
    )


def _cases(shape: Shape) -> str:
    *pairs, last = map(written, shape.parts)
    rows = [
        f"<mtr>{LEFT}{value}</mtd>{LEFT}<mtext>if&#xa0;</mtext>{condition}</mtd></mtr>"
        for value, condition in zip(pairs[::2], pairs[1::2], strict=True)
    ]
    rows.append(f"<mtr>{LEFT}{last}</mtd>{LEFT}<mtext>otherwise</mtext></mtd></mtr>")
    return f'<mrow><mo form="prefix" stretchy="true">{{</mo><mtable>{"".join(rows)}</mtable></mrow>'


WRITERS: dict[str, Callable[[Shape], str]] = {
    "row": lambda shape: f"<mrow>{''.join(map(written, shape.parts))}</mrow>",
    "letter": _token("mi"),
    "word": _token("mi", ' class="word"'),
    "upright": lambda shape: f'<mi mathvariant="normal">{BOLD.get(shape.text) or escape(shape.text)}</mi>',
    "number": _token("mn"),
    "sign": _token("mo"),
    "prefix": _token("mo", ' form="prefix"'),
    "space": lambda shape: '<mspace width="0.17em"></mspace>',
    "accent": lambda shape: (
        f'<mover accent="true">{_one(shape.parts[0])}<mo stretchy="false">{ACCENTS[shape.text]}</mo></mover>'
    ),
    "fraction": _element("mfrac"),
    "root": _element("msqrt"),
    "scripts": _scripts,
    "transposed": lambda shape: '<mi mathvariant="normal">T</mi>',
    "big": _big,
    "fenced": _fenced,
    "barred": lambda shape: f'<mrow>{_one(shape.parts[0])}<mo form="postfix" stretchy="true">|</mo></mrow>',
    "cases": _cases,
}
