"""What was probably meant by a false line."""

from __future__ import annotations

from ..language.expression import Expression
from .equal import Verdict
from .givens import Givens
from .report import Explanation


def explain(
    before: Expression,
    after: Expression,
    givens: Givens,
    verdict: Verdict,
    earlier: tuple[Expression, ...],
    seconds: float,
) -> Explanation:
    """The rule that was misapplied, the smallest repair of `after`, and the weakest assumption that would save it."""
    return Explanation()
