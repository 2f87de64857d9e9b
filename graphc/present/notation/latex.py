"""Mathematics in LaTeX, for `amsmath` and for what renders it on pages (KaTeX, MathJax).

Functions are set with `\\mathrm`, as GitHub's pages refuse `\\operatorname`.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Mapping
from itertools import groupby

from ...derivation.step import Derivative
from ...language.expression import Expression
from .board import board
from .meaning import Notation
from .planar import DEEPEST, EMPTY, Shape, drawn, tall
from .symbols import GREEK
from .width import lines, width

MOST = 500  # boxes of a formula: what renders pages gives up on longer ones
LONGEST = 8  # rows of one formula

SIGNS = {
    "−": "-", "≤": r"\le ", "≥": r"\ge ", "≠": r"\ne ", "⋅": r" \cdot ", "∘": r" \circ ", "…": r"\dots ",
    "∂": r"\partial ", "+": " + ", "=": " = ", "<": " < ", ">": " > ", "(": "(", ")": ")", ",": ",",
}  # fmt: skip
BIG = {"∑": r"\sum", "∏": r"\prod", "max": r"\max", "min": r"\min"}
ACCENTS = {"hat": r"\hat", "bar": r"\bar", "tilde": r"\tilde", "dot": r"\dot"}
LETTERS = {letter: f"\\{word} " for word, letter in GREEK.items() if word != "eps"}
LETTERS |= {"ε": r"\varepsilon ", "ο": "o", "ϕ": r"\phi ", "ℓ": r"\ell "}
FUNCTIONS = frozenset({"exp", "log", "sin", "cos", "tanh", "max", "min"})
FENCES = {"()": (r"\left(", r"\right)"), "[]": (r"\left[", r"\right]"), "||": (r"\left|", r"\right|")}
FENCES |= {"⌊⌋": (r"\left\lfloor ", r"\right\rfloor ")}
SPECIAL = str.maketrans({character: "\\" + character for character in "_#$%&{}"})


def latex(
    expression: Expression, derivatives: Mapping[str, Derivative] | None = None, notation: Notation | None = None
) -> str:
    """What stands between dollars; `notation` is that of the whole text in which the expression stands."""
    return written(drawn(board(expression, notation or Notation([expression], derivatives), DEEPEST, MOST)))


def latex_lines(expression: Expression, notation: Notation, room: float) -> list[str]:
    """The same in rows of about so many ems, each but the first starting with a sign; what is very long is cut."""
    most = MOST
    shape = drawn(board(expression, notation, DEEPEST, most))
    while width(shape) > LONGEST * room and most > 1:
        most //= 2
        shape = drawn(board(expression, notation, DEEPEST, most))
    return [written(line).strip() for line in lines(shape, room)]


def written(shape: Shape) -> str:
    return WRITERS[shape.kind](shape)


def _braced(shape: Shape) -> str:
    return "{" + written(shape) + "}"


def _letter(shape: Shape) -> str:
    if shape.text in LETTERS:
        return LETTERS[shape.text]
    plain = unicodedata.normalize("NFKC", shape.text)
    if plain.isascii() and "SCRIPT" in unicodedata.name(shape.text, "") and plain.isupper():
        return rf"\mathcal{{{plain}}}"
    return shape.text if shape.text.isascii() else rf"\text{{{shape.text}}}"


def _word(shape: Shape) -> str:
    """A name of several letters, of which some may be Greek or of no alphabet that mathematics has."""
    runs = groupby(shape.text, key=lambda letter: letter if letter in LETTERS else letter.isascii())
    return "".join(
        LETTERS[run] if isinstance(run, str) else rf"\{'mathit' if run else 'textit'}{{{_escaped(''.join(letters))}}}"
        for run, letters in runs
    )


def _escaped(name: str) -> str:
    return name.translate(SPECIAL)


def _upright(shape: Shape) -> str:
    if shape.text in FUNCTIONS:
        return f"\\{shape.text}"
    if shape.text == "1":
        return r"\mathbf{1}"
    return rf"\{'mathrm' if shape.text.isascii() else 'text'}{{{_escaped(shape.text)}}}"


def _scripts(shape: Shape) -> str:
    base, below, above = shape.parts
    text = _braced(base) if base.kind in ("scripts", "row") else written(base).rstrip()
    text += "" if below is EMPTY else "_" + _braced(below)
    return text + ("" if above is EMPTY else "^" + _braced(above))


def _big(shape: Shape) -> str:
    operator = BIG.get(shape.text) or rf"\mathop{{\mathrm{{{shape.text}}}}}"
    return f"{operator}_{_braced(shape.parts[0])} "


def _fenced(shape: Shape) -> str:
    """Brackets grow with what is tall; round anything else plain ones stand closer."""
    opened, closed = FENCES[shape.text]
    inner = written(shape.parts[0])
    if not tall(shape.parts[0]):
        opened, closed = opened.removeprefix(r"\left"), closed.removeprefix(r"\right")
    return opened + inner + closed


def _cases(shape: Shape) -> str:
    *pairs, last = map(written, shape.parts)
    rows = [
        rf"{value} & \text{{if }} {condition} \\ " for value, condition in zip(pairs[::2], pairs[1::2], strict=True)
    ]
    return r"\begin{cases} " + "".join(rows) + rf"{last} & \text{{otherwise}} \end{{cases}}"


WRITERS: dict[str, Callable[[Shape], str]] = {
    "row": lambda shape: "".join(map(written, shape.parts)),
    "letter": _letter,
    "word": _word,
    "upright": _upright,
    "number": lambda shape: shape.text,
    "sign": lambda shape: {**SIGNS, "−": " - "}.get(shape.text, shape.text + " "),
    "prefix": lambda shape: SIGNS[shape.text],
    "space": lambda shape: r"\,",
    "accent": lambda shape: ACCENTS[shape.text] + _braced(shape.parts[0]),
    "fraction": lambda shape: r"\frac" + _braced(shape.parts[0]) + _braced(shape.parts[1]),
    "root": lambda shape: r"\sqrt" + _braced(shape.parts[0]),
    "scripts": _scripts,
    "transposed": lambda shape: r"\top",
    "big": _big,
    "fenced": _fenced,
    "barred": lambda shape: rf"\left.{written(shape.parts[0])}\right|",
    "cases": _cases,
    "open": lambda shape: r"\Bigl(" if shape.text else "(",
    "close": lambda shape: r"\Bigr)" if shape.text else ")",
}
