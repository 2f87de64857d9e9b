"""What is written in a box and how much room it takes, the same whatever the picture is drawn with."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from math import ceil
from unicodedata import combining, east_asian_width

from .layers import Shape
from .picture import GIVEN, Box, Part, Picture, joined, shape_text
from .repeats import Chip

WIDE, LINES = 42, 4  # characters in a line of a formula, and lines of one
# a character of a fixed-width font is at most this much of its size; height of a line by kind, size of its letters
CHARACTER = 0.605
LINE = {"title": 21.0, "formula": 16.5, "params": 15.5, "rule": 13.0, "slope": 16.0, "adjoint": 18.0}
SIZE = {"title": 14.0, "times": 14.0, "formula": 12.0, "params": 11.0, "tag": 11.0, "label": 11.0}
SIZE |= {"slope": 11.5, "adjoint": 12.5}
PAD_X, PAD_Y = 13.0, 8.0
LEAST, GRID = 58.0, 20.0  # the width of the narrowest box; widths are multiples, so that like boxes are alike
TAGS = {"output": "output", "loss": "loss"}


@dataclass(frozen=True)
class Line:
    """One line of a box; `tag` stands at its right end, `times` behind the text. A rule has no text."""

    kind: str
    text: str = ""
    tag: str = ""
    times: str = ""


def box_lines(box: Box, carried: Iterable[str] = ()) -> list[Line]:
    """The lines of a box. A tensor's shape stands in the box unless an edge carries it out."""
    if box.kind in GIVEN:
        part = box.parts[0]
        return [Line("title", part.title), *(Line("adjoint", line) for line in wrapped(part.adjoint, WIDE, LINES))]
    lines: list[Line] = []
    for number, part in enumerate(box.parts):
        if number:
            lines.append(Line("rule"))
        shape = "" if part.names[-1] in set(carried) else shape_text(part.shape)
        words = [TAGS.get(box.kind, ""), shape]
        times = f"×{part.repeat}" if part.repeat > 1 else ""
        lines.append(Line("title", part.title, "  ".join(word for word in words if word), times))
        lines += [Line("formula", line) for line in folded_formula(part)]
        lines += [Line("params", line) for line in _params(part.chips)]
        lines += [Line("adjoint", line) for line in wrapped(part.adjoint, WIDE, LINES)]
        lines += [Line("slope", line) for slope in part.slopes for line in slope.split("\n")]
    return lines


def carried(picture: Picture, box: Box) -> set[str]:
    """The names of the tensors that leave a box along an edge that shows their shape."""
    return set() if picture.backward else {edge.name for edge in picture.edges if edge.source == box.key}


def folded_formula(part: Part) -> list[str]:
    """`= relu(x @ W1 + b1)`, or with its left side where that binds the indices, in lines that fit."""
    written = f"{part.left} = {part.formula}" if part.left not in part.names else f"= {part.formula}"
    return wrapped(written, WIDE, LINES)


def wrapped(text: str, width: int, most: int) -> list[str]:
    """Few lines of at most `width` columns, broken as far outside brackets as can be; past `most` lines cut with …"""
    words = " ".join(text.split())
    longest = width * (most + 1)
    words, cut = words[:longest], len(words) > longest
    breaks = _breaks(words)
    # best[place]: the penalty of the best lines for what comes before it, and where the last of them starts
    best: dict[int, tuple[float, int]] = {0: (0.0, 0)}
    for end in (*breaks, len(words)):
        for start, (penalty, _) in list(best.items()):
            room = width - (2 if start else 0)
            if start < end and columns(words[start:end].strip()) <= room:
                total = penalty + 3 + breaks.get(end, 0) ** 2
                if end not in best or total < best[end][0]:
                    best[end] = (total, start)
    if len(words) not in best:
        return _filled(words, width, most)
    lines: list[str] = []
    end = len(words)
    while end:
        start = best[end][1]
        lines.insert(0, ("  " if start else "") + words[start:end].strip())
        end = start
    return _first(lines, width, most, cut)


def _breaks(words: str) -> dict[int, float]:
    """Where a line may start, and how bad that is: after a blank, the worse the more brackets are open."""
    found: dict[int, float] = {}
    depth = 0
    for place, character in enumerate(words):
        depth += (character in "([{") - (character in ")]}")
        if character == " " and not words[place + 1 : place + 2].isdigit():
            operator = words[place + 1 : place + 2] in "+-*/@" or words[place - 1] == "="
            found[place + 1] = depth + (0.0 if operator else 0.5)
        elif character in "*/" and words[place - 1] not in "*/ " and words[place + 1 : place + 2] != " ":
            found[place] = depth + 0.7
        elif character in ",(":
            found[place + 1] = depth + (2.0 if character == "," else 3.0)
    return found


def _filled(words: str, width: int, most: int) -> list[str]:
    """Lines cut anywhere: for a name that is longer than a line."""
    lines: list[str] = []
    while words:
        fits = _fitting(words, width)
        lines.append(words[:fits])
        words = words[fits:]
    return _first(lines, width, most, False)


def _first(lines: list[str], width: int, most: int, cut: bool) -> list[str]:
    if len(lines) <= most and not cut:
        return lines
    last = lines[:most][-1]
    return [*lines[: most - 1], last[: _fitting(last, width - 1)].rstrip() + "…"]


def _fitting(text: str, width: int) -> int:
    """How many characters of it fit into so many columns; at least one."""
    used = 0
    for place, character in enumerate(text):
        used += columns(character)
        if used > width:
            return max(1, place)
    return len(text)


def columns(text: str) -> int:
    """How many columns of a fixed-width font it takes."""
    if text.isascii():
        return len(text)
    return len(text) + sum(text.count(c) * _more(c) for c in set(text) if not c.isascii())


@cache
def _more(character: str) -> int:
    """How many columns more than one it takes."""
    return -1 if combining(character) else 1 if east_asian_width(character) in "WF" else 0


def _params(chips: Sequence[Chip]) -> list[str]:
    lines: list[str] = []
    for word, kept in (("", False), ("shared: ", True)):
        texts = [joined(chip.names) + dims(chip.shape) for chip in chips if chip.shared is kept]
        if texts:
            lines += wrapped(word + " · ".join(texts), WIDE + 4, LINES)
    return lines


def dims(shape: Shape) -> str:
    """As a declaration has them: `[6,1,5,5]`."""
    return f"[{','.join(map(str, shape))}]" if shape else ""


def box_size(lines: Sequence[Line], repeat: int) -> tuple[float, float]:
    """Width and height of a box with these lines."""
    width = max(
        text_width(line.text + (" " + line.times if line.times else ""), line.kind)
        + (18 + text_width(line.tag, "tag") if line.tag else 0)
        for line in lines
        if line.kind != "rule"
    )
    height = sum(LINE[line.kind] for line in lines)
    return max(LEAST, GRID * ceil((width + 2 * PAD_X + (22 if repeat > 1 else 0)) / GRID)), height + 2 * PAD_Y


def text_width(text: str, kind: str) -> float:
    return columns(text) * CHARACTER * SIZE[kind]
