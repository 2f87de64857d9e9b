"""Sums of exponentials, as people write them, kept as exponents: none is taken before its scale is known.

What is positive is a constant times an exponential: eᵃ + c·eᵇ is exp(a + softplus(b − a + log c)). So the logarithm of
such a sum is a sum of exponents, and a quotient by it is the exponential of a difference, which fits where the
quotient does.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from ..graph.node import Leaf, Map, Node
from ..graph.scalar import (
    ONE,
    ZERO,
    Apply,
    Number,
    Position,
    Read,
    Scalar,
    add,
    apply,
    divide,
    mul,
    negative,
    number,
    power,
    rewrite,
    transform,
    walk,
    where,
)
from ..graph.size import never_negative
from .derivative import times
from .guards import complement


@dataclass(frozen=True)
class Positive:
    """factor·exp(exponent); the factor is a positive constant."""

    factor: Scalar
    exponent: Scalar

    @property
    def logarithm(self) -> Scalar:
        return self.exponent if self.factor is ONE else combined(_log(self.factor), self.exponent)

    def __mul__(self, other: Positive) -> Positive:
        return Positive(mul(self.factor, other.factor), combined(self.exponent, other.exponent))

    def __pow__(self, exponent: Fraction) -> Positive:
        return Positive(power(self.factor, exponent), combined(mul(number(exponent), self.exponent)))


def gathered(body: Scalar, computed: bool) -> Scalar:
    """The body with its logarithms of, and quotients by, sums of exponentials taken in the exponent.

    What is only `computed` from here on has its sigmoids taken so too: before, they are what gradients cancel with.
    """
    if not any(grows(part) for part in walk(body)) and not computed:
        return body

    def product(part: Scalar) -> Scalar | None:
        after = _quotient(_into_branches(part)) if _is(part, "mul") else part
        return None if after is part else after

    def change(part: Scalar) -> Scalar:
        if _is(part, "log"):
            return _logarithm(part, computed)
        return _quotient(part) if _is(part, "pow") else part

    return rewrite(transform(body, product), change)  # products first: a numerator may be the scale to measure from


def positive(term: Scalar, computed: bool = False, near: Scalar | None = None) -> Positive | None:
    """The term as a constant times an exponential, if it is made of these; a sum keeps the scale `near` in front."""
    if _positive_constant(term):
        return Positive(term, ZERO)
    if not isinstance(term, Apply):
        return None
    arguments = term.arguments
    match term.operation:
        case "exp":
            return Positive(ONE, arguments[0])
        case "sigma" if computed:
            return Positive(ONE, negative(apply("softplus", _opposite(arguments[0]))))
        case "pow" if isinstance(arguments[1], Number):
            base = positive(arguments[0], computed, near)
            return None if base is None else base ** arguments[1].value
        case "pow" if _positive_constant(arguments[0]):
            return Positive(ONE, mul(arguments[1], _log(arguments[0])))
        case "mul":
            factors = [positive(part, computed, near) for part in arguments]
            return None if None in factors else _product(factors)  # type: ignore[arg-type]
        case "where":
            yes, no = (positive(part, computed, near) or _nothing(part) for part in arguments[1:])
            return None if yes is None or no is None or yes == no else _either(arguments[0], yes, no)
        case "add":
            exact = complement(term) if computed else None
            if exact is not None:
                return positive(exact, computed)
            terms = [positive(part, computed, near) for part in arguments]
            return None if None in terms else _sum(terms, near)  # type: ignore[arg-type]
    return None


def grows(term: Scalar) -> bool:
    """An exponential with something in it: eᶻ, 2ᶻ."""
    if not isinstance(term, Apply) or term.operation not in ("exp", "pow"):
        return False
    exponent = term.arguments[-1]
    return not isinstance(exponent, Number) and (term.operation == "exp" or _positive_constant(term.arguments[0]))


def combined(*terms: Scalar) -> Scalar:
    """A sum with equal terms put together: 2z − z is z."""
    counted: dict[Scalar, Fraction] = {}
    for part in _terms(add(*terms)):
        count, rest = Fraction(1), part
        if isinstance(part, Apply) and part.operation == "mul" and isinstance(part.arguments[0], Number):
            count, rest = part.arguments[0].value, mul(*part.arguments[1:])
            inner = _terms(rest)
            if len(inner) > 1:
                for one in inner:
                    counted[one] = counted.get(one, Fraction(0)) + count
                continue
        counted[rest] = counted.get(rest, Fraction(0)) + count
    return add(*(mul(number(count), rest) for rest, count in counted.items() if count))


def _logarithm(term: Scalar, computed: bool) -> Scalar:
    factors = _factors(term.children[0])
    known = {factor: found for factor in factors if (found := positive(factor, computed)) is not None}
    if not any(_has_exponential(factor, computed) for factor in known):
        return term
    rest = [factor for factor in factors if factor not in known]
    product = _product([known[factor] for factor in factors if factor in known])
    return add(product.logarithm, _log(mul(*rest))) if rest else product.logarithm


def _quotient(term: Scalar) -> Scalar:
    factors = _factors(term)
    below = [factor for factor in factors if _divides_by_sum(factor)]
    signed = [factor for factor in factors if _is_signed_sum(factor)]
    if signed or any(map(_unscaled, factors)):
        below += [factor for factor in factors if _sigmoids(factor)]
    if not below:
        return term
    above = [factor for factor in factors if factor not in below and (grows(factor) or positive(factor))]
    rest = [factor for factor in factors if factor not in below and factor not in above]
    spread = next((factor for factor in signed if factor in rest), None)
    if spread is None:
        return mul(*rest, _over(above, below))
    rest.remove(spread)
    return mul(*rest, add(*(_signed_over(part, above, below) for part in _terms(spread))))


def _into_branches(term: Scalar) -> Scalar:
    """An exponential that only a mask keeps apart from another factor meets it inside: where(c, eᵃ, 0)·e⁻ᵇ."""
    growing = [factor for factor in _factors(term) if any(map(grows, walk(factor)))]
    masks = [factor for factor in growing if _is(factor, "where") and ZERO in factor.children]
    return times(*_factors(term)) if masks and len(growing) > 1 else term


def _signed_over(term: Scalar, above: list[Scalar], below: list[Scalar]) -> Scalar:
    if positive(term) is None:
        return negative(_over([negative(term), *above], below))
    return _over([term, *above], below)


def _over(above: list[Scalar], below: list[Scalar]) -> Scalar:
    """A quotient of exponentials as the exponential of a difference; 1/(1 + eᶻ) is a sigmoid."""
    numerator = _product([found for factor in above if (found := positive(factor)) is not None])
    denominator = [found for f in below if (found := positive(f, True, numerator.exponent)) is not None]
    whole = _product([numerator, *denominator])
    sigmoids = []
    for part in _terms(whole.exponent):
        count, rest = (part.arguments[0], part.arguments[1:]) if _is(part, "mul") else (ONE, (part,))  # type: ignore[attr-defined]
        natural = isinstance(count, Number) and count.value < 0 and count.value.denominator == 1
        if not natural or len(rest) != 1 or not _is(rest[0], "softplus"):
            return mul(whole.factor, apply("exp", whole.exponent))
        sigmoids.append(power(apply("sigma", _opposite(rest[0].arguments[0])), -count.value))  # type: ignore[union-attr]
    return mul(whole.factor, *sigmoids)


def _product(factors: list[Positive]) -> Positive:
    whole = Positive(ONE, ZERO)
    for factor in factors:
        whole = whole * factor
    return whole


def _sum(terms: list[Positive], near: Scalar | None) -> Positive:
    """Everything measured from one term: from the scale asked for, from a constant that is no mere ε, or the first."""
    if len(terms) == 1:
        return terms[0]
    by_choice = [term for term in terms if term.exponent is near]
    plain = [term for term in terms if term.exponent is ZERO and not _small(term.factor)]
    first = (by_choice or plain or terms)[0]
    terms = [term for term in terms if term is not first]
    others = _sum(terms, None)
    ratio = Positive(divide(others.factor, first.factor), combined(others.exponent, negative(first.exponent)))
    return Positive(first.factor, combined(first.exponent, apply("softplus", ratio.logarithm)))


def _nothing(term: Scalar) -> Positive | None:
    """0 is exp(log 0): a term that a mask leaves out of a sum."""
    return Positive(ONE, apply("log", ZERO)) if term is ZERO else None


def _either(condition: Scalar, yes: Positive, no: Positive) -> Positive:
    return Positive(ONE, where(condition, yes.logarithm, no.logarithm))


def _divides_by_sum(factor: Scalar) -> bool:
    if not _is(factor, "pow"):
        return False
    base, exponent = factor.children
    if not isinstance(exponent, Number) or exponent.value >= 0 or not any(map(grows, walk(base))):
        return False
    return any(_is(part, "add") for part in _factors(base)) and positive(base) is not None


def _sigmoids(factor: Scalar) -> bool:
    """σ(a) or a power of it: a quotient by 1 + e⁻ᵃ."""
    return _is(factor.children[0] if _is(factor, "pow") else factor, "sigma")


def _unscaled(factor: Scalar) -> bool:
    """An exponential that may overflow: nothing in its exponent keeps it small."""
    if not grows(factor):
        return False
    kept = (_is(part, "softplus") or (isinstance(part, Read) and _is_scale(part.tensor)) for part in walk(factor))
    return not any(kept)


def _is_scale(tensor: Node) -> bool:
    return isinstance(tensor, Map) and tensor.reduce in ("logsumexp", "max")


def _is_signed_sum(factor: Scalar) -> bool:
    """A sum of exponentials and constants, some with a minus."""
    if not _is(factor, "add") or not any(map(grows, walk(factor))):
        return False
    return all(positive(part) or positive(negative(part)) for part in _terms(factor))


def _has_exponential(term: Scalar, computed: bool) -> bool:
    return any(grows(part) or (computed and _is(part, "sigma")) for part in walk(term))


def _positive_constant(term: Scalar) -> bool:
    if isinstance(term, Number):
        return term.value > 0
    if isinstance(term, Position):
        return not term.affine.terms and never_negative(term.affine.offset, 0)
    return isinstance(term, Read) and isinstance(term.tensor, Leaf) and (term.tensor.value or 0) > 0


def _small(term: Scalar) -> bool:
    return isinstance(term, Number) and term.value < Fraction(1, 10)


def _log(term: Scalar) -> Scalar:
    return ZERO if term is ONE else apply("log", term)


def _opposite(term: Scalar) -> Scalar:
    return add(*map(negative, _terms(term)))


def _is(term: Scalar, operation: str) -> bool:
    return isinstance(term, Apply) and term.operation == operation


def _factors(term: Scalar) -> tuple[Scalar, ...]:
    return term.arguments if isinstance(term, Apply) and term.operation == "mul" else (term,)


def _terms(term: Scalar) -> tuple[Scalar, ...]:
    return term.arguments if isinstance(term, Apply) and term.operation == "add" else (term,)
