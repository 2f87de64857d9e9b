"""Steps as a lecture writes them down: chains of equalities, each line's left side written once.

A zoom says how far steps are unfolded. What is folded stays one line, unless the closest zoom is asked for.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ...derivation.step import Derivation, Step
from ...language.errors import GraphcError
from ...language.expression import Equation, Expression, Name, Subscript
from ..layers import layers
from .spoken import conditions

PROVED, FAILED = "✓", "✗"
ZOOMS = ("graph", "index", "scalar")
GIVEN = 12  # equations of the network that are repeated at the start


@dataclass(frozen=True)
class Line:
    """A step; `starts` says that its left side is written, `blocks` are what unfolds it at this zoom. A line that
    stands for folded steps has these in `folds`."""

    step: Step
    starts: bool
    blocks: tuple[Block, ...] = ()
    folds: tuple[Step, ...] = ()

    def folded(self) -> tuple[str, str, int]:
        """The numbers of the folded steps, what they are called, and how many there are with all that unfolds them."""
        first, last, count = self.folds[0], self.folds[-1], len(self.folds)
        inside = sum(1 for step in self.folds for _ in step.walk())
        return (first.id, first.title, inside) if count == 1 else (f"{first.id} – {last.id}", "Folded here", inside)


@dataclass(frozen=True)
class Block:
    """Lines under each other, as long as no other step stands in between."""

    lines: tuple[Line, ...]


def blocks(steps: Sequence[Step], zoom: str) -> tuple[Block, ...]:
    """The blocks of what is seen of these steps: definitions stand under each other; a chain of equalities starts
    afresh and so does what comes after it."""
    found: list[list[Line]] = []
    before: Expression | None = None
    chained = False
    for step in steps:
        if step.folded and zoom != ZOOMS[-1]:
            if found and found[-1][-1].folds:
                found[-1] = [Line(found[-1][-1].step, True, (), (*found[-1][-1].folds, step))]
            else:
                found.append([Line(step, True, (), (step,))])
            before, chained = None, True
            continue
        goes_on = step.before is before
        line = Line(step, not goes_on, blocks(seen(step, zoom), zoom))
        if not found or not (goes_on or not chained):
            found.append([line])
        else:
            if goes_on and not chained and len(found[-1]) > 1:
                found.append([found[-1].pop()])
            found[-1].append(line)
        chained, before = goes_on, step.after
    return tuple(Block(tuple(lines)) for lines in found)


def seen(step: Step, zoom: str) -> list[Step]:
    """The children that a zoom shows."""
    return [child for child in step.children if ZOOMS.index(child.zoom) <= ZOOMS.index(zoom)]


def reasons(block: Block, said: set[str], derivation: Derivation) -> Iterator[tuple[list[str], str, str]]:
    """What was done in steps of a block and why: neighbours of one kind together, a reason only where it is new."""
    groups: list[tuple[list[str], str, str]] = []
    told: set[str] = set()
    for line in block.lines:
        if line.folds:
            numbers, title, count = line.folded()
            groups.append(([numbers], title, f"{count} step{'s' * (count > 1)}."))
            continue
        step = line.step
        words = [f"Given: {conditions(step.conditions, derivation)}."] if step.conditions else []
        words += [step.why] if step.why and step.why not in said and step.rule not in told else []
        told.add(step.rule)
        said.add(step.why)
        if groups and not words and groups[-1][1] == step.title:
            groups[-1][0].append(step.id)
        else:
            groups.append(([step.id], step.title, " ".join(words)))
    yield from groups


def lines(found: Sequence[Block]) -> Iterator[Line]:
    for block in found:
        for line in block.lines:
            yield line
            yield from lines(line.blocks)


def unseen(derivation: Derivation, zoom: str, found: Sequence[Block]) -> dict[str, int]:
    """How many steps the closer zooms would show beside those that are there."""
    more: dict[str, int] = {}
    shown = sum(1 for _ in lines(found))
    for closer in ZOOMS[ZOOMS.index(zoom) + 1 :]:
        there = sum(1 for _ in lines(blocks(derivation.steps, closer)))
        if there > shown:
            more[closer] = there - shown
            shown = there
    return more


def summary(derivation: Derivation) -> Iterator[str]:
    """One sentence on how the steps are certified, after one on those that are not confirmed."""
    methods: dict[str, int] = {}
    failed: list[str] = []
    total = 0
    for step in derivation.walk():
        total += 1
        if step.check is not None and not step.check.ok:
            failed.append(step.id)
        elif step.check is not None:
            methods[step.check.method] = methods.get(step.check.method, 0) + 1
    if failed:
        yield f"{FAILED} Not confirmed: step{'s' * (len(failed) > 1)} {', '.join(failed)}."
    checked = sum(methods.values())
    if checked:
        many = f"All {total} steps" if checked == total else f"{checked} of {total} steps"
        found = "; ".join(f"{count} by {method}" for method, count in methods.items())
        yield f"{PROVED} {'The step is' if total == 1 else f'{many} are'} checked: {found}."
    yield from _results(derivation)


def _results(derivation: Derivation) -> Iterator[str]:
    """The same of the formulas that come out."""
    checks = {name: result.check for name, result in derivation.result.items()}
    wrong = [name for name, check in checks.items() if check is not None and not check.ok]
    right = [check.method for check in checks.values() if check is not None and check.ok]
    if wrong:
        yield f"{FAILED} Not confirmed: {', '.join(wrong)}."
    if right:
        rest = "" if len(right) == len(checks) else "; what is longer is checked step by step"
        many = f"{len(right)} of {len(checks)}" if rest else "Both" if len(checks) == 2 else f"All {len(checks)}"
        yield f"{PROVED} {'The result is' if len(checks) == 1 else f'{many} results are'} checked by {right[0]}{rest}."


def given(derivation: Derivation) -> list[tuple[Expression, Expression]]:
    """The equations of the network that the steps look into, as they were written."""
    from ...language.parse import parse_statement

    if derivation.net is None:
        return []
    opened = {name for step in derivation.steps for name in step.opens}
    found: list[tuple[Expression, Expression]] = []
    for layer in layers(derivation.net):
        if layer.name not in opened or layer.kind in ("input", "param", "const"):
            continue
        try:
            equation = parse_statement(f"{layer.left} = {layer.formula}")
        except GraphcError:
            continue
        if isinstance(equation, Equation):
            name = Name(equation.name)
            indices = tuple(Name(index.name) for index in equation.indices or ())
            found.append((Subscript(name, indices) if indices else name, equation.right))
    return found[:GIVEN]


def result_lines(derivation: Derivation) -> Iterator[tuple[Expression | None, Expression]]:
    """What comes out, element by element and, where there is such a form, as whole tensors; without a left side it is
    equal to the one before. What would be too long to read when all is put in is given as it came out, with the names
    of derivatives that were found before."""
    ends = _last_lines(derivation)
    for key, result in derivation.result.items():
        if result.by in ends and not result.readable:
            yield ends[result.by]
            continue
        name = Name(key)
        indices = tuple(map(Name, result.indices))
        yield Subscript(name, indices) if indices else name, result.body
        if result.matrix is not None:
            yield name if indices else None, result.matrix


def _last_lines(derivation: Derivation) -> dict[str, tuple[Expression, Expression]]:
    """By what a derivative is: the end of the last chain of equalities that starts with it."""
    by = {
        record.name: record.by
        for record in derivation.derivatives.values()
        if (record.of, record.of_at, record.edge) == (derivation.of, (), False)
    }
    found: dict[str, tuple[Expression, Expression]] = {}
    going_on: dict[Expression, str] = {}
    for step in derivation.walk():
        base = step.before.base if isinstance(step.before, Subscript) else step.before
        starts = step.zoom == ZOOMS[0] and isinstance(base, Name) and base.name in by
        variable = by[base.name] if starts else going_on.get(step.before)  # type: ignore[attr-defined]
        if variable is not None:
            found[variable] = (step.before if starts else found[variable][0], step.after)
            going_on[step.after] = variable
    return found
