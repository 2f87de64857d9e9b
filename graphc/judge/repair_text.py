"""A repaired line in the words of the one that was written: its spaces, brackets and numerals stay where they can."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from fractions import Fraction
from itertools import product

from ..language.errors import GraphcError
from ..language.expression import Expression
from ..language.parse import parse_expression
from ..language.text import text

TOKEN = re.compile(r"(\s*)((?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?|\w+|\*\*|//|[<>=!]=|\S)")
NUMBER = re.compile(r"(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?")
OPENING = frozenset(("*", "/", "**", "(", "[", "-", "+", "@"))
LONG = 2_000  # characters; a longer line is written anew
SEAMS = 4  # places where brackets of the writer's own meet an edit; beyond these the line is written anew


def as_written(written: str, line: Expression, repaired: Expression) -> str:
    """`repaired` as text, close to `written`, which says `line`."""
    if len(written) > LONG:
        return text(repaired)
    old, new = TOKEN.findall(text(line)), TOKEN.findall(text(repaired))
    typed = TOKEN.findall(written)
    for candidate in _candidates(typed, old, new):
        try:
            if parse_expression(candidate)[0] is repaired:
                return candidate
        except GraphcError:
            continue
    return text(repaired)


Tokens = Sequence[tuple[str, str]]


def _candidates(typed: Tokens, old: Tokens, new: Tokens) -> Iterator[str]:
    """The typed line with the edit made in it; what was typed beside the edit alone is kept, or not."""
    places = _places(typed, old)
    if places is None:
        return
    pieces: list[tuple[str, str]] = []  # text, and text of which it is not sure that it stays
    loose: list[int] = []
    ranges = SequenceMatcher(None, _said(old), _said(new), autojunk=False).get_opcodes()
    last, opens = -1, False  # the last typed token that was dealt with; whether what was put in holds on to the next
    for tag, i1, i2, j1, j2 in ranges:
        if tag == "equal":
            start, stop = places[i1], places[i2 - 1]
            extra = _joined(typed[last + 1 : start]) if last + 1 < start and (i1 == 0 or last >= 0) else ""
            if extra:
                loose.append(len(pieces))
                pieces.append(("", extra))
            kept_tokens = list(typed[start : stop + 1])
            if pieces and not extra:
                space = new[j1][0] if opens else max(kept_tokens[0][0], new[j1][0], key=len)
                kept_tokens[0] = (space, kept_tokens[0][1])
            pieces.append((_joined(kept_tokens), ""))
            last = stop
        else:
            put = list(new[j1:j2])
            if put and i2 > i1:
                put[0] = (typed[places[i1]][0], put[0][1])
            opens = bool(put) and put[-1][1] in OPENING
            pieces.append((_joined(put), ""))
            if i2 > i1:
                last = places[i2 - 1]
    if last + 1 < len(typed):
        loose.append(len(pieces))
        pieces.append(("", _joined(typed[last + 1 :])))
    for kept in product((True, False), repeat=min(len(loose), SEAMS)):
        chosen = dict(zip(loose, kept, strict=False))
        yield "".join(sure + (maybe if chosen.get(k, True) else "") for k, (sure, maybe) in enumerate(pieces)).strip()


def _places(typed: Tokens, old: Tokens) -> list[int] | None:
    """Which typed token each token of the plain text is."""
    found: list[int] = []
    matcher = SequenceMatcher(None, _said(old), _said(typed), autojunk=False)
    for tag, i1, i2, j1, _ in matcher.get_opcodes():
        if tag == "equal":
            found += range(j1, j1 + i2 - i1)
        elif tag != "insert":
            return None
    return found


def _said(tokens: Tokens) -> list[str]:
    """Tokens by what they mean: `0.50` is `1/2`."""
    return [str(Fraction(word)) if NUMBER.fullmatch(word) else word for _, word in tokens]


def _joined(tokens: Tokens) -> str:
    return "".join(space + word for space, word in tokens)
