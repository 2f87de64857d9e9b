"""Certificates: every step of a derivation is checked by numbers, apart from the calculus that found it.

A named tensor may be any numbers, unless the step looks into its equation. A local derivative is differentiated afresh
from the one equation that it belongs to. A derivative through several tensors is what its readers pass on, whatever
comes from above; so a path that is left out shows. What a step assumes has to stand among its conditions.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace as replaced

from ..graph.network import Network
from ..graph.node import Node
from ..language.text import statement_text, text
from .certify_claim import Claim, counts, holds, shrunk
from .certify_names import Meanings
from .certify_results import Results
from .certify_zeros import DIGITS, Outcome
from .step import Check, Derivation, Step

MEANING = "what the name stands for"


def certify(derivation: Derivation, net: Network | None = None, names: Mapping[Node, str] | None = None) -> Derivation:
    """The same derivation with every step checked. `names` are of all tensors that the steps speak of."""
    net = net or derivation.net
    assert net is not None, "certificates need the network whose equations the steps are about"
    return Certifier(derivation, net, names).certified()


class Certifier:
    """One derivation's steps, checked in the order in which they are read."""

    def __init__(self, derivation: Derivation, net: Network, names: Mapping[Node, str] | None) -> None:
        self.derivation = derivation
        self.meanings = Meanings(derivation, net, names)

    def certified(self) -> Derivation:
        steps = tuple(map(self.step, self.derivation.steps))
        judge = Results(self.derivation, self.meanings).check
        results = {name: replaced(result, judge=judge) for name, result in self.derivation.result.items()}
        return replaced(self.derivation, steps=steps, result=results)

    def step(self, step: Step) -> Step:
        """The step and all that unfolds it, in the order in which they are read."""
        check = self.check(step)
        self.meanings.learn(step)
        return replaced(step, check=check, children=tuple(map(self.step, step.children)))

    def check(self, step: Step) -> Check:
        if self.meanings.introduces(step):
            return Check(MEANING, True)
        claims = []
        for claim in self.meanings.claims(step):
            outcome = _decided(shrunk(claim))
            if outcome:
                return Check(f"random points, {DIGITS} digits", True)
            if outcome is None or counts(claim):  # lengths may belong together, as in `y[i<3] = x[i+1] - x[i]`
                claims.append(claim)
        method = f"random points at the true sizes, {DIGITS} digits"
        return Check(method, any(map(_decided, claims)))


# -- claims of one structure are decided once

_known: dict[str, Outcome] = {}
LARGEST = 50_000
NAME = re.compile(r"[^\W\d]\w*(?![\w(])")  # but for functions
WORDS = frozenset(("sum", "mean", "max", "min", "prod", "logsumexp", "pi"))


def _decided(claim: Claim) -> Outcome:
    key = _structure(claim)
    if key is None:
        return holds(claim)
    if key not in _known:
        if len(_known) > LARGEST:
            _known.clear()
        _known[key] = holds(claim)
    return _known[key]


def _structure(claim: Claim) -> str | None:
    """The whole claim with its names numbered in the order in which they stand; None where a name is a word too."""
    numbers: dict[str, str] = {}

    def numbered(found: re.Match[str]) -> str:
        return found[0] if found[0] in WORDS else numbers.setdefault(found[0], f"#{len(numbers)}")

    lines = [text(claim.before), text(claim.after), *map(statement_text, claim.statements)]
    lines += [f"{name} {s.parameters} {s.of} {s.of_at} {s.by} {s.by_at} {s.edge}" for name, s in claim.slopes]
    lines += [f"{name} {' '.join(map(text, dims))}" for name, dims in claim.axes]
    lines += [f"{index} < {text(extent)}" for index, extent in claim.lengths]
    lines += [f"{one.kind} {one.name} {one.values}" for one in claim.assumed]
    return None if WORDS & {name for name, _ in (*claim.axes, *claim.slopes)} else NAME.sub(numbered, "\n".join(lines))
