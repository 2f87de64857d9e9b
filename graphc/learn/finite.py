"""Where a loss that is no number comes from: the first tensor, in the order of computation, with such an element."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from ..compiler.program import compile
from ..graph.node import Leaf, Map, Node, order
from ..graph.text import equation, formula
from ..language.errors import GraphcError

if TYPE_CHECKING:
    import numpy as np

    from .history import Course

LONGEST = 200  # of an equation in a message

HINTS = {
    "input": "look at the data: it should hold finite numbers",
    "param": "the step before went too far: a smaller learning rate, or clip=gc.ClipNorm(1)",
    "map": "a smaller learning rate, clip=gc.ClipNorm(1), or a formula that stays finite, as log_softmax(z) does",
}


class NotFinite(GraphcError):
    """A step whose loss is NaN or infinite. `count` is its number, `node` the name of the first such tensor."""

    def __init__(self, loss: float, count: int, node: Node | None, why: str = "") -> None:
        self.loss, self.count, self.node = loss, count, node.name if node is not None else None
        self.course: Course | None = None  # where it broke off a whole training
        super().__init__(f"the loss is {loss} at step {count}{why}", HINTS[node.kind if node is not None else "map"])


def not_finite(loss: Node, values: Mapping[str, np.ndarray], value: float, count: int) -> NotFinite:
    """The error, after everything that the loss needs was computed once more and looked at."""
    import numpy as np

    empty = next((name for name, array in values.items() if not np.size(array)), None)
    if empty is not None:
        return NotFinite(value, count, None, f"; `{empty}` holds no examples")
    nodes = [node for node in order([loss]) if node.kind in ("input", "param", "map")]
    maps = [node for node in nodes if isinstance(node, Map)]
    given: dict[str, np.ndarray] = {name: np.asarray(array) for name, array in values.items()}
    dtype = next((given[node.name or ""].dtype for node in nodes if node.kind == "param"), np.dtype(np.float64))
    given = {name: array.astype(dtype) if array.dtype.kind == "f" else array for name, array in given.items()}
    computed = dict(zip(maps, compile(maps)(**given), strict=True))
    for node in sorted(nodes, key=lambda node: isinstance(node, Map)):
        array = computed[node] if isinstance(node, Map) else given[node.name or ""]
        wrong = np.argwhere(~np.isfinite(array))
        if len(wrong):
            place = _where(node, array, wrong[0], maps)
            return NotFinite(value, count, node, f"; the first that is not finite is {place}")
    return NotFinite(value, count, None)


def _where(node: Node, array: np.ndarray, wrong: np.ndarray, maps: Sequence[Map]) -> str:
    place = tuple(map(int, wrong))
    at = f"[{', '.join(map(str, place))}]" if place else ""
    if isinstance(node, Leaf):
        return f"`{node.name}{at}`, which is {array[place]}"
    if node.name is not None:
        return f"`{node.name}{at}`, which is {array[place]}, in {_short(equation(node))}"
    owner = next((f" in `{one.name}`" for one in maps if one.name is not None and node in _parts(one)), "")
    return f"{_short(formula(node))}{owner}, which is {array[place]}" + f" at {at}" * bool(at)


def _parts(node: Map) -> set[Node]:
    """What has no name of its own in the equation of a tensor."""
    found: set[Node] = set()
    pending = [node]
    while pending:
        for below in pending.pop().inputs:
            if isinstance(below, Map) and below.name is None and below not in found:
                found.add(below)
                pending.append(below)
    return found


def _short(text: str) -> str:
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 2]} …"
