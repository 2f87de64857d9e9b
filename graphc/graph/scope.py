"""What names mean where an expression stands, and how expressions are read without recursion."""

from __future__ import annotations

from collections.abc import Generator, Iterable, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

from ..language.errors import GraphcError
from ..language.expression import Definition, Source, Span
from .extents import Frame
from .scalar import Index
from .size import Size
from .value import Value

if TYPE_CHECKING:
    Argument = Value | tuple[Value, ...]

# A net's functions can double what they are given; a text of a few lines must not take all of the memory.
MAX_TASKS = 400_000

Steps = Generator["Task", Any, Any]


class Task(NamedTuple):
    """Something to be read: its steps, and where it stands for the errors that come out of it."""

    steps: Steps
    source: Source | None
    span: Span | None
    parts: int = 1  # how much it counts towards what a text may come to


def run(task: Task) -> Any:
    """Carry out a task and whatever tasks it waits for; the pile of waiting ones is a list, so depth is free."""
    stack = [task]
    left = MAX_TASKS
    answer: Any = None
    error: GraphcError | None = None
    while stack:
        steps = stack[-1].steps
        try:
            more = steps.send(answer) if error is None else steps.throw(error)
        except StopIteration as done:
            answer, error = done.value, None
            stack.pop()
        except GraphcError as problem:
            error = problem.at(stack[-1].source, stack[-1].span)
            stack.pop()
        else:
            answer, error = None, None
            stack.append(more)
            left -= more.parts
            if left <= 0:
                hint = "functions that call functions twice each double it"
                error = GraphcError(f"this comes to more than {MAX_TASKS:,} parts", hint)
    if error is not None:
        raise error.with_traceback(None)
    return answer


class World(Protocol):
    """The names that an equation or a formula may use beside its own: a net's, or none but the library's."""

    sizes: Mapping[str, Size]
    ambiguous: frozenset[str]  # sizes that are tensors too: in a subscript or an extent they are sizes

    def has_tensor(self, name: str) -> bool: ...
    def tensor(self, name: str) -> Value | Task: ...
    def definitions(self, name: str) -> tuple[Definition, ...]: ...
    def known(self) -> Iterable[str]: ...
    def mask(self, extents: tuple[Size, ...], rate: Any) -> Value: ...


class Scope:
    """The names that hold at one place, and whether reads there may fall outside."""

    __slots__ = ("arguments", "counting", "ellipsis", "frame", "guarded", "indices", "sizes", "source", "world")

    def __init__(
        self,
        world: World,
        source: Source | None,
        frame: Frame,
        indices: Mapping[str, Index] | None = None,
        arguments: Mapping[str, Argument] | None = None,
        sizes: Mapping[str, Size] | None = None,
        ellipsis: tuple[Index, ...] = (),
        guarded: bool = False,
        counting: bool = False,
    ) -> None:
        self.world, self.source, self.frame = world, source, frame
        self.indices, self.arguments, self.sizes = indices or {}, arguments or {}, sizes or {}
        self.ellipsis, self.guarded, self.counting = ellipsis, guarded, counting

    def binding(self, indices: Mapping[str, Index]) -> Scope:
        """The scope inside a reduction."""
        inner = {**self.indices, **indices}
        return Scope(
            self.world, self.source, self.frame, inner, self.arguments, self.sizes, self.ellipsis, self.guarded
        )

    def inside(self) -> Scope:
        """The scope inside `inside(…)`."""
        names = self.indices, self.arguments, self.sizes, self.ellipsis
        return Scope(self.world, self.source, self.frame, *names, True, self.counting)

    def within_subscript(self) -> Scope:
        """The scope of a subscript or an extent."""
        if not self.world.ambiguous or self.counting:
            return self
        names = self.indices, self.arguments, self.sizes, self.ellipsis
        return Scope(self.world, self.source, self.frame, *names, self.guarded, True)

    def has_tensor(self, name: str) -> bool:
        return self.world.has_tensor(name) and not (self.counting and name in self.world.ambiguous)

    def size(self, name: str) -> Size | None:
        return self.sizes.get(name) or self.world.sizes.get(name)

    def known(self) -> set[str]:
        return {*self.indices, *self.arguments, *self.sizes, *self.world.sizes, *self.world.known()}

    def error(self, message: str, span: Span | None, hint: str | None = None) -> GraphcError:
        return GraphcError(message, hint).at(self.source, span)
