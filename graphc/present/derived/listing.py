"""Steps and the lines of the program: which NumPy a step became, and which steps a line came from.

A derivative that is still there when all has cancelled is a tensor of the program by its name, `dL/da`. One that is
not became part of the next derivatives on the way to the parameters: no line computes it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from ...compiler.program import Program
from ...derivation.step import Derivation, Derivative, Step
from ...graph.node import Node, order
from ..layers import layers
from .chains import Chains


@dataclass(frozen=True)
class Lines:
    """What computes one tensor, by the name that the program has for it: lines with their numbers."""

    key: int
    name: str
    lines: tuple[tuple[int, str], ...]


@dataclass(frozen=True)
class Became:
    """The lines that a step became. Of a derivative that no line computes, `gone` is what it is called, and the lines
    are those that took it up."""

    lines: tuple[Lines, ...] = ()
    gone: Derivative | None = None


class Listing:
    """A program as the lines of its tensors; what has no name belongs to the first named tensor that reads it."""

    def __init__(self, program: Program) -> None:
        source = program.source.splitlines()
        home = _homes([node for node, _ in program.statements])
        numbers: dict[Node, list[int]] = {}
        for node, span in program.statements:
            numbers.setdefault(home[node], []).extend(span)
        first = min((span.start for _, span in program.statements), default=1)
        start = next((number for number, line in enumerate(source, 1) if line.startswith("def _prepare(")), first)
        self.prepared = tuple(
            (number, source[number - 1].removeprefix(" " * 4)) for number in range(start + 2, first - 3)
        )
        self.all = tuple(
            Lines(key, node.name or "", tuple((number, source[number - 1].removeprefix(" " * 8)) for number in found))
            for key, (node, found) in enumerate(numbers.items())
        )
        self.named = {lines.name: lines for lines in self.all if lines.name}


def _homes(nodes: Sequence[Node]) -> dict[Node, Node]:
    """The named tensor that each node is computed for."""
    reader: dict[Node, Node] = {}
    for node in reversed(list(dict.fromkeys(nodes))):
        home = node if node.name else reader.get(node, node)
        reader[node] = home
        for tensor in node.inputs:
            reader[tensor] = tensor if tensor.name else home
    return reader


class Origins:
    """Both directions, for one derivation and its program."""

    def __init__(self, derivation: Derivation, chains: Chains, listing: Listing) -> None:
        self.derivation, self.chains, self.listing = derivation, chains, listing
        self.below = _reads(derivation)
        self.taken_up = _readers(derivation, listing)
        self.became: dict[str, Became] = {step.id: self._became(step) for step in derivation.walk()}
        self.steps: dict[int, list[str]] = {}
        self._collect(derivation.steps, None)

    def __getitem__(self, step: Step) -> Became:
        return self.became[step.id]

    def own(self, step: Step, around: Step | None) -> Became:
        """The lines of a step as far as they are not just those of the step that it unfolds."""
        same = around is not None and self[step].lines == self[around].lines
        return Became() if same else self[step]

    def _collect(self, steps: Sequence[Step], around: Step | None) -> None:
        for step in steps:
            for lines in self.own(step, around).lines:
                self.steps.setdefault(lines.key, []).append(step.id)
            self._collect(step.children, step)

    def _became(self, step: Step) -> Became:
        target = self.chains[step]
        if target is None:
            lines = self.listing.named.get(step.node or "")
            return Became() if lines is None else Became((lines,))
        return self.of(target)

    def of(self, target: Derivative) -> Became:
        """The lines of a derivative, or of what took it up."""
        if target.of == self.derivation.of:
            own = self.listing.named.get(self._title(target.by))
            if own is not None:
                return Became((own,))
        return Became(tuple(self._next(target.by, target.of != self.derivation.of)), target)

    def _title(self, by: str) -> str:
        of, by = (f"({name})" if "/" in name else name for name in (self.derivation.of, by))
        return f"d{of}/d{by}"

    def _next(self, name: str, itself: bool) -> Iterator[Lines]:
        """The first derivatives that are computed, from that by a tensor on towards the parameters."""
        pending, seen = [name], {name}
        while pending:
            here = pending.pop(0)
            title = self._title(here)
            own = [self.listing.named[title]] if title in self.listing.named else self.taken_up.get(title, [])
            if own and (itself or here != name):
                yield from own
                continue
            fresh = [read for read in self.below.get(here, ()) if read not in seen]
            seen.update(fresh)
            pending += fresh


def _reads(derivation: Derivation) -> dict[str, tuple[str, ...]]:
    """What each tensor is computed from, as far as something that is differentiated by has an influence on it."""
    if derivation.net is None:
        return {}
    found: dict[str, tuple[str, ...]] = {}
    active = set(derivation.wrt)
    for layer in layers(derivation.net):
        reads = tuple(node.name or "" for node in layer.reads if (node.name or "") in active)
        if reads:
            active.add(layer.name)
            found[layer.name] = reads
    return found


def _readers(derivation: Derivation, listing: Listing) -> dict[str, list[Lines]]:
    """Of the derivatives that are tensors before the program is planned and have no lines there: what reads them."""
    found: dict[str, list[Lines]] = {}
    for node in order(result.node for result in derivation.result.values()):
        lines = listing.named.get(node.name or "")
        for tensor in node.inputs if lines is not None else ():
            if lines is not None and tensor.name and tensor.name not in listing.named:
                found.setdefault(tensor.name, []).append(lines)
    return found


def ranges(lines: Iterable[Lines]) -> list[tuple[int, int]]:
    """The runs of their numbers: first and last."""
    found: list[tuple[int, int]] = []
    for number in sorted({number for each in lines for number, _ in each.lines}):
        if found and found[-1][1] == number - 1:
            found[-1] = (found[-1][0], number)
        else:
            found.append((number, number))
    return found
