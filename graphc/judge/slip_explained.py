"""All that is said of the first false line: the rule probably meant, a repair, the assumption that would save it."""

from __future__ import annotations

from collections.abc import Sequence
from time import monotonic

from ..language.expression import Expression
from .assumption import saving
from .givens import Givens
from .repair import repair
from .repair_text import as_written
from .report import Explanation
from .slip import slip

REPAIR, SAVING, SLIP = 1.5, 0.8, 0.8  # seconds, where there are so many


def explained(
    before: Expression, after: Expression, written: str, givens: Givens, context: Sequence[Expression], seconds: float
) -> Explanation:
    """`written` is the false line as it was typed."""
    end = monotonic() + seconds
    found = repair(before, after, givens, context, min(REPAIR, seconds / 2))
    assumed = saving(before, after, givens, context, min(SAVING, max(0.0, end - monotonic()) / 2))
    meant = slip(before, after, givens, found, context, min(SLIP, max(0.0, end - monotonic())))
    return Explanation(
        rule=None if meant is None else meant.rule,
        repair=None if found is None else as_written(written, after, found.line),
        saving=None if assumed is None else assumed.text,
        sentence="" if meant is None else meant.sentence,
    )
