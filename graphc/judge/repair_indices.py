"""Small edits of the names in a line: another index, two exchanged, one too far; another tensor."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import combinations

from ..language.expression import Call, Expression, Name, Negative, Number, Product, Quotient, Reduce, Subscript, Sum
from .repair_tree import ONE, TWO, Found, Site, Words, joined, negated, plus, renamed, times
from .total import mentioned, parts


def indices_of(part: Expression) -> set[str]:
    """The names that stand alone as subscripts."""
    subscripts = [place for one in parts(part) if isinstance(one, Subscript) for place in one.subscripts]
    return {place.name for place in subscripts if isinstance(place, Name)}


def reindexed(part: Expression, site: Site, words: Words) -> Found:
    """Other indices: one read of them in one place, two exchanged everywhere, one too far."""
    if isinstance(part, Subscript):
        places = part.subscripts
        for k, place in enumerate(places):
            for new in _places(place, site.scope):
                yield Subscript(part.base, (*places[:k], new, *places[k + 1 :])), "index"
        for first, second in combinations(range(len(places)), 2):
            turned = list(places)
            turned[first], turned[second] = turned[second], turned[first]
            yield Subscript(part.base, tuple(turned)), "index"
    elif isinstance(part, (Reduce, Sum, Product, Quotient, Negative, Call)):
        inner = site.scope
        if isinstance(part, Reduce):
            inner = (*inner, *(bound.name for bound in part.indices))
        used = [name for name in dict.fromkeys(inner) if name in mentioned(part)]
        for one, two in combinations(used, 2):
            yield _exchanged(part, one, two), "index"
        if not isinstance(part, Reduce):
            for one in used:
                for other in site.scope:
                    if other not in used:
                        yield renamed(part, {one: other}), "index"
    if isinstance(part, (Name, Subscript)):
        yield from _named_otherwise(part, words)


def _exchanged(part: Expression, one: str, two: str) -> Expression:
    names = {one: two, two: one}
    if isinstance(part, Reduce):
        return Reduce(part.kind, part.indices, renamed(part.body, names))
    return renamed(part, names)


def _places(place: Expression, scope: Iterable[str]) -> Iterator[Expression]:
    if isinstance(place, Name):
        yield from (Name(index) for index in scope if index != place.name)
    if isinstance(place, Number):
        yield Number(place.value + 1)
        if place.value > 0:
            yield Number(place.value - 1)
    else:
        yield plus(place, ONE)
        yield plus(place, Negative(ONE))
    if isinstance(place, Sum):
        for k, term in enumerate(place.terms):
            rest = joined(Sum, [*place.terms[:k], *place.terms[k + 1 :]])
            assert rest is not None
            yield rest
            yield Sum((*place.terms[:k], negated(term), *place.terms[k + 1 :]))
            yield Sum((*place.terms[:k], times(TWO, term), *place.terms[k + 1 :]))
            if isinstance(term, Number):
                yield Sum((*place.terms[:k], Number(term.value + 1), *place.terms[k + 1 :]))
                if term.value > 1:
                    yield Sum((*place.terms[:k], Number(term.value - 1), *place.terms[k + 1 :]))


def _named_otherwise(part: Name | Subscript, words: Words) -> Found:
    """Another tensor with as many axes; of a derivative's two names, another one's."""
    base = part.base if isinstance(part, Subscript) else part
    rank = len(part.subscripts) if isinstance(part, Subscript) else 0
    if not isinstance(base, Name):
        return
    d = "d" if base.name[:1] == "d" and base.name[1:] in words.ranks and base.name not in words.ranks else ""
    if not d and base.name not in words.ranks:
        return
    for other, axes in words.ranks.items():
        if axes == (words.ranks.get(base.name[1:]) if d else rank) and d + other != base.name:
            new = Name(d + other)
            yield (Subscript(new, part.subscripts) if isinstance(part, Subscript) else new), "name"
