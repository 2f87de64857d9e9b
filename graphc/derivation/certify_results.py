"""The final formula as a whole: compared with ∂L/∂W taken through all equations between, at small sizes.

Each step towards it has a certificate of its own; this one asks whether what was put together from them is the same.
What is too long to be read is not asked about: the steps are what there is to read then.
"""

from __future__ import annotations

from collections.abc import Iterator

from ..language.expression import Equation, Expression, Name, Subscript
from .certify_claim import Claim, counts, holds, shrunk
from .certify_names import Meanings
from .certify_through import NOWHERE, Through, at_places
from .certify_zeros import DIGITS
from .step import Check, Derivation, Result, Step

LIMIT = 4_000  # scalars of one formula and of what it is compared with; more take longer than they are worth
METHOD = f"comparison with the derivative through the whole network at random points, {DIGITS} digits"


class Results:
    """The results of one derivation, whose steps `meanings` has learned."""

    def __init__(self, derivation: Derivation, meanings: Meanings) -> None:
        self.meanings = meanings
        found = dict.fromkeys(condition for step in derivation.walk() for condition in step.conditions)
        self.conditions = tuple(found)

    def check(self, result: Result) -> Check | None:
        """None where it is too large to be compared."""
        known = True
        for claim in self._claims(result):
            outcome = holds(shrunk(claim), LIMIT)
            if outcome is not True and counts(claim):  # numbers may be made of true lengths
                outcome = holds(claim, LIMIT)
            if outcome:
                return Check(METHOD, True)
            known = known and outcome is not None
        return Check(METHOD, False) if known else None

    def _claims(self, result: Result) -> Iterator[Claim]:
        """Tensors between are any numbers; else they are what their equations say, as y is σ(a)."""
        formula = result.formula
        records = (d for d in self.meanings.derivatives.values() if (d.of, d.by) == (result.of, result.by))
        whole = min(records, key=lambda record: record.edge)
        places = tuple(map(Name, formula.indices))
        through = Through(whole, (), self.meanings.derivatives, self.meanings.nodes, self.meanings.readers)
        before = through.total(result.by, places)
        given = (*through.equations.values(), *map(_equation, formula.parts))
        step = Step("", "result", "", at_places(whole.name, places), formula.body, "", conditions=self.conditions)
        for opened in ((), tuple(self.meanings.nodes)):
            yield self.meanings.claim(step, opened, given, through.slopes, before)


def _equation(part: tuple[Expression, Expression]) -> Equation:
    left, right = part
    if isinstance(left, Subscript):
        return Equation(left.base.name, left.subscripts, right, NOWHERE)  # type: ignore[attr-defined, arg-type]
    return Equation(left.name, (), right, NOWHERE)  # type: ignore[attr-defined]
