"""To SymPy and back. SymPy sees small scalar expressions in plain symbols, never a tensor, an index or a `Sum`.

Coming back, sums and products are ordered by what was written first, since SymPy sorts them its own way.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from functools import lru_cache, partial
from typing import TYPE_CHECKING, Any

from ..graph.scalar import Apply, Number, Scalar, add, apply, mul, number, power
from ..language.constant import bits

if TYPE_CHECKING:
    import sympy

SMOOTH = ("exp", "log", "sin", "cos", "tanh", "erf")


@lru_cache(maxsize=4096)
def symbol(place: int) -> sympy.Symbol:
    """The symbol of the leaf that was written in this place."""
    from sympy import Symbol

    return Symbol(f"s{place:04d}")


class Unwritable(ValueError):
    """SymPy went to infinity or became complex: it saw a part that has no value, as 0/0 or log(x - x)."""


class Bridge:
    """One conversation with SymPy: parts that it must not enter are named by symbols, in written order."""

    def __init__(self, opaque: Callable[[Scalar], bool], positive_first: bool = False) -> None:
        self.opaque = opaque
        self._order = partial(_written, positive_first=positive_first)
        self.names: dict[Scalar, sympy.Symbol] = {}
        self.parts: dict[sympy.Symbol, Scalar] = {}
        self._memo: dict[Scalar, Any] = {}

    def name(self, part: Scalar) -> sympy.Symbol:
        if part not in self.names:
            made = symbol(len(self.names))
            self.names[part], self.parts[made] = made, part
        return self.names[part]

    def to_sympy(self, term: Scalar) -> Any:
        if term not in self._memo:
            self._memo[term] = self._convert(term)
        return self._memo[term]

    def _convert(self, term: Scalar) -> Any:
        import sympy

        if isinstance(term, Number):
            return sympy.Rational(term.value.numerator, term.value.denominator)
        if not isinstance(term, Apply) or self.opaque(term) or _constant(term):
            return self.name(term)
        arguments = [self.to_sympy(argument) for argument in term.arguments]
        match term.operation:
            case "add":
                return sympy.Add(*arguments)
            case "mul":
                return sympy.Mul(*arguments)
            case "pow":
                return sympy.Pow(*arguments)
            case "pi":
                return sympy.pi
            case operation if operation in SMOOTH:
                return getattr(sympy, operation)(*arguments)
        return self.name(term)

    def from_sympy(self, expression: Any) -> Scalar:
        import sympy

        if expression.is_Symbol:
            return self.parts[expression]
        if expression.is_Rational:
            return Number(Fraction(int(expression.p), int(expression.q)))
        if expression is sympy.pi:
            return Apply("pi", ())
        if expression is sympy.E:
            return Apply("exp", (number(1),))
        if expression.is_Add:
            return _content(add(*map(self.from_sympy, sorted(expression.args, key=self._order))))
        if expression.is_Mul:
            return mul(*map(self.from_sympy, sorted(_factors(expression), key=_factor_order)))
        if expression.is_Pow:
            return power(*map(self.from_sympy, expression.args))
        if expression.is_Atom:
            raise Unwritable(str(expression))
        return apply(expression.func.__name__, *map(self.from_sympy, expression.args))


def _constant(term: Apply) -> bool:
    """A number that SymPy would write out digit by digit, 0.999999**1000000, or that is none, sqrt(-1) or log(0)."""
    if not all(isinstance(argument, Number) for argument in term.arguments):
        return False
    values = [argument.value for argument in term.arguments]  # type: ignore[attr-defined]
    if term.operation == "log":
        return values[0] <= 0
    return term.operation == "pow" and (values[0] <= 0 or bits(values[0]) * abs(values[1]) > 1024)


def _written(term: Any, positive_first: bool = False) -> tuple[bool, bool, str, str]:
    """By the first leaf, 1 in front and 1e-5 behind; where wished, terms with a minus after the others."""
    coefficient, rest = term.as_coeff_Mul()
    small = bool(term.is_Rational and not term.is_Integer)
    return (small, positive_first and bool(coefficient.is_negative), _first(rest), str(rest))


def _content(term: Scalar) -> Scalar:
    """A rational content common to all terms of a sum is drawn out in front: -t/9 + y/9 is (y - t)/9."""
    if not (isinstance(term, Apply) and term.operation == "add"):
        return term
    shares = [_coefficient(part) for part in term.arguments]
    size = min(abs(share) for share in shares)
    whole = all((share / size).denominator == 1 and share.denominator == size.denominator for share in shares)
    if size == 1 or not whole:
        return term
    return mul(number(size), add(*(mul(number(1 / size), part) for part in term.arguments)))


def _coefficient(term: Scalar) -> Fraction:
    if isinstance(term, Number):
        return term.value
    if isinstance(term, Apply) and term.operation == "mul" and isinstance(term.arguments[0], Number):
        return term.arguments[0].value
    return Fraction(1)


def _first(expression: Any) -> str:
    return min((s.name for s in expression.free_symbols), default="")


def _factor_order(factor: Any) -> tuple[bool, bool, str, bool, str]:
    divides = bool(factor.is_Pow and factor.exp.is_negative)
    return (not factor.is_Rational, divides, _first(factor), bool(factor.is_Add), str(factor))


def _factors(product: Any) -> list[Any]:
    """The factors as a person writes them: `x*(1 - x)` for SymPy's `-x*(x - 1)`, `x**(y - 1)` for its `x**y/x`."""
    exponents: dict[Any, Any] = {}
    for factor in product.args:
        base, exponent = factor.as_base_exp()
        exponents[base] = exponents.get(base, 0) + exponent
    factors = [base**exponent for base, exponent in exponents.items()]
    numbers = [factor for factor in factors if factor.is_Rational]
    if numbers and numbers[0].is_negative:
        for place, factor in enumerate(factors):
            if factor.is_Add and min(factor.args, key=_written).as_coeff_Mul()[0].is_negative:
                factors[place] = -factor
                factors[factors.index(numbers[0])] = -numbers[0]
                break
    return factors
