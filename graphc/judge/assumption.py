"""The weakest assumption under which a false line would be true."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from time import monotonic

from ..language.errors import GraphcError
from ..language.expression import Bound, Compare, Equation, Expression, Name, Number
from ..language.text import text
from .dag import Dag, TooMuch
from .equal import decide
from .expand import Array
from .givens import Assumption, Givens
from .points import Points
from .total import mentioned, parts
from .world import World

BUDGET = 0.8  # seconds
NAMES = 8
ZERO, ONE = Number(Fraction(0)), Number(Fraction(1))


def saving(
    before: Expression, after: Expression, givens: Givens, context: Sequence[Expression] = (), budget: float = BUDGET
) -> Assumption | None:
    """An assumption that nobody stated and that makes the line true; None where none of the usual ones does."""
    end = monotonic() + budget
    for assumption in _weakest_first(before, after, givens):
        left = end - monotonic()
        if left <= 0:
            return None
        if not _pins(assumption, givens) and all(
            _holds(before, after, givens, one, context, left) for one in (assumption, *_cases(assumption))
        ):
            return assumption
    return None


def _holds(
    before: Expression,
    after: Expression,
    givens: Givens,
    assumption: Assumption,
    context: Sequence[Expression],
    left: float,
) -> bool:
    try:
        assumed = givens.assuming([assumption])
        return decide(before, after, assumed, left, context, witness=False).status == "true"
    except (GraphcError, TooMuch):
        return False


def _pins(assumption: Assumption, givens: Givens) -> bool:
    """Whether it leaves one number alone of all that a name may be."""
    compare = assumption.holds
    name = assumption.name or (compare.operands[0].name if compare and isinstance(compare.operands[0], Name) else "")
    dag = Dag()
    symbol = {name: Array((), (dag.symbol(name),))}
    before, after = (Points(dag, symbol, held) for held in (givens.assumptions, (*givens.assumptions, assumption)))
    return after.ranges[name].single and not before.ranges[name].single


def _cases(assumption: Assumption) -> Iterator[Assumption]:
    """Each element of a set by itself: at none of them may the lines be undefined."""
    if assumption.kind == "values" and len(assumption.values) > 1:
        for value in assumption.values:
            yield Assumption("values", assumption.name, (value,))


def _weakest_first(before: Expression, after: Expression, givens: Givens) -> Iterator[Assumption]:
    names = _free(before, after, givens)
    rising = sorted(dict.fromkeys([ZERO, ONE, *_numbers((before, after))]), key=lambda number: number.value)
    for sign, numbers in ((">=", rising), ("<=", rising[::-1])):
        for number in numbers:
            for name in names:
                yield _compared(name, sign, number)
    scalars = [name for name, rank in names.items() if not rank]
    for one in scalars:
        for other in scalars:
            if one != other:
                yield _compared(one, ">=", Name(other))
    if Name("pi") in {part for line in (before, after) for part in parts(line)}:
        for name in names:
            yield Assumption("integer", name, text=f"{name} integer")
    for name in names:
        yield Assumption("open", name, (Fraction(0), Fraction(1)), text=f"{name} in (0, 1)")
    for name, rank in names.items():
        if rank:
            yield Assumption("distribution", name, text=f"{name} distribution")
    for values in ((0, 1), (-1, 1)):
        for name in (name for name in names if Name("d" + name) not in parts(before)):  # what moves is no class
            written = ", ".join(map(str, values))
            yield Assumption("values", name, tuple(map(Fraction, values)), text=f"{name} in {{{written}}}")
    for name, rank in names.items():
        if rank:
            yield Assumption("one_hot", name, text=f"{name} one_hot")


def _compared(name: str, sign: str, right: Expression) -> Assumption:
    compare = Compare((Name(name), right), (sign,))
    return Assumption("holds", holds=compare, text=text(compare))


def _numbers(lines: Sequence[Expression]) -> list[Number]:
    found = [part for line in lines for part in parts(line) if isinstance(part, Number)]
    return sorted(dict.fromkeys(found), key=lambda number: abs(number.value))[:3]


def _free(before: Expression, after: Expression, givens: Givens) -> dict[str, int]:
    """The names that the two lines hang on and nothing defines, with the number of their axes."""
    world = World(givens, (before, after))
    used = world.order([name for line in world.lines for name in world.used(line)])
    spoken = frozenset().union(*map(mentioned, world.lines), *(mentioned(world.rights[name]) for name in used))
    bound = _bound(world)
    names = [
        name
        for name in sorted(spoken)
        if name not in world.equations
        and name not in world.sizes
        and name not in world.indices
        and name not in ("pi", "true", "True")
        and (world.is_tensor(name) or name not in bound)
    ]
    return {name: world.ranks.get(name, 0) for name in names[:NAMES]}


def _bound(world: World) -> frozenset[str]:
    """The names that are an index somewhere."""
    texts = (*world.rights.values(), *world.lines)
    found = {part.name for text_ in texts for part in parts(text_) if isinstance(part, Bound)}
    equations = [equation for equation in world.equations.values() if isinstance(equation, Equation)]
    return frozenset(found.union(*({bound.name for bound in e.indices or ()} for e in equations)))
