"""A checked derivation for a terminal of 80 columns: each line with ✓, ✗ or ?, and under the first false one why.

What is said is calm and to the point: a place where the two lines differ, the rule that was probably meant, the
smallest change that makes the line true, and the assumption under which it would have been.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from textwrap import wrap
from typing import Any

from ..judge.report import Line as Judged
from ..judge.report import Report
from .boxes import wrapped
from .terminal import Line, Piece, visible

WIDTH, LINES = 80, 8
MANY, MOST = 24, 12  # elements of a tensor that are all shown, and of one that is larger
SIGNS = {"true": ("✓", "green"), "false": ("✗", "bold red"), "undecided": ("?", "yellow")}
VERDICTS = {"correct": "bold green", "wrong": "bold red", "undecided": "bold yellow"}
LABEL = 9  # columns of the word before what is said


def checked_lines(report: Report, width: int = WIDTH) -> list[Line]:
    """The whole answer: the file, its lines, and the verdict."""
    return [[Piece(visible(report.file), "bold")], *judged_lines(report, width), [], *_summary(report, width)]


def judged_lines(report: Report, width: int = WIDTH) -> list[Line]:
    """The lines of the derivation, and what is said under them."""
    number = max((len(str(line.line)) for line in report.lines), default=1)
    said: list[Line] = []
    told = False  # whether a false line of this show was explained
    for line in report.lines:
        said += _written(line, number, width)
        room = width - number - 5
        told &= bool(line.method)
        why = _why(line, room) if line.status == "false" and not told else _note(line, room)
        told |= line.status == "false"
        said += [[Piece(" " * (number + 5)), *pieces] for pieces in why]
    return said


def _written(line: Judged, number: int, width: int) -> Iterator[Line]:
    """`  8 ✓ = …`. What is shown first is compared with nothing, and has no sign; a blank line is before it."""
    sign, style = SIGNS[line.status]
    text, starts = visible(line.text), not line.method
    if starts:
        sign, text = " ", f"show {text}"
        yield []
    else:
        text = f"= {text}"
    first, *more = wrapped(text, width - number - 3, LINES)
    yield [Piece(f"{line.line:{number}} ", "dim"), Piece(f"{sign} ", style), Piece(first)]
    for rest in more:
        yield [Piece(" " * (number + 3) + rest)]


def _note(line: Judged, width: int) -> Iterator[Line]:
    if line.status == "undecided" and line.note:
        yield from ([Piece(words, "dim")] for words in wrap(visible(line.note), width))


def _why(line: Judged, width: int) -> Iterator[Line]:
    """The point where it differs from the line before, the rule, the repair, and what would have saved it."""
    if line.witness is not None:
        point = ", ".join(point_text(name, value) for name, value in line.witness.at.items())
        if point:
            yield from _labelled("differs", f"at {point}:", width)
        yield from _labelled("" if point else "differs", _difference(line.witness.before, line.witness.after), width)
    if line.note and line.witness is None:
        yield from _labelled("differs", line.note, width)
    if line.rule:
        said = f"{line.rule}: {line.note}" if line.note and line.witness is not None else line.rule
        yield from _labelled("rule", said, width)
    if line.repair:
        for place, text in enumerate(wrapped("= " + visible(line.repair), width - LABEL, LINES)):
            yield [Piece(f"{'' if place else 'repair':{LABEL}}", "dim"), Piece(text, "green")]
    if line.saving:
        yield from _labelled("holds if", line.saving, width)


def _difference(before: Any, after: Any) -> str:
    """Both values; of tensors, those of the first element at which they differ."""
    place: list[int] = []
    while isinstance(before, list) and isinstance(after, list) and len(before) == len(after):
        index = next((k for k, pair in enumerate(zip(before, after, strict=True)) if pair[0] != pair[1]), None)
        if index is None:
            break
        place.append(index)
        before, after = before[index], after[index]
    values = value_text(before), value_text(after)
    if not place:
        return f"the line before is {values[0]}, this one {values[1]}"
    return f"element {value_text(place)} of the line before is {values[0]}, of this one {values[1]}"


def _labelled(label: str, said: str, width: int) -> Iterator[Line]:
    for place, text in enumerate(wrap(visible(said), width - LABEL)):
        yield [Piece(f"{'' if place else label:{LABEL}}", "dim"), Piece(text)]


def value_text(value: Any) -> str:
    """A number as short as it can be, a tensor as nested lists."""
    if isinstance(value, list | tuple):
        return "[" + ", ".join(map(value_text, value)) + "]"
    return f"{value:.6g}" if isinstance(value, float) else str(value)


def point_text(name: str, value: Any) -> str:
    """`x = [1, 0]`; of a large tensor, the value that most of it has and what differs from that."""
    elements = dict(_elements(value))
    usual, _ = Counter(elements.values()).most_common(1)[0]
    other = {place: element for place, element in elements.items() if element != usual}
    if len(elements) <= MANY:
        return f"{name} = {value_text(value)}"
    rest = [f"{name}[{', '.join(map(str, place))}] = {value_text(e)}" for place, e in other.items()]
    more = ["…"] if len(rest) > MOST else []
    return f"{name} = {value_text(usual)} everywhere" + (f" but {', '.join([*rest[:MOST], *more])}" if rest else "")


def _elements(value: Any, place: tuple[int, ...] = ()) -> Iterator[tuple[tuple[int, ...], Any]]:
    if not isinstance(value, list | tuple):
        yield place, value
        return
    for k, part in enumerate(value):
        yield from _elements(part, (*place, k))


def _summary(report: Report, width: int) -> Iterator[Line]:
    verdict = report.verdict
    if report.first_false is not None:
        said = f"line {report.first_false.line} does not follow from the one before it"
    elif verdict == "undecided":
        *some, last = dict.fromkeys(str(line.line) for line in report.lines if line.status == "undecided")
        where = f"lines {', '.join(some)} and {last}" if some else f"line {last}"
        said = f"{where} could be neither proved nor refuted, which counts as neither"
    else:
        used = ", ".join(dict.fromkeys(condition for line in report.lines for condition in line.conditions))
        said = "every line follows from the one before it" + (f"; used: {used}" if used else "")
    for place, text in enumerate(wrap(visible(said), width - len(verdict) - 2)):
        start = Piece(" " * (len(verdict) + 2)) if place else Piece(f"{verdict}: ", VERDICTS[verdict])
        yield [start, Piece(text)]
