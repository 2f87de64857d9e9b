"""Long lines of mathematics broken where a person would: before a sign, as far outside brackets as can be."""

from __future__ import annotations

from functools import lru_cache
from itertools import accumulate

from ..boxes import columns

SIGNS = "+−·∘=≤≥"
OPEN, CLOSE = "([⌊{", ")]⌋}"
# how bad it is to break before a plus or a dot, after another blank, at a sign without blanks, after a bracket
PLUS, DOT, BLANK, CLOSED, INSIDE = 0.0, 1.5, 2.0, 6.0, 7.0
LINE, LEVEL = 3.0, 2.0  # and for each line more, and each bracket that is open


def wrapped(text: str, first: int, rest: int) -> list[str]:
    """Lines of at most `first` and then `rest` columns."""
    ends = [0, *accumulate(map(_column, text))]  # the columns of what comes before each place
    if ends[-1] <= first:
        return [text]
    breaks = {**_breaks(text), len(text): 0.0}
    # best[place]: the penalty of the best lines for what comes before, and where the last of them starts
    best: dict[int, tuple[float, int]] = {0: (0.0, 0)}
    starts = [0]
    for end, penalty in sorted(breaks.items()):
        found: tuple[float, int] | None = None
        last = end - (text[end - 1] == " ")  # a blank at the end takes no room
        for start in reversed(starts):
            if ends[last] - ends[start] > (rest if start else first):
                break
            if found is None or best[start][0] < found[0]:
                found = best[start][0], start
        if found is None:  # nothing fits: a name longer than a line stands as it is
            found = best[starts[-1]][0] + LINE, starts[-1]
        best[end] = (found[0] + penalty + LINE, found[1])
        starts.append(end)
    lines: list[str] = []
    end = len(text)
    while end:
        start = best[end][1]
        lines.insert(0, text[start:end].strip())
        end = start
    return lines


@lru_cache(4096)
def _column(character: str) -> int:
    return columns(character)


def _before(sign: str) -> float:
    return BLANK if sign not in SIGNS else DOT if sign in "·∘" else PLUS


def _breaks(text: str) -> dict[int, float]:
    """Where a line may start, and how bad that is."""
    found: dict[int, float] = {}
    depth = 0
    for place, character in enumerate(text[:-1]):
        following = text[place + 1]
        depth += (character in OPEN) - (character in CLOSE)
        if character == " ":
            inside = text[place - 1] in SIGNS  # a sign stands at the start of a line, not at the end
            found[place + 1] = LEVEL * depth + (INSIDE if inside else _before(following))
        elif following in "·∘/":
            found[place + 1] = LEVEL * depth + CLOSED + (following == "/")
        elif character == "(":
            found[place + 1] = LEVEL * depth + INSIDE
    return found
