"""Which rule was probably meant and misapplied: the mistake that leads from the line before to just this line.

Derivatives are taken again by rules that are broken on purpose, and the line before is rewritten by identities that
do not hold. What comes to the very values of the false line is the likeliest reason; else the repair's kind tells.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from time import monotonic
from typing import Any

from ..language.expression import Call, Expression, Name, Quotient, Subscript
from ..language.text import text
from .expand import Reading, array
from .givens import Givens
from .repair import Repair, Target, too_long
from .repair_tree import put, sites
from .repair_values import FAILS, Values, deep
from .shapes import Frame
from .slip_identities import misused
from .slip_rules import BrokenForwards, Slip, broken
from .total import Total, parts

BUDGET = 0.8  # seconds

# by the kind of edit that mends the line
KINDS: dict[str, tuple[str, str]] = {
    "sign": ("sign", "a sign is turned"),
    "factor": ("constant factor", "a constant factor is lost or too many"),
    "dropped": ("sum rule", "a term is too many"),
    "extra": ("factor", "a factor is too many"),
    "value": ("arithmetic", "the number is another one"),
    "mean": ("mean", "the sum and the mean differ by the number of what is summed"),
    "term": ("sum rule", "a term is missing, or one is too many"),
    "exponent": ("power", "an exponent is another one"),
    "index": ("index", "an index stands in the wrong place"),
    "transpose": ("transpose", "a transpose is missing, or the factors of a matrix product stand the other way round"),
    "comparison": ("comparison", "a comparison is turned round"),
    "swapped": ("order", "two parts are exchanged"),
    "summation": ("summation", "what is summed over is not what the line before sums over"),
    "unapplied": ("function", "a function is left out"),
    "applied": ("function", "a function is too many"),
    "function": ("function", "another function is meant"),
    "inverted": ("quotient", "a fraction stands upside down"),
    "divisor": ("quotient", "a divisor is missing"),
    "constant": ("arithmetic", "a number is another one"),
    "name": ("name", "another name is meant"),
    "complement": ("complement", "one minus this is meant"),
    "product": ("product", "two parts are multiplied that are to be added"),
    "quotient": ("quotient", "two parts are divided that are to be subtracted"),
    "replaced": ("substitution", "a part is not what the line before has in its place"),
}


CHAIN = "each factor of the chain starts where the one before it ends, and every path counts"


def slip(
    before: Expression,
    after: Expression,
    givens: Givens,
    repair: Repair | None,
    context: Sequence[Expression] = (),
    budget: float = BUDGET,
) -> Slip | None:
    """The rule and a sentence on it."""
    if repair is not None and _derives(after) and _derives(before):
        return Slip("chain rule", CHAIN)
    if too_long(before, after):
        return None
    with deep():
        try:
            found = _Mistakes(before, after, givens, context, monotonic() + budget).found()
        except FAILS:
            found = None
    return found or (None if repair is None else _of_repair(before, repair))


def _of_repair(before: Expression, repair: Repair) -> Slip:
    added = repair.added
    if repair.kind == "inner" and added is not None:
        if isinstance(added, Call) and added.function == "where":
            return Slip("delta", f"what does not hang on the other index is 0: {text(added)} is missing")
        if _derives(before):
            return Slip("chain rule", f"the inner derivative {text(added)} is missing")
        return Slip("factor", f"the factor {text(added)} is missing")
    if repair.kind == "term" and added is not None:
        return Slip("chain rule" if _derives(before) else "sum rule", f"the term {text(added)} is missing")
    rule, sentence = KINDS[repair.kind]
    return Slip(rule, sentence)


def _derives(line: Expression) -> bool:
    """Whether a derivative is written in the line."""
    for part in parts(line):
        if isinstance(part, (Quotient, Total)):
            below = part.children[1]
            base = below.base if isinstance(below, Subscript) else below
            if isinstance(part, Total) or (isinstance(base, Name) and base.name[:1] == "d" and len(base.name) > 1):
                return True
    return False


class _Mistakes:
    """All known mistakes, tried on one line."""

    def __init__(
        self, before: Expression, after: Expression, givens: Givens, context: Sequence[Expression], end: float
    ) -> None:
        self.before, self.end = before, end
        self.values = Values(before, after, givens, context, end - monotonic())
        value = self.values.of(after)
        if value is None:
            raise ValueError
        self.target = Target(value)

    def found(self) -> Slip | None:
        value = self.values.of(self.before)
        if value is not None and self.target.equals(-value) and not self.target.equals(value):
            return Slip("sign", "the whole line has the other sign")
        for slip, value in self._all():
            if monotonic() > self.end:
                return None
            if value is not None and self.target.equals(value):
                return slip
        return None

    def _all(self) -> Iterator[tuple[Slip, Any]]:
        bench = self.values.bench
        line = bench.lines[0]
        if any(isinstance(part, Total) for text_ in (line, *bench.world.rights.values()) for part in parts(text_)):
            yield from self._derivatives(line)
        for one in (self.before, *self._opened()):
            for slip, rewritten in misused(one):
                yield slip, self.values.of(rewritten)

    def _derivatives(self, line: Expression) -> Iterator[tuple[Slip, Any]]:
        """The line before with its derivatives taken wrongly."""
        bench = self.values.bench
        if not any(isinstance(part, Total) for part in parts(line)):
            return
        right = bench.expand.forwards
        for slip, rules, still in broken(sorted(bench.world.equations)):
            bench.expand.forwards = BrokenForwards(bench.dag, rules, still)
            try:
                yield slip, self._again(line)
            finally:
                bench.expand.forwards = right

    def _again(self, line: Expression) -> Any:
        """The values of a line that is read afresh."""
        import numpy as np

        values, bench = self.values, self.values.bench
        try:
            frame = Frame()
            bench.shapes.shape(line, frame, bench.shapes.indices)
            bench.shapes.lengths.solve(bench.chosen)
            reading = Reading(frame)
            nodes: list[int] = []
            for place in values.places:
                env = dict(zip(values.axes, place, strict=True))
                nodes.extend(array(bench.expand.value(line, reading, env)).items)
            with np.errstate(all="ignore"):
                return np.concatenate([values.floats.value(node) for node in nodes])
        except FAILS:
            return None

    def _opened(self) -> Iterator[Expression]:
        """The line before with one name's own equation put in its place."""
        equations = self.values.bench.world.equations
        for site in sites(self.before, ()):
            equation = equations.get(site.part.name) if isinstance(site.part, Name) else None
            if equation is not None and getattr(equation, "indices", None) is None:
                new = equation.right if hasattr(equation, "right") else None
                if new is not None:
                    whole = put(self.before, site.path, new)
                    if whole is not None:
                        yield whole
