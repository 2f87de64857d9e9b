"""Equality proved at random in finite fields: a false equation passes with a chance of about one in ten million.

Random residues modulo a prime test identities of polynomials. Exponentials and logarithms fit in too along a chain of
primes with p = 2q + 1, where q is the prime before: a value is its residue at each prime, exp(u) at p is a power with
the exponent u at q, and log is the discrete logarithm one prime down. What is called positive is a square: so the sign
is the Legendre symbol, sqrt(x²) is |x|, and max, min and where follow. π, erf, sin and cos are opaque:
random values, of which only their symmetry is known.

The fields cannot see order (1 + x² > 0) or roots inside roots; what they do not prove may be true all the same.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from fractions import Fraction
from math import prod
from random import Random

from .dag import Dag

PRIMES = tuple(19099919 * 2**k + 2**k - 1 for k in range(6))
BASE = 4  # generates the squares
BABY_STEPS = 8192

Residues = tuple[int | None, ...]  # at each prime of the chain; None where it is not defined there


class Chain:
    """One sample: random values for the symbols, a random base of the exponential.

    `loose` takes a logarithm or a root of |u|: defined nearly everywhere, and what holds of |u| holds of u > 0.
    """

    def __init__(self, dag: Dag, random: Random, count: int, loose: bool) -> None:
        self.dag, self.random, self.count, self.loose = dag, random, count, loose
        self.nowhere: Residues = (None,) * count
        self.scale = [random.randrange(2, p) for p in PRIMES]
        self.pi = self.free(positive=True)
        self.drawn: dict[tuple[str, Residues], Residues] = {}

    def free(self, positive: bool = False, negative: bool = False) -> Residues:
        """A random value, with one sign at all primes."""
        sign = 1 if positive else -1 if negative else self.random.choice((1, -1))
        return tuple(self.random.randrange(2, p) ** 2 * sign % p for p in PRIMES[: self.count])

    def rest(self, others: Sequence[Residues]) -> Residues:
        """What the last entry of a distribution is."""
        return tuple((1 - sum(other[k] or 0 for other in others)) % PRIMES[k] for k in range(self.count))

    def evaluate(self, order: Iterable[int], point: Mapping[int, Residues]) -> dict[int, Residues]:
        """The residues of every node."""
        dag = self.dag
        values: dict[int, Residues] = dict(point)
        for node in order:
            if node in point:
                continue
            op, args = dag.op[node], dag.args[node]
            if op == "number":
                values[node] = self.fraction(args[0])
            elif op == "ref":
                values[node] = values[args[0]]
            elif op == "power":
                values[node] = self._power(values[args[0]], args[1])
            elif op == "pi":
                values[node] = self.pi
            elif op in FAST:
                columns = zip(*[values[a] for a in args], strict=True)
                try:
                    values[node] = FAST[op](columns)
                except TypeError:  # it is not defined at some prime
                    values[node] = OPERATIONS[op](self, *[values[a] for a in args])
            else:
                values[node] = OPERATIONS[op](self, *[values[a] for a in args])
        return values

    def fraction(self, value: Fraction) -> Residues:
        above, below = value.numerator, value.denominator
        if below == 1:
            return tuple([above % p for p in PRIMES[: self.count]])
        return tuple([above * pow(below, -1, p) % p if below % p else None for p in PRIMES[: self.count]])

    def exp(self, u: Residues) -> Residues:
        return (None, *[None if v is None else self._raise(k + 1, v) for k, v in enumerate(u[:-1])])

    def _raise(self, k: int, exponent: int) -> int:
        return pow(BASE, self.scale[k - 1] * exponent % PRIMES[k - 1], PRIMES[k])

    def log(self, u: Residues) -> Residues:
        return (*[self._logarithm(k, v) for k, v in enumerate(u)][1:], None)

    def _logarithm(self, k: int, value: int | None) -> int | None:
        base = self._base(k, value) if k else None
        if not base:
            return None
        q = PRIMES[k - 1]
        return logarithm(k, base) * pow(self.scale[k - 1], -1, q) % q

    def _base(self, k: int, value: int | None) -> int | None:
        """The value where a logarithm or a root of it is defined."""
        if value is None or legendre(k, value) == 1:
            return value
        return -value % PRIMES[k] if self.loose else None

    def _power(self, u: Residues, exponent: Fraction) -> Residues:
        return tuple([None if v is None else self._powered(k, v, exponent) for k, v in enumerate(u)])

    def _powered(self, k: int, value: int, exponent: Fraction) -> int | None:
        p = PRIMES[k]
        if not value:
            return 0 if exponent > 0 else None
        if exponent.denominator == 1:
            return pow(value, int(exponent) % (p - 1), p)
        base, q = self._base(k, value), (p - 1) // 2
        if base is None or not exponent.denominator % q:
            return None
        return pow(base, exponent.numerator * pow(exponent.denominator, -1, q) % q, p)

    def raised(self, base: Residues, exponent: Residues) -> Residues:
        out: list[int | None] = [None]
        for k in range(1, self.count):
            a, b = self._base(k, base[k]), exponent[k - 1]
            out.append(None if a is None or b is None else pow(a, b, PRIMES[k]))
        return tuple(out)

    def opaque(self, op: str, u: Residues, odd: bool) -> Residues:
        """A function of which nothing else is known than that it is odd or even."""
        negated = _minus(u)
        key, sign = (u, 1) if _rank(u) <= _rank(negated) else (negated, -1 if odd else 1)
        if odd and not any(key):
            return key
        if (op, key) not in self.drawn:
            self.drawn[op, key] = tuple(
                None if v is None else self.random.randrange(1, PRIMES[k]) for k, v in enumerate(key)
            )
        return tuple(None if v is None else sign * v % PRIMES[k] for k, v in enumerate(self.drawn[op, key]))


def levels(dag: Dag, order: Sequence[int]) -> int | None:
    """How many primes an order needs; None if there are not so many."""
    low: dict[int, int] = {}
    short: dict[int, int] = {}  # at how many primes at the upper end a value is missing
    most = 1
    for node in order:
        op = dag.op[node]
        children = dag.children(node)
        if any(child not in low for child in children):  # it is held
            children = ()
        under = max([low[c] for c in children], default=0)
        over = max([short[c] for c in children], default=0)
        if op in ("exp", "sigma", "tanh"):
            under, over = under + 1, max(0, over - 1)
        elif op == "log":
            under, over = max(0, under - 1), over + 1
        elif op == "softplus":
            over = max(1, over)
        elif op == "raised":
            under = max(low[children[0]], low[children[1]] + 1, 1)
        low[node], short[node] = under, over
        most = max(most, under + over + 1)
    return most if most <= len(PRIMES) else None


def legendre(k: int, value: int) -> int:
    """1 for squares, which are called positive, −1 for others, 0 for 0."""
    if not value:
        return 0
    return 1 if pow(value, (PRIMES[k] - 1) // 2, PRIMES[k]) == 1 else -1


_steps: dict[int, tuple[dict[int, int], int]] = {}


def logarithm(k: int, value: int) -> int:
    """e with 4^e = value at prime k, by baby steps and giant steps."""
    p = PRIMES[k]
    if k not in _steps:
        table, here = {}, 1
        for step in range(BABY_STEPS):
            table[here] = step
            here = here * BASE % p
        _steps[k] = table, pow(here, -1, p)
    table, back = _steps[k]
    giant = 0
    while value not in table:
        value = value * back % p
        giant += 1
    return giant * BABY_STEPS + table[value]


def _rank(u: Residues) -> tuple[int, ...]:
    return tuple(-1 if v is None else v for v in u)


def _each(rule: Callable[..., int | None]) -> Callable[..., Residues]:
    def apply(chain: Chain, *parts: Residues) -> Residues:
        return tuple([None if None in at else rule(k, *at) for k, at in enumerate(zip(*parts, strict=True))])

    return apply


def _sum(k: int, *terms: int) -> int:
    return sum(terms) % PRIMES[k]


def _product(k: int, *factors: int) -> int:
    total = 1
    for factor in factors:
        total = total * factor % PRIMES[k]
    return total


def _quotient(k: int, above: int, below: int) -> int | None:
    return above * pow(below, -1, PRIMES[k]) % PRIMES[k] if below else None


def _where(chain: Chain, condition: Residues, yes: Residues, no: Residues) -> Residues:
    return tuple(None if c is None else y if c else n for c, y, n in zip(condition, yes, no, strict=True))


def _best(sign: int) -> Callable[..., int]:
    def rule(k: int, *parts: int) -> int:
        best = parts[0]
        for part in parts[1:]:
            if legendre(k, (part - best) % PRIMES[k]) == sign:
                best = part
        return best

    return rule


def _compared(*signs: int) -> Callable[..., int]:
    return lambda k, a, b: int(legendre(k, (a - b) % PRIMES[k]) in signs)


def _sigma(chain: Chain, u: Residues) -> Residues:
    e = chain.exp(_minus(u))
    return tuple(None if v is None else _quotient(k, 1, (1 + v) % PRIMES[k]) for k, v in enumerate(e))


def _tanh(chain: Chain, u: Residues) -> Residues:
    e = chain.exp(tuple(None if v is None else 2 * v % PRIMES[k] for k, v in enumerate(u)))
    return tuple(None if v is None else _quotient(k, (v - 1) % PRIMES[k], (v + 1) % PRIMES[k]) for k, v in enumerate(e))


def _softplus(chain: Chain, u: Residues) -> Residues:
    return chain.log(tuple(None if v is None else (1 + v) % PRIMES[k] for k, v in enumerate(chain.exp(u))))


def _minus(u: Residues) -> Residues:
    return tuple(None if v is None else -v % PRIMES[k] for k, v in enumerate(u))


OPERATIONS: dict[str, Callable[..., Residues]] = {
    "add": _each(_sum),
    "mul": _each(_product),
    "div": _each(_quotient),
    "raised": Chain.raised,
    "exp": Chain.exp,
    "log": Chain.log,
    "sigma": _sigma,
    "tanh": _tanh,
    "softplus": _softplus,
    "erf": lambda chain, u: chain.opaque("erf", u, odd=True),
    "sin": lambda chain, u: chain.opaque("sin", u, odd=True),
    "cos": lambda chain, u: chain.opaque("cos", u, odd=False),
    "where": _where,
    "abs": _each(lambda k, u: u * legendre(k, u) % PRIMES[k]),
    "sign": _each(lambda k, u: legendre(k, u) % PRIMES[k]),
    "step": _each(lambda k, u: int(legendre(k, u) == 1)),
    "max": _each(_best(1)),
    "min": _each(_best(-1)),
    "lt": _each(_compared(-1)),
    "le": _each(_compared(-1, 0)),
    "gt": _each(_compared(1)),
    "ge": _each(_compared(1, 0)),
    "eq": _each(_compared(0)),
    "ne": _each(_compared(1, -1)),
}


def _sums(columns: Iterable[tuple[int, ...]]) -> Residues:
    return tuple([sum(column) % p for column, p in zip(columns, PRIMES, strict=False)])


def _products(columns: Iterable[tuple[int, ...]]) -> Residues:
    return tuple([prod(column) % p for column, p in zip(columns, PRIMES, strict=False)])


FAST: dict[str, Callable[[Iterable[tuple[int, ...]]], Residues]] = {"add": _sums, "mul": _products}
