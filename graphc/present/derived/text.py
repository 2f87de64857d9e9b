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
from .blocks import Block, Line, blocks, certificates, given, shut, unseen
from .blocks import result_lines as results

WIDTH = 80
WIDEST_LEFT = 26  # columns; a longer left side has a line of its own
LONGEST = 10  # lines of one formula; what is longer is in the JSON
PROVED, FAILED = "✓", "✗"


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
        yield from wrap(f"{names} in {self.derivation.model}{title}", self.width)
        yield ""
        equations = [(self._math(left), self._math(right)) for left, right in given(self.derivation)]
        yield from self._table(equations)
        if equations:
            yield ""

    def _results(self) -> Iterator[str]:
        yield ""
        yield "Result"
        yield ""
        yield from self._table([(self._math(left), self._math(right)) for left, right in results(self.derivation)])

    def _table(self, equations: Sequence[tuple[str, str]]) -> Iterator[str]:
        left = _left_width([one for one, _ in equations])
        for one, right in equations:
            yield from self._equation("  ", one, left, right)

    def _foot(self, found: Sequence[Block]) -> Iterator[str]:
        yield ""
        total, checked, methods, failed = certificates(self.derivation)
        if failed:
            yield from wrap(f"{FAILED} Not confirmed: step {', '.join(failed)}.", self.width)
        if checked:
            by = ", ".join(f"{count} {method}" for method, count in methods.items())
            yield from wrap(
                f"{PROVED} {checked} of {total} steps are checked: {by}.", self.width, subsequent_indent="  "
            )
        for zoom, count in unseen(self.derivation, self.zoom, found).items():
            yield f"--zoom {zoom} unfolds {count} more step{'s' * (count > 1)}."

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
        for place, (line, one) in enumerate(zip(block.lines, lefts, strict=True)):
            start = f"{indent}{line.step.id:>{numbers}}  "
            if shut(line.step, self.zoom):
                yield from self._folded(start, line.step)
                continue
            yield from self._titled(self._equation(start, one, left, self._math(line.step.after)), line.step)
            following = block.lines[place + 1] if place + 1 < len(block.lines) else None
            yield from self._reason(line, following, " " * (len(start) + 2))
            if line.blocks:
                yield ""
                yield from self._blocks(line.blocks, depth + 1)
                if following is not None:
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
        title = step.title[:1].lower() + step.title[1:] + mark
        if columns(last) + 3 + columns(title) <= self.width:
            yield last + " " * (self.width - columns(last) - columns(title)) + title
        else:
            yield last
            yield " " * (self.width - columns(title)) + title

    def _reason(self, line: Line, following: Line | None, indent: str) -> Iterator[str]:
        """Why, the first time that it is said, below the last of several lines with the same reason."""
        step = line.step
        words = list(step.conditions and [f"Given: {', '.join(step.conditions)}."])
        same = following is not None and following.step.why == step.why and not line.blocks and not step.conditions
        if step.why and step.why not in self.said and not same:
            self.said.add(step.why)
            words.append(step.why)
        yield from wrap(" ".join(words), self.width, initial_indent=indent, subsequent_indent=indent)

    def _folded(self, start: str, step: Step) -> Iterator[str]:
        inside = sum(1 for _ in step.walk()) - 1
        more = f" ({inside} steps, shown by --zoom scalar)" if inside else " (shown by --zoom scalar)"
        yield from wrap(
            f"{step.title}{more}", self.width, initial_indent=start + "… ", subsequent_indent=" " * len(start) + "  "
        )


def _left_width(lefts: Sequence[str]) -> int:
    return max((columns(left) for left in lefts if columns(left) <= WIDEST_LEFT), default=2)
