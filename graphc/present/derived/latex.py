"""The derivation for a lecture's own notes: a piece of LaTeX to be \\input, for which `amsmath` is all that is needed.

Equalities stand in `align*` with the numbers of their steps as tags; what was done and why is a list below them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ...derivation.step import Derivation
from ...language.expression import Expression, Name
from ..notation.latex import latex
from ..notation.whole import notation_of
from .aligned import Equation, rows
from .blocks import Block, given, reasons, result_lines
from .blocks import blocks as found_blocks
from .prose import spans, tex
from .spoken import spoken

ROOM, QUOTED = 31.0, 5.0  # ems of an article's width beside the tags, and what a quotation takes of it
DEEPEST = 3  # quotes in each other


def render(derivation: Derivation, zoom: str = "graph") -> str:
    return "\n".join(_Writer(derivation, zoom).lines()) + "\n"


class _Writer:
    def __init__(self, derivation: Derivation, zoom: str) -> None:
        self.derivation, self.zoom = derivation, zoom
        self.notation = notation_of(derivation)
        self.said: set[str] = set()

    def lines(self) -> Iterator[str]:
        names = ", ".join(f"${self._math(Name(key))}$" for key in self.derivation.result)
        yield f"% A derivation in {tex(self.derivation.model)}: \\input it where \\usepackage{{amsmath}} is in force."
        yield r"\begingroup\allowdisplaybreaks"
        yield rf"\paragraph{{The derivation of {names} in {tex(self.derivation.model)}.}}"
        yield from self._equations([(left, right, "") for left, right in given(self.derivation)])
        yield from self._blocks(found_blocks(self.derivation.steps, self.zoom), 0)
        yield r"\paragraph{Result.}"
        yield from self._equations([(left, right, "") for left, right in result_lines(self.derivation)])
        yield r"\endgroup"

    def _math(self, expression: Expression) -> str:
        return latex(expression, notation=self.notation)

    def _said(self, sentence: str) -> str:
        return spoken(sentence, tex, lambda formula: f"${self._math(formula)}$")

    def _equations(self, equations: Sequence[Equation], depth: int = 0) -> Iterator[str]:
        if equations:
            room = ROOM - QUOTED * depth
            yield r"\begin{align*}"
            yield " \\\\\n".join(rows(equations, self.notation, room, lambda number: rf" \tag{{{number}}}"))
            yield r"\end{align*}"

    def _blocks(self, found: Sequence[Block], depth: int) -> Iterator[str]:
        quoted = 0 < depth <= DEEPEST and bool(found)
        if quoted:
            yield r"\begin{quote}"
        for block in found:
            open_ = [line for line in block.lines if not line.folds]
            yield from self._equations(
                [(line.step.before if line.starts else None, line.step.after, line.step.id) for line in open_],
                min(depth, DEEPEST),
            )
            yield r"\begin{description}"
            for steps, title, words in reasons(block, self.said, self.derivation):
                yield rf"\item[({tex(spans(steps))}) {self._said(title)}.] {self._said(words)}".rstrip()
            yield r"\end{description}"
            for line in block.lines:
                yield from self._blocks(line.blocks, depth + 1)
        if quoted:
            yield r"\end{quote}"
