"""Expressions and statements as a person might write them, drawn by hypothesis."""

from __future__ import annotations

from fractions import Fraction

from hypothesis import settings
from hypothesis import strategies as st

from graphc.language.build import STARTS
from graphc.language.constant import TooLarge, constant
from graphc.language.expression import (
    Bound,
    Call,
    Compare,
    Constant,
    Declaration,
    Definition,
    Ellipsis_,
    Equation,
    Expression,
    FloorQuotient,
    Mark,
    MatMul,
    Name,
    Negative,
    Number,
    Parameter,
    Power,
    Product,
    Quotient,
    Reduce,
    Span,
    Subscript,
    Sum,
    Tuple,
)


def examples(count: int) -> settings:
    """So many examples, each with all the time it takes on a busy machine."""
    return settings(max_examples=count, deadline=None)


NOWHERE = Span(1, 1)

WORDS = (
    "x y W1 b_2 n i j ŷ σ θ x₁ é 变量 x̂ sum mean max in integer lambda for if None input output loss const param true"
)
words = st.sampled_from(WORDS.split())
counts = st.integers(0, 10**6).map(Fraction)
decimals = st.builds(lambda digits, places: Fraction(digits, 10**places), st.integers(0, 10**8), st.integers(0, 12))
numbers = st.one_of(counts, decimals, st.sampled_from([Fraction(10) ** 40, Fraction(1, 10**40)])).map(Number)
names = words.map(Name)


def _some(items: st.SearchStrategy, least: int = 1, most: int = 3, unique_by=None) -> st.SearchStrategy:
    return st.lists(items, min_size=least, max_size=most, unique_by=unique_by).map(tuple)


def _bounds(extents: st.SearchStrategy) -> st.SearchStrategy:
    return st.builds(Bound, words, st.none() | extents)


def _chain(kind: type[Expression], parts: st.SearchStrategy) -> st.SearchStrategy:
    """A sum or a product: its first part is none of its own kind, which would have been taken in."""

    def made(chain: tuple[Expression, ...]) -> Expression:
        first, *others = chain
        return kind((Negative(first) if type(first) is kind else first, *others))

    return _some(parts, 2, 4).map(made)


def _comparisons(parts: st.SearchStrategy) -> st.SearchStrategy:
    signs = st.sampled_from(["<", "<=", ">", ">=", "==", "!="])
    return st.lists(st.tuples(parts, signs), min_size=1, max_size=3).flatmap(
        lambda pairs: parts.map(
            lambda last: Compare((*(part for part, _ in pairs), last), tuple(sign for _, sign in pairs))
        )
    )


def _power(base: Expression, exponent: Expression) -> Expression:
    made = Power(base, exponent)
    try:
        constant(made)
    except TooLarge:  # it would be refused
        return Power(base, Name("n"))
    return made


def _quotient(kind: type[Expression], left: Expression, right: Expression) -> Expression:
    return kind(left, Name("n") if constant(right) == 0 else right)


def _larger(parts: st.SearchStrategy) -> st.SearchStrategy:
    return st.one_of(
        _chain(Sum, parts),
        _chain(Product, parts),
        st.builds(_quotient, st.sampled_from([Quotient, FloorQuotient]), parts, parts),
        st.builds(MatMul, parts, parts),
        st.builds(_power, parts, parts),
        parts.map(Negative),
        _comparisons(parts),
        st.builds(Call, words, _some(parts, 0), _some(st.tuples(words, parts), 0, 2)),
        st.builds(Subscript, parts, _some(parts | st.builds(Ellipsis_))),
        st.builds(Reduce, st.sampled_from(["sum", "mean", "max", "logsumexp"]), _some(_bounds(parts)), parts),
        _some(parts, 0).map(Tuple),
    )


# deferred, so that hypothesis names it shortly
expressions = st.deferred(lambda: st.recursive(numbers | names, _larger, max_leaves=12))

sizes = names | st.integers(0, 999).map(lambda size: Number(Fraction(size)))
attributes = st.sampled_from(["integer", "binary", "unit", "one_hot", "distribution"])
starts = st.sampled_from([Name(rule) for rule in STARTS]) | numbers | numbers.map(Negative)
indices = _some(_bounds(expressions))
dotted = st.builds(lambda rest: (Ellipsis_(), *rest), _some(_bounds(expressions), 0))
shapes = _some(sizes) | st.builds(lambda rest: (Ellipsis_(), *rest), _some(sizes, 0))
parameters = st.one_of(
    st.builds(Parameter, words),
    st.builds(Parameter, words, shapes),
    st.builds(lambda name, default: Parameter(name, None, default), words, expressions),
)
here = st.just(NOWHERE)

statements = st.one_of(
    st.builds(Declaration, st.sampled_from(["input", "param"]), words, _some(sizes, 0), _some(attributes, 0, 2), here),
    st.builds(Declaration, st.just("param"), words, _some(sizes, 0), _some(attributes, 0, 2), here, starts),
    st.builds(Constant, words, expressions, here),
    st.builds(Mark, st.sampled_from(["output", "loss"]), _some(words), here),
    st.builds(Equation, words, st.none() | indices, expressions, here, st.none() | st.sampled_from(["output", "loss"])),
    st.builds(
        Definition,
        words,
        _some(parameters, unique_by=lambda one: one.name),
        st.none() | indices | dotted,
        expressions,
        here,
    ),
)
