"""What a derivation is: a tree of steps, each of which says what became what, by which rule, and how that was checked.

`before` and `after` are expressions of the language and always equal. A derivative has no word in the language, so a
step that speaks of one names it: `dL_dy[i]`, `dy_da[i]`; `Derivative` says what such a name stands for.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Literal

from ..graph.node import Node
from ..language.expression import Expression, Name, Subscript

if TYPE_CHECKING:
    from ..graph.network import Network

Zoom = Literal["graph", "index", "scalar"]
READABLE = 120  # parts of a formula that is read as a whole


@dataclass(frozen=True)
class Derivative:
    """What `name[parameters]` stands for: ∂of[of_at]/∂by[by_at], the subscripts written in the parameters.

    It is total through everything between the two tensors; of an `edge` only through what the one equation says.
    """

    name: str
    parameters: tuple[str, ...]
    of: str
    of_at: tuple[Expression, ...]
    by: str
    by_at: tuple[Expression, ...]
    edge: bool = False
    extents: tuple[Expression, ...] | None = None  # of the parameters, where they are known
    direct: bool = False  # of an edge: `by` reaches `of` in other ways too, so that the total derivative is another one


@dataclass(frozen=True)
class Check:
    """How a step was certified, and with what outcome."""

    method: str
    ok: bool


@dataclass(frozen=True)
class Step:
    """One line and its reason. Children unfold it, at the same zoom or a closer one."""

    id: str
    rule: str
    title: str
    before: Expression
    after: Expression
    why: str
    zoom: Zoom = "graph"
    uses: tuple[str, ...] = ()
    conditions: tuple[str, ...] = ()
    check: Check | None = None
    children: tuple[Step, ...] = ()
    node: str | None = None  # the named tensor of the graph that it is about
    opens: tuple[str, ...] = ()  # named tensors whose equations the step looks into; all others may be any numbers
    folded: bool = False  # shown only when it is asked for
    extents: tuple[Expression, ...] | None = None  # of the indices of a part's name

    def walk(self) -> Iterator[Step]:
        """The step, then all that unfolds it."""
        stack = [self]
        while stack:
            step = stack.pop()
            yield step
            stack.extend(reversed(step.children))


@dataclass(frozen=True)
class Formula:
    """A gradient in names of the network alone: appended to its file as `g[indices] = body` it is the gradient.

    One that would be far too long as one expression, as where every layer is skipped too, reads other derivatives by
    name, and their equations follow it.
    """

    indices: tuple[str, ...]
    extents: tuple[str, ...] | None  # given where no read fixes them
    body: Expression
    matrix: Expression | None = None  # the same in whole-tensor notation, where there is one
    parts: tuple[tuple[Expression, Expression], ...] = ()  # left and right sides that define what else the body reads


@dataclass(frozen=True)
class Result:
    """∂of/∂by. Its formula is written when it is first asked for: those of all layers together grow with the square
    of the depth, and the long ones are of use to programs only."""

    of: str
    by: str
    node: Node  # what the compiler makes of it
    write: Callable[[], Formula] = field(repr=False, compare=False)
    long: bool = False  # far too long to be read; the last step towards it says more
    judge: Callable[[Result], Check | None] | None = field(default=None, repr=False, compare=False)

    @cached_property
    def check(self) -> Check | None:
        """Of the formula as a whole, where it can be read; made when it is first asked for."""
        return None if self.judge is None or not self.readable else self.judge(self)

    @cached_property
    def readable(self) -> bool:
        return not self.long and not longer(self.formula.body, READABLE)

    @cached_property
    def formula(self) -> Formula:
        return self.write()

    @property
    def indices(self) -> tuple[str, ...]:
        return self.formula.indices

    @property
    def extents(self) -> tuple[str, ...] | None:
        return self.formula.extents

    @property
    def body(self) -> Expression:
        return self.formula.body

    @property
    def matrix(self) -> Expression | None:
        return self.formula.matrix

    @property
    def parts(self) -> tuple[tuple[Expression, Expression], ...]:
        return self.formula.parts


@dataclass(frozen=True)
class Derivation:
    """The derivation of ∂of/∂w for some w: steps in reading order, and what comes out."""

    model: str
    of: str
    wrt: tuple[str, ...]
    steps: tuple[Step, ...]
    result: dict[str, Result]  # by "dL/dw"
    derivatives: dict[str, Derivative] = field(default_factory=dict)  # what the names that steps introduce stand for
    net: Network | None = field(
        default=None, repr=False, compare=False
    )  # whose graph and program a page shows beside it

    def extents(self, step: Step) -> tuple[Expression, ...] | None:
        """How far the indices run of a name that a step says the meaning of: `name[i<m,j<n] = …`."""
        base = step.before.base if isinstance(step.before, Subscript) else step.before
        named = self.derivatives.get(base.name) if isinstance(base, Name) else None
        return step.extents or (None if named is None else named.extents or None)

    @property
    def confirmed(self) -> bool:
        """Whether every certificate of a step or of a result holds."""
        checks = [*(step.check for step in self.walk()), *(result.check for result in self.result.values())]
        return all(check is None or check.ok for check in checks)

    def walk(self) -> Iterator[Step]:
        """Every step, those that unfold others too."""
        for step in self.steps:
            yield from step.walk()


def longer(expression: Expression, most: int) -> bool:
    """Whether it has more parts than that, those counted that stand there again."""
    count, pending = 0, [expression]
    while pending and count <= most:
        count += 1
        pending.extend(pending.pop().children)
    return count > most
