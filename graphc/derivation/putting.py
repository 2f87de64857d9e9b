"""Factors put in as a lecturer does: each in its brackets, where its name stood."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from ..graph.arithmetic import ONE, negated, product
from ..language.expression import Bound, Expression, Name, Negative, Product, Reduce, Subscript, Sum
from .scalar_terms import names, substituted, walked


@dataclass(frozen=True)
class Meaning:
    """What `name[labels]` is."""

    labels: tuple[str, ...]
    body: Expression


def put_in(whole: Expression, meanings: Mapping[str, Meaning]) -> Expression | None:
    """A sum of products of names with each name replaced by its meaning; None where that needs other indices."""
    if isinstance(whole, Sum):
        terms = [put_in(term, meanings) for term in whole.terms]
        return None if None in terms else _sum(terms)  # type: ignore[arg-type]
    if isinstance(whole, Reduce):
        body = put_in(whole.body, meanings)
        fits = body is not None and all(bound.extent is not None or _fixed(bound, body) for bound in whole.indices)
        return Reduce(whole.kind, whole.indices, body) if body is not None and fits else None
    if isinstance(whole, Product):
        factors = [put_in(factor, meanings) for factor in whole.factors]
        return None if None in factors else _product(factors)  # type: ignore[arg-type]
    if isinstance(whole, Name | Subscript):
        return _meant(whole, meanings)
    return whole if not any(name in meanings for name in names(whole)) else None


def _sum(terms: list[Expression]) -> Expression:
    first = terms[0].terms if isinstance(terms[0], Sum) else terms[:1]
    return Sum((*first, *terms[1:]))


def _product(factors: list[Expression]) -> Expression:
    """Factors of 1 are left out; all others keep their brackets."""
    kept = [factor for factor in factors if factor is not ONE]
    if len(kept) < 2:
        return kept[0] if kept else ONE
    minus = sum(isinstance(factor, Negative) for factor in kept[1:]) % 2
    others = [factor.operand if isinstance(factor, Negative) else factor for factor in kept[1:]]
    first = kept[0].factors if isinstance(kept[0], Product) else kept[:1]
    whole = Product((*first, *others))
    return negated(whole) if minus else whole


def _meant(read: Name | Subscript, meanings: Mapping[str, Meaning]) -> Expression | None:
    base = read.base if isinstance(read, Subscript) else read
    meaning = meanings.get(base.name) if isinstance(base, Name) else None
    if meaning is None:
        return read
    subscripts = read.subscripts if isinstance(read, Subscript) else ()
    inside = {bound.name for part in walked(meaning.body) if isinstance(part, Reduce) for bound in part.indices}
    if any(inside & names(one) for one in subscripts) or len(subscripts) != len(meaning.labels):
        return None
    return substituted(meaning.body, dict(zip(map(Name, meaning.labels), subscripts, strict=True)))


def flat(whole: Expression) -> Expression:
    """A sum of products without the brackets that set its factors apart."""
    if isinstance(whole, Sum):
        return _sum([flat(term) for term in whole.terms])
    if isinstance(whole, Reduce):
        return Reduce(whole.kind, whole.indices, flat(whole.body))
    return product(whole.factors) if isinstance(whole, Product) else whole


def _fixed(bound: Bound, body: Expression) -> bool:
    """Whether some read is by this index alone, so that it runs over a whole axis."""
    index = Name(bound.name)
    return any(isinstance(part, Subscript) and index in part.subscripts for part in walked(body))
