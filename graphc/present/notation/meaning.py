"""What the names of one text stand for, and how many axes an expression has: so all of it is written alike."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from ...derivation.step import Derivative
from ...graph.size import Size
from ...language import expression as e
from .symbols import Symbols

Expression = e.Expression
WHOLE = frozenset({"sum", "mean", "max", "min", "prod", "logsumexp"})


class Notation:
    """`extents` are those of the network's tensors, where it is known: they say what a mean is over."""

    def __init__(
        self,
        expressions: Iterable[Expression] = (),
        derivatives: Mapping[str, Derivative] | None = None,
        extents: Mapping[str, Sequence[Size]] | None = None,
    ) -> None:
        self.derivatives, self.extents = derivatives or {}, extents or {}
        self.ranks: dict[str, int] = {}
        names = dict.fromkeys(one for each in self.derivatives.values() for one in (each.of, each.by))
        for part in walk(expressions):
            if isinstance(part, e.Name | e.Bound):
                names[part.name] = None
            elif isinstance(part, e.Subscript) and isinstance(part.base, e.Name):
                self.ranks[part.base.name] = len(part.subscripts)
        for each in self.derivatives.values():
            for one, at in ((each.of, each.of_at), (each.by, each.by_at)):
                self.ranks.update({one: len(at)} if at else {})
        self.symbols = Symbols((name for name in names if name not in self.derivatives), self.ranks)
        self._ranks: dict[Expression, int] = {}

    def rank(self, expression: Expression) -> int:
        """How many axes it is known to have; one element of a tensor has none."""
        if not self.ranks:
            return 0
        pending = [expression]
        while pending:
            part = pending[-1]
            children = () if isinstance(part, e.Subscript | e.Reduce | e.Tuple) else part.children
            missing = [child for child in children if child not in self._ranks]
            if missing and part not in self._ranks:
                pending += missing
                continue
            pending.pop()
            if part not in self._ranks:
                self._ranks[part] = self._rank(part, [self._ranks[child] for child in children])
        return self._ranks[expression]

    def _rank(self, part: Expression, inner: Sequence[int]) -> int:
        if isinstance(part, e.Name):
            record = self.derivatives.get(part.name)
            return self.ranks.get(part.name, 0) if record is None else len(record.parameters)
        if isinstance(part, e.MatMul):
            return max(inner) if min(inner) > 1 else max(0, sum(inner) - 2)
        if isinstance(part, e.Call) and part.function == "reshape":
            shape = part.arguments[-1]
            return len(shape.items) if isinstance(shape, e.Tuple) else 1
        if isinstance(part, e.Call) and part.function in WHOLE and len(part.arguments) == 1:
            return _left_over(part, inner[0])
        return max(inner, default=0)


def _left_over(call: e.Call, rank: int) -> int:
    """The axes that a reduction of a whole tensor leaves."""
    given = dict(call.keywords)
    if "keepdims" in given:
        return rank
    axis = given.get("axis")
    if axis is None:
        return 0 if call.function != "logsumexp" else max(0, rank - 1)
    return max(0, rank - (len(axis.items) if isinstance(axis, e.Tuple) else 1))


def walk(expressions: Iterable[Expression]) -> Iterable[Expression]:
    """Every different part once."""
    seen: set[Expression] = set()
    pending = list(expressions)[::-1]
    while pending:
        part = pending.pop()
        if part not in seen:
            seen.add(part)
            yield part
            pending.extend(reversed(part.children))
