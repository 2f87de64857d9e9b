"""Expressions as MathML that lines can be made of: a long sum or chain is pieces between which a line may break."""

from __future__ import annotations

from itertools import chain

from ...derivation.step import Derivation, Derivative, Result
from ...language import expression as e
from ...language.text import text
from ..notation.board import Notation
from ..notation.mathml import mathml
from ..svg import clean

LONG, TOO_LONG = 60, 400  # tokens: from here on a piece is set smaller, or as text that breaks anywhere
MOST = 1500  # characters of such a text


class Math:
    """One notation for all of a derivation. What is written once is kept: the same expression stands on many lines."""

    def __init__(self, derivation: Derivation) -> None:
        self.asked = {name: _derivative(result) for name, result in derivation.result.items()}
        written = [side for step in derivation.walk() for side in (step.before, step.after)]
        results = chain.from_iterable((result.body, result.matrix) for result in derivation.result.values())
        named = {one.name: one for one in self.asked.values()}
        self.notation = Notation([*written, *filter(None, results)], {**derivation.derivatives, **named})
        self._known: dict[tuple[e.Expression, str], str] = {}

    def left(self, name: str) -> str:
        """∂L/∂w[j], for the result of a name."""
        asked = self.asked[name]
        at = tuple(map(e.Name, asked.parameters))
        return self(e.Subscript(e.Name(asked.name), at) if at else e.Name(asked.name))

    def __call__(self, expression: e.Expression, sign: str = "") -> str:
        """In pieces, the first of them behind a sign, as in `= a` `+ b`."""
        found = self._known.get((expression, sign))
        if found is None:
            found = self._known[expression, sign] = self._pieces(expression, sign)
        return found

    def _pieces(self, expression: e.Expression, sign: str) -> str:
        size = tokens(expression)
        if size > TOO_LONG:
            whole = f"{sign} {text(expression)}".strip()
            return f'<code class="long">{clean(whole[:MOST])}{" …" * (len(whole) > MOST)}</code>'
        terms = expression.terms if isinstance(expression, e.Sum) and size > LONG // 2 else (expression,)
        pieces = [self._piece(terms[0], sign)]
        for term in terms[1:]:
            minus = isinstance(term, e.Negative)
            pieces.append(self._piece(term.operand if isinstance(term, e.Negative) else term, "−" if minus else "+"))
        return " ".join(pieces)

    def _piece(self, term: e.Expression, sign: str) -> str:
        written = mathml(term, notation=self.notation)
        if sign:
            head, mark, rest = written.partition(">")
            bracket = sign == "−" and isinstance(term, e.Sum)
            rest = rest.removesuffix("</math>")
            rest = f"<mo>(</mo>{rest}<mo>)</mo>" if bracket else rest
            written = f'{head}{mark}<mo form="infix">{sign}</mo><mrow>{rest}</mrow></math>'
        size = tokens(term)
        return written.replace("<math", f'<math displaystyle="true"{" class=dense" if size > LONG else ""}', 1)


def tokens(expression: e.Expression) -> int:
    """About how much is written: each part as often as it stands there, counted no further than needed."""
    total, pending = 0, [expression]
    while pending and total <= TOO_LONG:
        total += 1
        pending.extend(pending.pop().children)
    return total


def _derivative(result: Result) -> Derivative:
    at = tuple(e.Name(index) for index in result.indices)
    return Derivative(f"d{result.of}/d{result.by}", result.indices, result.of, (), result.by, at)
