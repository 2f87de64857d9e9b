"""The derivation for a lecture's own notes: a piece of LaTeX to be \\input, for which `amsmath` is all that is needed.

Equalities stand in `align*` with the numbers of their steps as tags; what was done and why is a list below them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ...derivation.step import Derivation
from ...language.expression import Expression, Name
from ..notation.latex import latex, latex_lines
from ..notation.whole import notation_of
from .blocks import Block, given, reasons, result_lines
from .blocks import blocks as found_blocks
from .prose import spans, tex

ROOM = 30.0  # ems of the text's width for an equation and its tag
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
        yield rf"\paragraph{{The derivation of {names} in {tex(self.derivation.model)}.}}"
        yield from self._equations([(left, right, "") for left, right in given(self.derivation)])
        yield from self._blocks(found_blocks(self.derivation.steps, self.zoom), 0)
        yield r"\paragraph{Result.}"
        yield from self._equations([(left, right, "") for left, right in result_lines(self.derivation)])

    def _math(self, expression: Expression) -> str:
        return latex(expression, notation=self.notation)

    def _equations(self, equations: Sequence[tuple[Expression | None, Expression, str]]) -> Iterator[str]:
        """Aligned at their signs; without a left side an equation goes on from the one above."""
        if not equations:
            return
        rows: list[str] = []
        for left, right, tag in equations:
            first, *more = latex_lines(right, self.notation, ROOM)
            broken = [f"{'' if left is None else self._math(left)} &= {first}", *(rf"&\qquad {line}" for line in more)]
            broken[-1] += rf" \tag{{{tag}}}" if tag else ""
            rows += broken
        yield r"\begin{align*}"
        yield " \\\\\n".join(rows)
        yield r"\end{align*}"

    def _blocks(self, found: Sequence[Block], depth: int) -> Iterator[str]:
        quoted = 0 < depth <= DEEPEST and bool(found)
        if quoted:
            yield r"\begin{quote}"
        for block in found:
            open_ = [line for line in block.lines if not line.folds]
            yield from self._equations(
                [(line.step.before if line.starts else None, line.step.after, line.step.id) for line in open_]
            )
            yield r"\begin{description}"
            for steps, title, words in reasons(block, self.said):
                yield rf"\item[({tex(spans(steps))}) {tex(title)}.] {tex(words)}".rstrip()
            yield r"\end{description}"
            for line in block.lines:
                yield from self._blocks(line.blocks, depth + 1)
        if quoted:
            yield r"\end{quote}"
