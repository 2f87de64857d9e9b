"""Small edits of a written line: what a slip of the pen, or of one rule, changes. Each says what kind it mends."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations
from typing import Any

from ..language.expression import (
    Bound,
    Call,
    Compare,
    Expression,
    MatMul,
    Name,
    Negative,
    Number,
    Power,
    Product,
    Quotient,
    Reduce,
    Subscript,
    Sum,
)
from .repair_indices import indices_of, reindexed
from .repair_tree import ONE, TWO, Found, Site, Words, exchanged, joined, negated, plus, put, renamed, sites, times
from .total import mentioned


@dataclass(frozen=True)
class Edit:
    """A line with one thing changed."""

    line: Expression
    kind: str
    added: Expression | None = None  # the part that the line lacked


ATOMS = (Name, Subscript, Call, Reduce)


def edits(line: Expression, words: Words) -> Iterator[Edit]:
    """All small edits, those at the outermost places first."""
    seen: set[Expression] = {line}
    for site in sites(line, words.indices):
        for new, kind in _changes(site, words):
            edited = put(line, site.path, new)
            if edited is not None and edited not in seen:
                seen.add(edited)
                yield Edit(edited, kind)


def _changes(site: Site, words: Words) -> Found:
    part = site.part
    if site.whole:
        yield negated(part), "sign"
        yield from _scaled(part, words)
    yield from OF_KIND.get(type(part), _nothing)(part, site, words)
    if isinstance(part, (*ATOMS, Sum)) and not isinstance(site.above, Power):
        yield Power(part, TWO), "exponent"
        yield Call("sqrt", (part,)), "exponent"
        if site.above is not None:
            yield Quotient(ONE, part), "inverted"
            yield Power(part, Number(Fraction(3))), "exponent"
    if isinstance(part, ATOMS):
        yield Sum((ONE, Negative(part))), "complement"
        yield from ((Call(function, (part,)), "unapplied") for function in words.functions)
    yield from reindexed(part, site, words)
    if isinstance(part, (Sum, Product, Quotient, MatMul, Reduce, Call)):
        used = mentioned(part)
        tensors = [name for name in words.ranks if name in used]
        for one, two in combinations(tensors[:8], 2):
            if words.ranks[one] == words.ranks[two]:
                yield exchanged(part, one, two), "swapped"


def _nothing(part: Any, site: Site, words: Words) -> Found:
    yield from ()


def _scaled(part: Expression, words: Words) -> Found:
    """A two, a half, and the number of what was averaged."""
    yield times(TWO, part), "factor"
    if isinstance(part, Quotient):
        yield Quotient(times(TWO, part.left), part.right), "factor"
    yield from ((new, "factor") for new in divided(part, TWO))
    for size in map(Name, words.sizes):
        yield times(size, part), "mean"
        yield from ((new, "mean") for new in divided(part, size))
        yield Sum((part, Negative(size))), "term"
    for first, second in combinations(map(Name, words.sizes), 2):
        yield from ((new, "mean") for new in divided(part, Product((first, second))))


def divided(part: Expression, by: Expression) -> Iterator[Expression]:
    """part/by, with what stands below already, or in front."""
    yield Quotient(part, by)
    if isinstance(part, Quotient):
        yield Quotient(part.left, times(part.right, by))
    if isinstance(part, Product):
        first, *others = part.factors
        if isinstance(first, (Number, Quotient)):
            for new in divided(first, by) if isinstance(first, Quotient) else (Quotient(first, by),):
                yield Product((new, *others))


def _number(part: Number, site: Site, words: Words) -> Found:
    kind = "exponent" if isinstance(site.above, Power) and site.path[-1] == 1 else "constant"
    for value in (part.value + 1, part.value - 1, part.value * 2, part.value / 2, part.value * 3):
        if value or (kind == "constant" and not isinstance(site.above, (Quotient, Power))):
            yield Number(value), kind
    if part.value > 1:
        yield Quotient(ONE, part), kind
    for size in words.sizes:
        yield Name(size), "mean"


def _sum(part: Sum, site: Site, words: Words) -> Found:
    for k in range(len(part.terms)):
        yield joined(Sum, [*part.terms[:k], *part.terms[k + 1 :]]), "dropped"
    if len(part.terms) == 2:
        first, second = part.terms
        if isinstance(second, Negative):
            yield Sum((second.operand, Negative(first))), "swapped"
    if not any(isinstance(term, Number) for term in part.terms):
        yield plus(part, ONE), "term"
        yield plus(part, Negative(ONE)), "term"


def _product(part: Product, site: Site, words: Words) -> Found:
    for k, factor in enumerate(part.factors):
        rest = joined(Product, [*part.factors[:k], *part.factors[k + 1 :]])
        assert rest is not None
        yield rest, "extra"
        yield Quotient(rest, factor), "inverted"
    for one, two in combinations(range(len(part.factors)), 2):
        left, right = part.factors[one], part.factors[two]
        rest_ = [f for k, f in enumerate(part.factors) if k not in (one, two)]
        for new in (Sum((left, right)), Sum((left, Negative(right)))):
            yield joined(Product, [*rest_[:one], new, *rest_[one:]]), "product"


def _quotient(part: Quotient, site: Site, words: Words) -> Found:
    yield Quotient(part.right, part.left), "inverted"
    yield part.left, "factor"
    yield times(part.left, part.right), "inverted"
    yield Sum((part.left, Negative(part.right))), "quotient"
    if isinstance(part.left, ATOMS) and isinstance(part.right, ATOMS):
        return
    yield Quotient(part.left, Power(part.right, TWO)), "exponent"


def _power(part: Power, site: Site, words: Words) -> Found:
    yield part.left, "exponent"
    yield Power(part.left, negated(part.right)), "exponent"
    yield Power(part.left, plus(part.right, Negative(ONE))), "exponent"
    yield Power(part.left, plus(part.right, ONE)), "exponent"
    yield Power(part.right, part.left), "swapped"
    if part.right is not TWO:
        yield Power(part.left, TWO), "exponent"


def _negative(part: Negative, site: Site, words: Words) -> Found:
    yield part.operand, "sign"


def _matmul(part: MatMul, site: Site, words: Words) -> Found:
    left, right = part.left, part.right
    for a, b in ((left, right), (right, left)):
        for x in (a, _turned(a)):
            for y in (b, _turned(b)):
                yield MatMul(x, y), "transpose"


def _turned(part: Expression) -> Expression:
    if isinstance(part, Call) and part.function == "transpose":
        return part.arguments[0]
    return Call("transpose", (part,))


PARTNERS = {
    "sin": ("cos",),
    "cos": ("sin",),
    "tanh": ("sigma",),
    "sigma": ("tanh",),
    "relu": ("step",),
    "step": ("relu",),
    "max": ("min",),
    "min": ("max",),
    "sign": ("abs",),
    "abs": ("sign",),
    "exp": ("log",),
    "log": ("exp",),
    "sum": ("mean",),
    "mean": ("sum",),
}


def _call(part: Call, site: Site, words: Words) -> Found:
    arguments = part.arguments
    if part.function == "transpose":
        yield arguments[0], "transpose"
        return
    for other in PARTNERS.get(part.function, ()):
        kind = "mean" if {part.function, other} == {"sum", "mean"} else "function"
        yield Call(other, arguments, part.keywords), kind
    if len(arguments) == 1 and not part.keywords:
        yield arguments[0], "applied"
    if part.function == "where" and len(arguments) == 3:
        condition, yes, no = arguments
        yield Call("where", (condition, no, yes)), "swapped"
        yield yes, "function"
        yield no, "function"
    elif len(arguments) == 2:
        yield Call(part.function, arguments[::-1], part.keywords), "swapped"
    for k, value in enumerate(part.keywords):
        if value[0] == "axis" and isinstance(value[1], Number):
            for axis in (0, 1):
                keywords = (*part.keywords[:k], ("axis", Number(Fraction(axis))), *part.keywords[k + 1 :])
                yield Call(part.function, arguments, keywords), "index"


TURNED = {"<": ">", ">": "<", "<=": ">=", ">=": "<=", "==": "!=", "!=": "=="}


def _compare(part: Compare, site: Site, words: Words) -> Found:
    yield Compare(part.operands, tuple(TURNED[sign] for sign in part.operators)), "comparison"


REDUCED = {"sum": "mean", "mean": "sum", "max": "min", "min": "max", "prod": "sum"}


def _reduce(part: Reduce, site: Site, words: Words) -> Found:
    if part.kind in REDUCED:
        kind = "mean" if {part.kind, REDUCED[part.kind]} == {"sum", "mean"} else "function"
        yield Reduce(REDUCED[part.kind], part.indices, part.body), kind
    for k, bound in enumerate(part.indices):
        others = (*part.indices[:k], *part.indices[k + 1 :])
        inner = mentioned(part.body)
        for index in sorted(indices_of(part.body) - {bound.name}):
            yield Reduce(part.kind, (*part.indices[:k], Bound(index), *part.indices[k + 1 :]), part.body), "summation"
        for index in site.scope if bound.name in inner else ("",):
            body = renamed(part.body, {bound.name: index}) if index else part.body
            yield (Reduce(part.kind, others, body) if others else body), "summation"


OF_KIND: dict[type[Expression], Callable[[Any, Site, Words], Found]] = {
    Number: _number,
    Sum: _sum,
    Product: _product,
    Quotient: _quotient,
    Power: _power,
    Negative: _negative,
    MatMul: _matmul,
    Call: _call,
    Compare: _compare,
    Reduce: _reduce,
}
