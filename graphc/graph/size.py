"""Sizes of axes: integers, free names, and what arithmetic makes of them, exactly and in one normal form.

A size is a polynomial with integer coefficients over atoms: a free size's name, or the floor of a size over an
integer. So `(H - 2)//2 + 1` and `H//2` are one object, and whether a read stays in range can be proved for all H.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from functools import lru_cache
from typing import Union

from ..interning import Interned
from ..language.errors import GraphcError

Monomial = tuple["Atom", ...]
Sizelike = Union[int, str, "Size"]

MAX_TERMS = 4096


class Floor(metaclass=Interned):
    """The atom `dividend // divisor`."""

    __slots__ = ("__weakref__", "dividend", "divisor")

    def __init__(self, dividend: Size, divisor: int) -> None:
        self.dividend, self.divisor = dividend, divisor

    def __str__(self) -> str:
        return f"({self.dividend})//{self.divisor}" if self.dividend.compound else f"{self.dividend}//{self.divisor}"


Atom = str | Floor


class Size(metaclass=Interned):
    """`terms` maps monomials to their non-zero coefficients, sorted; build sizes with `size` and arithmetic."""

    __slots__ = ("__weakref__", "terms")

    def __init__(self, terms: tuple[tuple[Monomial, int], ...]) -> None:
        self.terms = terms

    @property
    def value(self) -> int | None:
        """The integer, where no name is involved."""
        if not self.terms:
            return 0
        if len(self.terms) == 1 and not self.terms[0][0]:
            return self.terms[0][1]
        return None

    @property
    def compound(self) -> bool:
        return len(self.terms) > 1 or (len(self.terms) == 1 and self.terms[0][1] != 1 and bool(self.terms[0][0]))

    @property
    def names(self) -> frozenset[str]:
        """The free sizes that it depends on."""
        found: set[str] = set()
        for monomial, _ in self.terms:
            for atom in monomial:
                found |= {atom} if isinstance(atom, str) else atom.dividend.names
        return frozenset(found)

    def __add__(self, other: Sizelike) -> Size:
        total = dict(self.terms)
        for monomial, coefficient in size(other).terms:
            total[monomial] = total.get(monomial, 0) + coefficient
        return _normal(total)

    def __mul__(self, other: Sizelike) -> Size:
        total: dict[Monomial, int] = {}
        other = size(other)
        if len(self.terms) * len(other.terms) > MAX_TERMS:
            raise GraphcError(f"a size here is a sum of more than {MAX_TERMS:,} terms")
        for one, a in self.terms:
            for two, b in other.terms:
                monomial = tuple(sorted(one + two, key=str))
                total[monomial] = total.get(monomial, 0) + a * b
        return _normal(total)

    def __floordiv__(self, divisor: Sizelike) -> Size:
        divisor = size(divisor)
        if divisor.value is None:
            return _exact_quotient(self, divisor)
        k = divisor.value
        if k <= 0:
            raise ValueError("a size can only be divided by a positive integer")
        whole = {m: c // k for m, c in self.terms if c % k == 0 or not m}
        rest = {m: (c % k if not m else c) for m, c in self.terms if c % k}
        remainder = _normal(rest)
        if remainder.value is not None:  # an integer in 0 … k-1
            return _normal(whole)
        floors = [m[0] for m, c in remainder.terms if len(m) == 1 and c == 1 and isinstance(m[0], Floor)]
        if len(floors) == 1:  # (p//a + r)//k = (p + a*r)//(a*k)
            inner = floors[0]
            others = remainder - Size((((inner,), 1),))
            return _normal(whole) + (inner.dividend + others * inner.divisor) // (inner.divisor * k)
        return _normal(whole) + Size((((Floor(remainder, k),), 1),))

    def __neg__(self) -> Size:
        return self * -1

    def __sub__(self, other: Sizelike) -> Size:
        return self + -size(other)

    def __radd__(self, other: Sizelike) -> Size:
        return size(other) + self

    def __rsub__(self, other: Sizelike) -> Size:
        return size(other) - self

    __rmul__ = __mul__

    def bind(self, sizes: Mapping[str, Sizelike]) -> Size:
        """With names replaced; a name without an entry stays free."""
        total = size(0)
        for monomial, coefficient in self.terms:
            product = size(coefficient)
            for atom in monomial:
                product *= (
                    size(sizes.get(atom, atom))
                    if isinstance(atom, str)
                    else (atom.dividend.bind(sizes) // atom.divisor)
                )
            total += product
        return total

    def __call__(self, **sizes: int) -> int:
        """The integer it is when every name is given one."""
        value = self.bind(sizes).value
        if value is None:
            raise KeyError(f"no value for {', '.join(sorted(self.names - set(sizes)))}")
        return value

    def __str__(self) -> str:
        """As a person writes it and as Python and the language read it: `2*n - 1`."""
        if not self.terms:
            return "0"
        out = ""
        for monomial, coefficient in sorted(self.terms, key=lambda term: (term[1] < 0, -len(term[0]))):
            factors = [str(atom) for atom in monomial]
            if abs(coefficient) != 1 or not factors:
                factors.insert(0, str(abs(coefficient)))
            if len(factors) > 1 or (coefficient < 0 and not out):  # a floor beside a factor or a sign needs brackets
                factors = [f"({factor})" if "//" in factor else factor for factor in factors]
            sign = " - " if coefficient < 0 else " + "
            out += (sign if out else sign.strip(" +")) + "*".join(factors)
        return out

    __repr__ = __str__


def size(value: Sizelike) -> Size:
    """An integer, a name or a size, as a size."""
    if isinstance(value, Size):
        return value
    if isinstance(value, str):
        return Size((((value,), 1),))
    return Size((((), int(value)),)) if value else Size(())


def _normal(terms: Mapping[Monomial, int]) -> Size:
    kept = [(monomial, coefficient) for monomial, coefficient in terms.items() if coefficient]
    return Size(tuple(sorted(kept, key=lambda term: (len(term[0]), str(term[0])))))


def _exact_quotient(dividend: Size, divisor: Size) -> Size:
    """`dividend / divisor` where it comes out without remainder for every value of the names."""
    if len(divisor.terms) == 1:
        (monomial, coefficient) = divisor.terms[0]
        out: dict[Monomial, int] = {}
        for m, c in dividend.terms:
            rest = list(m)
            for atom in monomial:
                if atom not in rest:
                    break
                rest.remove(atom)
            else:
                if c % coefficient == 0:
                    out[tuple(rest)] = c // coefficient
                    continue
            raise ValueError(f"{dividend} is not a multiple of {divisor}")
        return _normal(out)
    raise ValueError(f"{dividend} cannot be divided by {divisor}")


@lru_cache(maxsize=65536)
def never_negative(value: Size, least: int = 1) -> bool:
    """Proved: at least 0 whatever the free sizes are, each at least `least`. False says nothing."""
    bounded = _lower(value)
    if bounded is None:
        return False
    if least == 0 or all(c >= 0 for c in bounded.values()) or any(len(names) > 8 for names in bounded):
        return all(c >= 0 for c in bounded.values())
    # every name a becomes least + a', a' >= 0: then no negative coefficient may be left
    shifted: dict[tuple[str, ...], Fraction] = {}
    for names, coefficient in bounded.items():
        expanded: dict[tuple[str, ...], Fraction] = {(): coefficient}
        for name in names:
            step: dict[tuple[str, ...], Fraction] = {}
            for monomial, c in expanded.items():
                step[monomial] = step.get(monomial, Fraction(0)) + least * c
                key = tuple(sorted((*monomial, name)))
                step[key] = step.get(key, Fraction(0)) + c
            expanded = step
        for monomial, c in expanded.items():
            shifted[monomial] = shifted.get(monomial, Fraction(0)) + c
    return all(c >= 0 for c in shifted.values())


def _lower(value: Size) -> dict[tuple[str, ...], Fraction] | None:
    """A polynomial in names alone that is never above `value`; None where a floor stands in a product."""
    total: dict[tuple[str, ...], Fraction] = {}

    def put(monomial: tuple[str, ...], coefficient: Fraction) -> None:
        total[monomial] = total.get(monomial, Fraction(0)) + coefficient

    for monomial, coefficient in value.terms:
        names = tuple(atom for atom in monomial if isinstance(atom, str))
        floors = [atom for atom in monomial if isinstance(atom, Floor)]
        if not floors:
            put(names, Fraction(coefficient))
            continue
        if len(floors) > 1 or names:
            return None
        floor = floors[0]
        # (p - k + 1)/k <= p//k <= p/k, and the side that makes the term smaller is taken
        edge = floor.dividend - (floor.divisor - 1) if coefficient > 0 else floor.dividend
        inner = _lower(edge * coefficient)
        if inner is None:
            return None
        for key, c in inner.items():
            put(key, c / floor.divisor)
    return total
