"""The derivation for a terminal: equalities under each other, what was done at the right, why below."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from textwrap import wrap

from ...derivation.step import Derivation, Step
from ...language.expression import Expression, Name
from ..boxes import columns
from ..notation.text import short
from ..notation.whole import notation_of
from ..notation.wrap import wrapped
from ..terminal import visible
from .blocks import FAILED, PROVED, Block, Line, blocks, given, summary, unseen
from .blocks import result_lines as results
from .spoken import conditions, spoken

WIDTH = 80
WIDEST_LEFT = 26  # columns; a longer left side has a line of its own
LONGEST = 10  # lines of one formula; what is longer is in the JSON


def render(derivation: Derivation, zoom: str = "graph", width: int = WIDTH) -> str:
    return "\n".join(_Writer(derivation, zoom, width).lines()).rstrip() + "\n"


class _Writer:
    def __init__(self, derivation: Derivation, zoom: str, width: int) -> None:
        self.derivation, self.zoom, self.width = derivation, zoom, width
        self.notation = notation_of(derivation)
        self.said: set[str] = set()  # reasons that have been given

    def lines(self) -> Iterator[str]:
        found = blocks(self.derivation.steps, self.zoom)
        yield from self._head()
        yield from self._blocks(found, 0)
        yield from self._results()
        yield from self._foot(found)

    def _math(self, expression: Expression) -> str:
        return short(expression, self.notation, LONGEST * self.width)

    # -- before and after the steps

    def _head(self) -> Iterator[str]:
        names = ", ".join(self._math(Name(key)) for key in self.derivation.result)
        net = self.derivation.net
        title = f" - {net.title}" if net is not None and net.title else ""
        yield from wrap(visible(f"{names} in {self.derivation.model}{title}"), self.width)
        yield ""
        equations = [(self._math(left), self._math(right)) for left, right in given(self.derivation)]
        yield from self._table(equations)
        if equations:
            yield ""

    def _results(self) -> Iterator[str]:
        yield ""
        yield "Result"
        yield ""
        yield from self._table(
            [("" if left is None else self._math(left), self._math(right)) for left, right in results(self.derivation)]
        )

    def _table(self, equations: Sequence[tuple[str, str]]) -> Iterator[str]:
        left = _left_width([one for one, _ in equations])
        for one, right in equations:
            yield from self._equation("  ", one, left, right)

    def _foot(self, found: Sequence[Block]) -> Iterator[str]:
        yield ""
        yield from (line for words in summary(self.derivation) for line in wrap(words, self.width))
        more = unseen(self.derivation, self.zoom, found)
        words = ", ".join(f"--zoom {zoom} unfolds {count} more" for zoom, count in more.items())
        yield from wrap(f"{words}." if more else "", self.width)

    # -- steps

    def _blocks(self, found: Sequence[Block], depth: int) -> Iterator[str]:
        for place, block in enumerate(found):
            if place:
                yield ""
            yield from self._block(block, depth)

    def _block(self, block: Block, depth: int) -> Iterator[str]:
        indent = "   " * depth
        numbers = max(columns(line.step.id) for line in block.lines)
        lefts = [self._math(line.step.before) if line.starts else "" for line in block.lines]
        left = _left_width(lefts)
        told: set[str] = set()
        for line, one in zip(block.lines, lefts, strict=True):
            start = f"{indent}{line.step.id:>{numbers}}  "
            if line.folds:
                yield from self._folded(indent, line)
                continue
            yield from self._titled(self._equation(start, one, left, self._math(line.step.after)), line.step)
            yield from self._reason(line.step, told, " " * (len(start) + 2))
            if line.blocks:
                yield ""
                yield from self._blocks(line.blocks, depth + 1)
                if line is not block.lines[-1]:
                    yield ""

    def _equation(self, start: str, left: str, room: int, right: str) -> Iterator[str]:
        """`left = right`, aligned at the sign, with what does not fit below."""
        blank = " " * len(start)
        if left and columns(left) > room:
            for place, part in enumerate(wrapped(left, self.width - len(start), self.width - len(start) - 2)):
                yield (blank + "  " if place else start) + part
            start, left = blank, ""
        sign = f"{start}{left}{' ' * (room - columns(left))} = "
        space = self.width - columns(sign)
        for place, part in enumerate(wrapped(right, space, space - 2)):
            yield " " * (columns(sign) + 2) + part if place else sign + part

    def _titled(self, written: Iterator[str], step: Step) -> Iterator[str]:
        """With what was done at the right end of the last line, or below it where there is no room."""
        *before, last = written
        yield from before
        mark = "" if step.check is None else f" {PROVED if step.check.ok else FAILED}"
        title = _running(spoken(step.title, str, self._math)) + mark
        if columns(last) + 3 + columns(title) <= self.width:
            yield last + " " * (self.width - columns(last) - columns(title)) + title
        else:
            yield last
            yield " " * (self.width - columns(title)) + title

    def _reason(self, step: Step, told: set[str], indent: str) -> Iterator[str]:
        """What is assumed, and why it holds: the first time that this is said, and of equal steps in a row once."""
        words = (
            [f"Given: {spoken(conditions(step.conditions, self.derivation), str, self._math)}."]
            if step.conditions
            else []
        )
        if step.why and step.why not in self.said and step.rule not in told:
            words.append(spoken(step.why, str, self._math))
        told.add(step.rule)
        self.said.add(step.why)
        yield from wrap(" ".join(words), self.width, initial_indent=indent, subsequent_indent=indent)

    def _folded(self, indent: str, line: Line) -> Iterator[str]:
        numbers, title, count = line.folded()
        start = f"{indent}{numbers}  … "
        words = f"{spoken(title, str, self._math)} ({count} step{'s' * (count > 1)}, shown by --zoom scalar)"
        yield from wrap(words, self.width, initial_indent=start, subsequent_indent=" " * columns(start))


def _running(title: str) -> str:
    """As it stands in the middle of a line; a name keeps its capital."""
    word = title.partition(" ")[0]
    return title[:1].lower() + title[1:] if word == "A" or word[1:].islower() else title


def _left_width(lefts: Sequence[str]) -> int:
    return max((columns(left) for left in lefts if columns(left) <= WIDEST_LEFT), default=2)
