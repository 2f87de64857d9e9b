"""A line of a whole tensor beside one of its elements: `dL/dw`, then `… x[i,j]` with j free, means dL/dw[j].

Which index stands for which axis is said by what it reads; where two axes would do for one index, nothing is said.
"""

from __future__ import annotations

from collections.abc import Sequence

from ..language.errors import GraphcError
from ..language.expression import Expression, Name, Subscript
from .bench import Bench
from .dag import TooMuch
from .dims import NoRoom
from .facts import facts
from .frame import Shape
from .givens import Givens


def aligned(
    before: Expression, after: Expression, givens: Givens, context: Sequence[Expression], seconds: float
) -> tuple[Expression, Expression]:
    """Both lines, the whole one at the free indices of the other; as they are where that is not clear."""
    if facts(before).places == facts(after).places:
        return before, after
    try:
        bench = Bench(givens, (before, after), (2, 3), seconds, context, roomy=False)
    except (GraphcError, TooMuch, NoRoom):
        return before, after
    free = [bench.free_indices([line]) for line in bench.lines]
    lines = [before, after]
    for whole, element in ((0, 1), (1, 0)):
        indices = [name for name in free[element] if name not in free[whole]]
        if indices and not bench.own[element] and not set(free[whole]) - set(free[element]):
            order = _ordered(indices, bench.own[whole], bench)
            if order:
                lines[whole] = Subscript(lines[whole], tuple(map(Name, order)))
    return lines[0], lines[1]


def _ordered(indices: Sequence[str], axes: Shape, bench: Bench) -> list[str]:
    """The indices in the order of the axes that they run over; none where that is not told."""
    if len(indices) != len(axes) or any(name.startswith("[") for name in indices):
        return []
    if len(indices) == 1:
        return list(indices)
    over = {bench.shapes.indices[name].root(): name for name in indices}
    order = [over.get(axis.root(), "") for axis in axes]
    return order if sorted(order) == sorted(indices) else []
