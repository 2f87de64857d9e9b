"""The derivation as Markdown with its formulas between double dollars, as GitHub, notebooks and pandoc render it.

No formula has a backslash before a sign, which some of them would take for their own.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ...derivation.step import Derivation
from ...language.expression import Name
from ..notation.latex import latex
from ..notation.whole import notation_of
from .aligned import Equation, rows
from .blocks import Block, given, reasons, result_lines, summary
from .blocks import blocks as found_blocks
from .prose import markdown, spans
from .spoken import spoken

ROOM = 50.0  # ems of a page's width
SPELLED = ((r" \\ ", r" \cr "), (r"\,", r"\thinspace "), (r"\_", "~"), (" < ", r" \lt "), (" > ", r" \gt "))


def render(derivation: Derivation, zoom: str = "graph") -> str:
    return "\n".join(_Writer(derivation, zoom).lines()).rstrip() + "\n"


class _Writer:
    def __init__(self, derivation: Derivation, zoom: str) -> None:
        self.derivation, self.zoom = derivation, zoom
        self.notation = notation_of(derivation)
        self.said: set[str] = set()

    def lines(self) -> Iterator[str]:
        names = ", ".join(f"${_spelled(latex(Name(key), notation=self.notation))}$" for key in self.derivation.result)
        yield f"# {names} in {markdown(self.derivation.model)}"
        yield ""
        net = self.derivation.net
        if net is not None and net.title:
            yield f"{markdown(net.title[:1].upper() + net.title[1:])}."
            yield ""
        yield from self._equations([(left, right, "") for left, right in given(self.derivation)])
        yield from self._blocks(found_blocks(self.derivation.steps, self.zoom))
        yield "## Result"
        yield ""
        yield from self._equations([(left, right, "") for left, right in result_lines(self.derivation)])
        yield from self._foot()

    def _equations(self, equations: Sequence[Equation]) -> Iterator[str]:
        if equations:
            yield "$$"
            yield r"\begin{aligned}"
            written = rows(equations, self.notation, ROOM, lambda number: rf" && \text{{({number})}}")
            yield " \\cr\n".join(map(_spelled, written))
            yield r"\end{aligned}"
            yield "$$"
            yield ""

    def _blocks(self, found: Sequence[Block]) -> Iterator[str]:
        for block in found:
            open_ = [line for line in block.lines if not line.folds]
            yield from self._equations(
                [(line.step.before if line.starts else None, line.step.after, line.step.id) for line in open_]
            )
            for steps, title, words in reasons(block, self.said, self.derivation):
                yield f"- ({spans(steps)}) **{self._said(title)}.** {self._said(words)}".rstrip()
            yield ""
            for line in block.lines:
                if line.blocks:
                    yield f"<details><summary>({line.step.id}) step by step</summary>"
                    yield ""
                    yield from self._blocks(line.blocks)
                    yield "</details>"
                    yield ""

    def _said(self, sentence: str) -> str:
        return spoken(sentence, markdown, lambda formula: f"${_spelled(latex(formula, notation=self.notation))}$")

    def _foot(self) -> Iterator[str]:
        for words in summary(self.derivation):
            yield markdown(words)
            yield ""


def _spelled(formula: str) -> str:
    for written, said in SPELLED:
        formula = formula.replace(written, said)
    return formula
