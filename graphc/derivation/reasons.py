"""Why a step holds, in the names and letters of that step. What is marked with ` is an expression of the language."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from ..graph.scalar import rewrite
from ..language.expression import Call, Compare, Expression, Name, Reduce
from ..language.text import text
from .plain import PLAIN
from .scalar_terms import names, term, walked
from .table import RULES

MOST = 3  # letters or deltas that are named; of more the rule itself is enough
DELTAS = frozenset(("delta", "a sum over a delta"))


def kind(rule: str, before: Expression, after: Expression) -> str:
    """What one rule of algebra does has its name; what else is tidied up gets no longer, or it is only arranged."""
    if rule in ("simplify", "collect"):
        whole, wanted = term(before), term(after)
        for one in PLAIN:
            if wanted is not whole and rewrite(whole, one.applied) is wanted:
                return one.name
    return "arrange" if rule == "simplify" and len(text(after)) > len(text(before)) else rule


def reason(rule: str, before: Expression, after: Expression) -> str:
    """That of the rule, with the indices that are really summed and the deltas that are really there."""
    if rule in DELTAS:
        return _of_deltas(rule, before if rule != "delta" else after)
    if rule == "linearity":
        letters = _bounds(before, but=walked(after))
        if len(letters) == 1:
            return f"Terms can be added in any order, and what does not depend on `{letters[0]}` can be drawn out."
        if 1 < len(letters) <= MOST:
            return f"What does not depend on one of the indices {listed(letters)} is drawn out of the sum over it."
    return RULES[rule].why


def _of_deltas(rule: str, whole: Expression) -> str:
    """A delta of a summed index picks the term where it is the other one."""
    summed = set(_bounds(whole))
    found: dict[str, None] = {}
    for part in walked(whole):
        condition = part.arguments[0] if isinstance(part, Call) and part.function == "where" else None
        if isinstance(condition, Compare) and condition.operators == ("==",):
            left, right = condition.operands
            if summed & (names(left) | names(right)):
                ahead = (left, right) if isinstance(left, Name) and left.name in summed else (right, left)
                found[" = ".join(f"`{text(side)}`" for side in ahead)] = None
    if not found or len(found) > MOST:
        return RULES[rule].why
    equal = _with_and(list(found), "and")
    if rule == "delta":
        return f"An element moves with itself and with no other one: the delta is 1 where {equal} and 0 elsewhere."
    return f"Every term but the one with {equal} is multiplied by 0."


def _bounds(whole: Expression, but: Iterable[Expression] = ()) -> list[str]:
    """The letters of the sums, but for sums that stay as they are."""
    kept = set(but)
    sums = (part for part in walked(whole) if isinstance(part, Reduce) and part not in kept)
    return list(dict.fromkeys(bound.name for one in sums for bound in one.indices))


def listed(parts: Iterable[str], word: str = "and") -> str:
    """`a`, `b` and `c`, each marked as a name."""
    return _with_and([f"`{part}`" for part in parts], word)


def _with_and(parts: Sequence[str], word: str) -> str:
    return f" {word} ".join(filter(None, (", ".join(parts[:-1]), parts[-1])))
