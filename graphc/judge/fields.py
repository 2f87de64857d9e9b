"""Pairs of nodes in finite fields: equal there is equal by proof, and for some operations apart there is apart.

What is made of rational operations and exponentials holds as it holds in every field with such functions: there a
difference that is not 0 in the field is no 0 among the reals either, however small or however far behind other
digits it is. Roots and the order of numbers are another thing: a field knows only squares.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from random import Random
from time import monotonic

from .bench import Bench
from .bounds import settled
from .cases import Cases
from .chain import PRIMES, Chain, Residues, levels
from .dag import LEAVES, PIECEWISE
from .points import Point

PROOF_SECONDS = 1.2
SAMPLES, MOST_SAMPLES, TRIES = 2, 48, 40
RATIONAL = frozenset(("number", "symbol", "pi", "ref", "add", "mul", "div", "power"))
EXPONENTIAL = frozenset(("exp", "sigma", "tanh"))
LOGARITHMIC = frozenset(("log", "softplus"))  # of them a field knows what it must while no exponential stands above


class Fields:
    """Pairs that should be equal; those that `proved` settles otherwise are left out of `pairs`."""

    def __init__(
        self,
        bench: Bench,
        pairs: Sequence[tuple[int, int]],
        random: Random,
        end: float,
        signs: Mapping[int, int] | None = None,
        held: frozenset[int] = frozenset(),
    ) -> None:
        """`signs` of symbols, where a case says them; what is `held` is not looked into, and free."""
        self.bench, self.pairs, self.random = bench, list(pairs), random
        self.dag, self.end = bench.dag, min(end, monotonic() + PROOF_SECONDS)
        self.signs, self.held = signs or {}, held
        self._ordered()
        bends = sum(self.dag.op[node] in PIECEWISE or self._root(node) for node in self.order)
        self.samples = min(MOST_SAMPLES, 2 * SAMPLES ** min(5, bends + 1))

    def _ordered(self) -> None:
        self.order = self.dag.below((node for pair in self.pairs for node in pair), self.held)

    def _root(self, node: int) -> bool:
        """A root of a square chooses a side, too."""
        return self.dag.op[node] == "power" and self.dag.args[node][1].denominator % 2 == 0

    def proved(self) -> bool:
        """Whether every pair is equal at random residues, in every case of what is 0 or 1."""
        if self.bench.conditions_tie:
            return False
        if self._by_names():
            return True
        if any(self.dag.op[node] in PIECEWISE for node in self.order):
            sure = settled(self.dag, self.order, self.bench.points)
            self.pairs = [(sure[a], sure[b]) for a, b in self.pairs if sure[a] != sure[b]]
            self._ordered()
            if not self.pairs:
                return True
        return self._as_it_is() or self._by_cases()

    def apart(self) -> str:
        """Where the pairs are apart beyond doubt, in words; nothing where they are not, or where a field cannot say."""
        pairs = [pair for pair in self.pairs if self._exact(pair)]
        count = levels(self.dag, self.dag.below([node for pair in pairs for node in pair])) if pairs else None
        if count is None or self.bench.conditions_tie or not self._free():
            return ""
        order = self.dag.below([node for pair in pairs for node in pair])
        for turn in range(SAMPLES):
            chain = Chain(self.dag, self.random, count, loose=True)
            values = chain.evaluate(order, self._residues(chain, None, turn))
            for a, b in pairs:
                for k, (one, two) in enumerate(zip(values[a], values[b], strict=True)):
                    if one is not None and two is not None and one != two:
                        return f"modulo the prime {PRIMES[k]} they are {one} and {two} at one point"
        return ""

    def _exact(self, pair: tuple[int, int]) -> bool:
        """Whether the pair is made of what a field does as the reals do it."""
        dag = self.dag
        logarithmic: set[int] = set()
        for node in dag.below(pair):
            op, below = dag.op[node], not logarithmic.isdisjoint(dag.children(node))
            known = op in RATIONAL and (op != "power" or dag.args[node][1].denominator == 1)
            if not known and op not in LOGARITHMIC and (op not in EXPONENTIAL or below):
                return False
            if below or op in LOGARITHMIC:
                logarithmic.add(node)
        return True

    def _free(self) -> bool:
        """Whether all that is no choice among values moves freely."""
        ranges = self.bench.points.ranges.values()
        return not any(r.integer or (r.low is not None and r.low == r.high) for r in ranges)

    def _by_names(self) -> bool:
        """Whether it holds whatever the named elements are of which both sides are made."""
        before, after = (set(self.dag.below(side)) for side in zip(*self.pairs, strict=True))
        named = {self.dag.args[node][0] for node in before | after if self.dag.op[node] == "ref"}
        held = frozenset(node for node in named & before & after if self.dag.op[node] not in LEAVES)
        return bool(held) and Fields(self.bench, self.pairs, self.random, self.end, held=held)._as_it_is()

    def _as_it_is(self) -> bool:
        count = levels(self.dag, self.order)
        return count is not None and (self._equal(count, True) or self._equal(count, False))

    def _by_cases(self) -> bool:
        """Where it is pieced together, each way in which its comparisons can come out."""
        bent = [node for a, b in self.bench.turns(self.pairs) for node in (a, b) if node is not None]
        if not bent or self.bench.points.discrete.intersection(self.dag.below(bent)):
            return False

        def leaf(pairs: list[tuple[int, int]], signs: Mapping[int, int]) -> bool:
            part = Fields(self.bench, pairs, self.random, self.end, signs)
            return part._as_it_is()

        return Cases(self.dag, self.bench.points, self.bench.conditions, leaf).proved(self.pairs)

    def _equal(self, count: int, loose: bool) -> bool:
        cases = self.bench.points.cases()
        samples: list[Point | None] = [*cases] * max(SAMPLES, self.samples // 8) if cases else []
        for case in samples or [None] * max(self.samples, 12 if self.bench.points.discrete else SAMPLES):
            if monotonic() > self.end or not self._sampled(count, loose, case):
                return False
        return True

    def _sampled(self, count: int, loose: bool, case: Point | None) -> bool:
        left = set(range(len(self.pairs)))
        for turn in range(TRIES):
            chain = Chain(self.dag, self.random, count, loose)
            values = chain.evaluate(self.order, self._residues(chain, case, turn))
            for k in tuple(left):
                a, b = (values[node] for node in self.pairs[k])
                both = [(x, y) for x, y in zip(a, b, strict=True) if x is not None and y is not None]
                if any(x != y for x, y in both):
                    return False
                if both:
                    left.discard(k)
            if not left:
                return True
            if monotonic() > self.end:
                return False
        return False

    def _residues(self, chain: Chain, case: Point | None, turn: int) -> dict[int, Residues]:
        points = self.bench.points
        drawn = points.random(self.random, turn) if points.discrete else {}
        found: dict[int, Residues] = {}
        for name, whole in points.tensors.items():
            range_ = points.ranges[name]
            for node in whole.items:
                if case is not None and node in case:
                    found[node] = chain.fraction(case[node])
                elif range_.discrete and not range_.integer:
                    found[node] = chain.fraction(drawn[node])
                else:
                    low, high = range_.low, range_.high
                    positive = range_.row == "distribution" or (low is not None and low >= 0)
                    sign = self.signs.get(node, 0)
                    found[node] = chain.free(positive or sign > 0, sign < 0 or (high is not None and high <= 0))
        found.update({node: chain.free() for node in self.held})
        for node, others in points.dependent().items():
            found[node] = chain.rest([found[other] for other in others])
        return found
