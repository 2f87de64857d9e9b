"""What a log-sum-exp is taken from keeps its digits: u − lse(u) is (u − m) − log s; m = max u, s = Σ exp(u − m).

In u − lse(u) two numbers as large as u would be subtracted, and exp of it would be wrong by as much as u was rounded.
So a reader that subtracts a log-sum-exp from what it is of takes its parts instead, and exp(u − lse(u)) is
exp(u − m)/s, whose exponential is there already.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from ..graph.node import Map
from ..graph.scalar import (
    Affine,
    Apply,
    Index,
    Number,
    Read,
    Scalar,
    add,
    move,
    mul,
    number,
    power,
    reads,
    rewrite,
)

if TYPE_CHECKING:
    from .atoms import Atoms, Box

Product = tuple[Scalar, ...]  # factors, in a fixed order
Found = dict[Index, Affine]


@dataclass(frozen=True)
class Parts:
    """What a log-sum-exp of u is made of, over its box: u − m, exp(u − m), Σ exp(u − m), and the logarithm of that."""

    below: Scalar
    exponential: Scalar
    whole: Scalar
    log: Scalar


def shifted(atoms: Atoms, term: Scalar, box: Box) -> Scalar:
    """A body with every u − lse(u) in it, and every exp of that, written in the parts."""
    if not any(read.tensor in atoms.parts for read in reads(term)):
        return term
    logs: dict[Scalar, Scalar] = {}

    def change(part: Scalar) -> Scalar:
        if not isinstance(part, Apply):
            return part
        if part.operation == "exp":
            return logs.get(part.arguments[0], part)
        return difference(part) if part.operation == "add" else part

    def difference(part: Apply) -> Scalar:
        sums = products(part)
        for product, lse in [(p, f) for p in sums for f in p if isinstance(f, Read) and f.tensor in atoms.parts]:
            match = taken_from(sums, product, lse)
            if match is None:
                continue
            sums, found, times = match
            parts = atoms.parts[lse.tensor]
            below, exponential, whole, log = (
                move(one, found) for one in (parts.below, parts.exponential, parts.whole, parts.log)
            )
            logarithm = atoms.name(Apply("sub", (below, log)), box)
            logs[logarithm] = mul(exponential, power(whole, -1))
            if times is number(-1):
                times, logarithm = number(1), atoms.name(Apply("sub", (log, below)), box)
            rest = [mul(Number(c), *factors) for factors, c in sums.items()]
            return change(add(mul(times, logarithm), *rest)) if rest else mul(times, logarithm)
        return part

    return rewrite(term, change)


def taken_from(
    sums: Mapping[Product, Fraction], product: Product, lse: Read
) -> tuple[dict[Product, Fraction], Found, Scalar] | None:
    """The rest of a sum without f·(u − lse(u)), where u's own indices are then, and the factor f."""
    node = lse.tensor
    assert isinstance(node, Map)
    factor, others = -sums[product], without(product, lse)
    for found in places(node, sums, lse):
        rest = dict(sums)
        del rest[product]
        own = products(move(node.body, found))
        if all(_remove(rest, arranged((*others, *key)), factor * c) for key, c in own.items()):
            return rest, found, mul(Number(factor), *others)
    return None


def _remove(rest: dict[Product, Fraction], product: Product, coefficient: Fraction) -> bool:
    """Take a product out of a sum, where the sum has it."""
    if product not in rest:
        return False
    rest[product] -= coefficient
    if not rest[product]:
        del rest[product]
    return True


def places(node: Map, sums: Mapping[Product, Fraction], lse: Read) -> Iterator[Found]:
    """What the indices of a log-sum-exp may be where it is read, such that one of its terms stands in the sum."""
    kept: Found = {Index(axis): form for axis, form in enumerate(lse.subscripts)}
    over = {Index(k) for k in range(node.rank, len(node.box))}
    tried: set[tuple[Affine, ...]] = set()
    own = [read for read in reads(node.body) if any(form.plain in over for form in read.subscripts)]
    there = [read for product in sums for factor in product for read in reads(factor)]
    for pattern in own:
        for read in there:
            found = unified(pattern, read, kept, over)
            if found is not None and over <= found.keys():
                key = tuple(found[index] for index in sorted(over, key=lambda index: index.key))
                if key not in tried:
                    tried.add(key)
                    yield found


def unified(pattern: Read, read: Read, kept: Found, over: set[Index]) -> Found | None:
    """What the summed indices are, where a read is the pattern's."""
    if pattern.tensor is not read.tensor or pattern.guarded != read.guarded:
        return None
    found = dict(kept)
    for form, there in zip(pattern.subscripts, read.subscripts, strict=True):
        plain = form.plain
        if plain in over and plain not in found:
            found[plain] = there
    return found if move(pattern, found) is read else None


def products(term: Scalar) -> dict[Product, Fraction]:
    """A sum as products and their coefficients, numbers multiplied into the sums in brackets."""
    total: dict[Product, Fraction] = {}
    pending = [(Fraction(1), term)]
    while pending:
        coefficient, part = pending.pop()
        if isinstance(part, Apply) and part.operation == "add":
            pending += [(coefficient, argument) for argument in reversed(part.arguments)]
            continue
        factors = part.arguments if isinstance(part, Apply) and part.operation == "mul" else (part,)
        rest = []
        for factor in factors:
            if isinstance(factor, Number):
                coefficient *= factor.value
            else:
                rest.append(factor)
        sums = [factor for factor in rest if isinstance(factor, Apply) and factor.operation == "add"]
        if len(sums) == 1:
            others = without(tuple(rest), sums[0])
            pending += [(coefficient, mul(*others, argument)) for argument in reversed(sums[0].arguments)]
            continue
        key = arranged(rest)
        total[key] = total.get(key, Fraction(0)) + coefficient
    return {key: coefficient for key, coefficient in total.items() if coefficient}


def without(product: Product, factor: Scalar) -> Product:
    place = product.index(factor)
    return product[:place] + product[place + 1 :]


def arranged(factors: Product | list[Scalar]) -> Product:
    """Factors in an order of their own, the same for the same factors."""
    return tuple(sorted(factors, key=id))
