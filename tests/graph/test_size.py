"""Sizes are exact: whatever form arithmetic gives them, they are the integers that Python gets."""

from __future__ import annotations

from functools import reduce
from typing import NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graphc.graph.size import Size, never_negative, size
from graphc.language.errors import GraphcError
from graphc.language.parse import parse_expression

VALUES = [{"n": n, "m": m} for n in range(7) for m in range(5)]


class Drawn(NamedTuple):
    """A size and the integers that it should be, for each of `VALUES`."""

    size: Size
    integers: tuple[int, ...]


def leaf(name: str | int) -> Drawn:
    return Drawn(size(name), tuple(v[name] if isinstance(name, str) else name for v in VALUES))


def extended(parts: st.SearchStrategy[Drawn]) -> st.SearchStrategy[Drawn]:
    return st.one_of(
        st.builds(lambda a, b: Drawn(a.size + b.size, tuple(map(int.__add__, a.integers, b.integers))), parts, parts),
        st.builds(lambda a, b: Drawn(a.size * b.size, tuple(map(int.__mul__, a.integers, b.integers))), parts, parts),
        st.builds(lambda a, k: Drawn(a.size * k, tuple(i * k for i in a.integers)), parts, st.integers(-3, 3)),
        st.builds(lambda a, k: Drawn(a.size // k, tuple(i // k for i in a.integers)), parts, st.integers(1, 4)),
    )


SIZES = st.recursive(st.sampled_from(["n", "m", 0, 1, -2, 3]).map(leaf), extended, max_leaves=7)


@settings(max_examples=250, deadline=None)
@given(SIZES)
def test_a_size_is_the_integer_that_python_gets(drawn: Drawn) -> None:
    assert tuple(drawn.size.bind(v).value for v in VALUES) == drawn.integers


@settings(max_examples=150, deadline=None)
@given(SIZES)
def test_a_size_is_written_as_python_and_the_language_read_it(drawn: Drawn) -> None:
    written = str(drawn.size)
    assert tuple(eval(written, dict(v)) for v in VALUES) == drawn.integers
    parse_expression(written)


@settings(max_examples=250, deadline=None)
@given(SIZES, st.sampled_from([0, 1]))
def test_what_is_proved_never_negative_never_is(drawn: Drawn, least: int) -> None:
    if never_negative(drawn.size, least):
        assert all(i >= 0 for i, v in zip(drawn.integers, VALUES, strict=True) if min(v.values()) >= least)


def test_equal_windows_have_equal_sizes() -> None:
    h, r = size("H"), size("R")
    assert (h - 2) // 2 + 1 is h // 2
    assert (h - r + 3 * r) // 1 is h + 2 * r
    assert ((h - 1) // 2 - 1) // 2 is (h - 3) // 4


def test_halving_again_and_again_keeps_a_size_short() -> None:
    extent = size("n")
    for _ in range(300):
        extent = (extent - 3) // 2 + 1
    assert len(str(extent)) < 120


def test_a_size_that_fills_the_memory_is_refused() -> None:
    factors = [size(f"a{k}") + size(f"b{k}") + 1 for k in range(40)]
    with pytest.raises(GraphcError, match="terms"):
        reduce(Size.__mul__, factors)
