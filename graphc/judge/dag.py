"""Scalars as one interned graph: a node is a number, its operation and arguments stand in two lists.

Arguments come before what is made of them, so that going through the numbers in order is a topological order. Sums
and products have any number of arguments. A named element is a node `ref` above its definition: derivatives stop there.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fractions import Fraction
from time import monotonic
from typing import Any

MAX_NODES = 150_000
MAX_BITS = 16_000  # of a number that is folded; the language's own limit is 4,000 digits


class TooMuch(Exception):
    """What is to be judged is too large, or took too long; `final` where smaller sizes would not help."""

    def __init__(self, message: str, final: bool = False) -> None:
        super().__init__(message)
        self.final = final


class Dag:
    """`op[node]` and `args[node]`. Arguments are nodes, but for `number`, `symbol`, and the exponent of `power`."""

    def __init__(self, limit: int = MAX_NODES, deadline: float | None = None) -> None:
        self.op: list[str] = []
        self.args: list[tuple[Any, ...]] = []
        self.limit, self.deadline = limit, deadline
        self._found: dict[tuple[str, tuple[Any, ...]], int] = {}
        self._whole: dict[int, int] = {}
        self._within: dict[int, frozenset[int]] = {}
        self.zero, self.one = self.number(Fraction(0)), self.number(Fraction(1))

    def node(self, op: str, args: tuple[Any, ...]) -> int:
        key = (op, args)
        found = self._found.get(key)
        if found is None:
            found = len(self.op)
            if found >= self.limit:
                raise TooMuch(f"it comes to more than {self.limit:,} scalar operations")
            if not found & 1023:
                self.check_time()
            self.op.append(op)
            self.args.append(args)
            self._found[key] = found
        return found

    def check_time(self) -> None:
        if self.deadline is not None and monotonic() > self.deadline:
            raise TooMuch("it takes too long", final=True)

    def number(self, value: Fraction) -> int:
        return self.node("number", (value,))

    def whole(self, value: int) -> int:
        """A whole number; indices come often, and a fraction's hash is slow."""
        found = self._whole.get(value)
        if found is None:
            found = self._whole[value] = self.number(Fraction(value))
        return found

    def value(self, node: int) -> Fraction | None:
        """The number that a node is."""
        return self.args[node][0] if self.op[node] == "number" else None

    def symbol(self, name: str, place: tuple[int, ...] = ()) -> int:
        return self.node("symbol", (name, place))

    def add(self, terms: Iterable[int]) -> int:
        total, rest = Fraction(0), []
        for term in terms:
            value = self.value(term)
            if value is None or _long(value):
                rest.append(term)
            else:
                total += value
        if total or not rest:
            rest.append(self.number(total))
        return rest[0] if len(rest) == 1 else self.node("add", tuple(sorted(rest)))

    def mul(self, factors: Iterable[int]) -> int:
        total, rest = Fraction(1), []
        for factor in factors:
            value = self.value(factor)
            if value is None or _long(value) or _long(total):
                rest.append(factor)
            else:
                total *= value
        if total != 1 or not rest:
            rest.append(self.number(total))
        return rest[0] if len(rest) == 1 else self.node("mul", tuple(sorted(rest)))

    def negative(self, node: int) -> int:
        return self.mul((self.number(Fraction(-1)), node))

    def div(self, left: int, right: int) -> int:
        value = self.value(right)
        if value and not _long(value):
            return self.mul((left, self.number(1 / value)))
        return self.node("div", (left, right))

    def power(self, base: int, exponent: Fraction) -> int:
        """A power with a fixed exponent."""
        if exponent == 1:
            return base
        if not exponent:
            return self.one
        value = self.value(base)
        if value and exponent.denominator == 1 and abs(exponent) * _bits(value) <= MAX_BITS:
            return self.number(value ** int(exponent))
        if exponent == -1:
            return self.node("div", (self.one, base))
        if self.op[base] == "power" and exponent.denominator > 1:
            inner, even = self.args[base]
            if even.denominator == 1 and not even.numerator % 2:  # √(x²) is |x|
                return self.power(self.node("abs", (inner,)), even * exponent)
        return self.node("power", (base, exponent))

    def raised(self, base: int, exponent: int) -> int:
        value = self.value(exponent)
        return self.node("raised", (base, exponent)) if value is None else self.power(base, value)

    def exp(self, node: int) -> int:
        """exp(a − log b) is exp(a)/b wherever it is defined, and so every softmax is a quotient."""
        terms = self.args[node] if self.op[node] == "add" else (node,)
        for place, term in enumerate(terms):
            rest = terms[:place] + terms[place + 1 :]
            if self.op[term] == "log":
                return self.mul((self.args[term][0], self.exp(self.add(rest))))
            if self.op[term] == "mul" and len(self.args[term]) == 2:
                sign, log = sorted(self.args[term], key=lambda part: self.op[part] == "log")
                if self.value(sign) == -1 and self.op[log] == "log":
                    return self.div(self.exp(self.add(rest)), self.args[log][0])
        return self.one if node == self.zero else self.node("exp", (node,))

    def apply(self, op: str, *args: int) -> int:
        return self.node(op, args)

    def linear(self, node: int) -> dict[int, Fraction]:
        """A node as numbers times what is no sum; the number alone stands at `one`."""
        found: dict[int, Fraction] = {}
        stack = [(node, Fraction(1))]
        while stack:
            part, factor = stack.pop()
            op, args = self.op[part], self.args[part]
            if op == "number":
                found[self.one] = found.get(self.one, Fraction(0)) + factor * args[0]
            elif op == "ref":
                stack.append((args[0], factor))
            elif op == "add":
                stack.extend((term, factor) for term in args)
            elif op == "mul" and len(args) == 2 and any(self.op[a] == "number" for a in args):
                number, other = args if self.op[args[0]] == "number" else args[::-1]
                stack.append((other, factor * self.args[number][0]))
            else:
                found[part] = found.get(part, Fraction(0)) + factor
        return {part: factor for part, factor in found.items() if factor}

    def difference(self, left: int, right: int) -> int:
        """left − right, with what is the same in both left out."""
        one, two = self.linear(left), self.linear(right)
        rest = {part: one.get(part, Fraction(0)) - two.get(part, Fraction(0)) for part in {**one, **two}}
        return self.add([self.mul((self.number(factor), part)) for part, factor in rest.items() if factor])

    def children(self, node: int) -> Sequence[int]:
        op, args = self.op[node], self.args[node]
        if op in LEAVES:
            return ()
        return args[:1] if op in ("power", "ref") else args

    def below(self, roots: Iterable[int], held: frozenset[int] = frozenset()) -> list[int]:
        """All that the roots are made of, arguments first; of what is `held`, that alone."""
        seen: set[int] = set()
        stack = list(roots)
        while stack:
            node = stack.pop()
            if node not in seen:
                seen.add(node)
                if node not in held:
                    stack.extend(self.children(node))
        return sorted(seen)

    def narrow(self, root: int) -> bool:
        """Whether something in it is undefined on a whole stretch, so that it may be, too."""
        return any(
            self.op[node] in ("log", "raised") or (self.op[node] == "power" and self.args[node][1].denominator > 1)
            for node in self.below((root,))
        )

    def within(self, element: int) -> frozenset[int]:
        """All that the one equation of a named element is made of."""
        if element not in self._within:
            seen: set[int] = set()
            stack = [element]
            while stack:
                node = stack.pop()
                if node not in seen:
                    seen.add(node)
                    if node == element or self.op[node] != "ref":
                        stack.extend(self.children(node))
            self._within[element] = frozenset(seen)
        return self._within[element]


LEAVES = frozenset(("number", "symbol", "pi"))
COMPARISONS = {"<": "lt", "<=": "le", ">": "gt", ">=": "ge", "==": "eq", "!=": "ne"}
# what jumps or bends somewhere: two such expressions may differ on a sliver that random points miss
PIECEWISE = frozenset((*COMPARISONS.values(), "abs", "sign", "step", "max", "min", "where"))
# operations that are said by simpler ones
ELEMENTWISE = frozenset(("exp", "log", "sin", "cos", "tanh", "erf", "sigma", "softplus", "abs", "sign", "step"))


def _bits(value: Fraction) -> int:
    return max(value.numerator.bit_length(), value.denominator.bit_length())


def _long(value: Fraction) -> bool:
    return _bits(value) > MAX_BITS
