"""Sentences where they stand between formulas: what LaTeX and Markdown would take for a command is written so that
it is read as itself.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable

from ..notation.symbols import GREEK
from ..notation.text import ABOVE, BELOW
from ..terminal import visible

_PLAIN = {
    "\\": r"\textbackslash{}", "~": r"\textasciitilde{}", "^": r"\textasciicircum{}", "<": "$<$", ">": "$>$",
    "|": "$|$", "…": r"\dots{}", "“": "``", "”": "''", "‘": "`", "’": "'", "–": "--", "—": "---",
} | {character: "\\" + character for character in "_#$%&{}"}  # fmt: skip
_MATHS = {
    "−": "-", "·": r"\cdot", "∂": r"\partial", "Σ": r"\sum", "∏": r"\prod", "′": "'", "×": r"\times", "≤": r"\le",
    "≥": r"\ge", "≠": r"\ne", "∈": r"\in", "∞": r"\infty", "√": r"\surd", "∘": r"\circ", "→": r"\to", "ᵀ": r"^\top",
    "½": r"\frac12", "ᵘ": "^u", "ⁿ": "^n", "ᵃ": "^a", "≈": r"\approx", "±": r"\pm",
}  # fmt: skip
_MATHS |= {letter: f"\\{word}" for word, letter in GREEK.items() if word != "eps" and letter not in _MATHS}
_MATHS |= {small: f"_{{{plain}}}" for plain, small in BELOW.items()}
_MATHS |= {small: f"^{{{plain}}}" for plain, small in ABOVE.items()}
_MARKDOWN = {character: "\\" + character for character in "\\`*_[]<>#|~$"}


def tex(sentence: str) -> str:
    """For any LaTeX: letters that its fonts may lack become commands."""
    out: list[str] = []
    for character in visible(sentence):
        if character in _MATHS:
            out.append(f"${_MATHS[character]}$")
        elif character in _PLAIN or character.isascii():
            out.append(_PLAIN.get(character, character))
        else:
            out.append(_letter(character))
    return "".join(out).replace("$$", "")


def _letter(character: str) -> str:
    """An accented letter stays, as every LaTeX has it; of what is beyond that, the closest that it has."""
    decomposed = unicodedata.normalize("NFKD", character)
    if decomposed[0].isascii() and decomposed[0].isalnum() and len(decomposed) <= 2:
        return unicodedata.normalize("NFC", decomposed) if "LATIN" in unicodedata.name(character, "") else decomposed[0]
    return "?"


def markdown(sentence: str) -> str:
    return "".join(_MARKDOWN.get(character, character) for character in visible(sentence))


def spans(numbers: Iterable[str]) -> str:
    """Numbers of steps, those in a row as one span: 1–3, 8."""
    found: list[list[str]] = []
    for number in numbers:
        if found and number.isdigit() and found[-1][-1].isdigit() and int(number) == int(found[-1][-1]) + 1:
            found[-1] = [found[-1][0], number]
        else:
            found.append([number])
    return ", ".join("–".join(span) for span in found)
