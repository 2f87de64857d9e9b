"""A witness is a point at which everything that is assumed holds, and at which both lines have their values."""

from __future__ import annotations

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graphc.judge.check import check
from graphc.language.expression import Source


def line(text, place=-1):
    return check(Source("f.deriv", text)).lines[place]


def at(text):
    found = line(text)
    assert found.status == "false"
    return found.witness.at


# -- kinds of assumptions, each with what it says of a value

KINDS = {
    "a > 0": ("a", lambda a: a > 0),
    "a >= 1": ("a", lambda a: a >= 1),
    "a > 5": ("a", lambda a: a > 5),
    "a < -2": ("a", lambda a: a < -2),
    "a <= -3/2": ("a", lambda a: a <= -1.5),
    "0 < a < 1": ("a", lambda a: 0 < a < 1),
    "a in (0, 1)": ("a", lambda a: 0 < a < 1),
    "a in [0, 1]": ("a", lambda a: 0 <= a <= 1),
    "a in (2, 2.5)": ("a", lambda a: 2 < a < 2.5),
    "a in (0, 0.01)": ("a", lambda a: 0 < a < 0.01),
    "a in {0, 1}": ("a", lambda a: a in (0, 1)),
    "a in {-1, 1}": ("a", lambda a: a in (-1, 1)),
    "a in {3, 7}": ("a", lambda a: a in (3, 7)),
    "a integer": ("a", lambda a: a == int(a)),
    "a integer, a in (2, 5)": ("a", lambda a: a in (3, 4)),
    "a integer, a > 3/2": ("a", lambda a: a == int(a) and a >= 2),
    "a in {0, 1, 2, 3}, a in (1, 4)": ("a", lambda a: a in (2, 3)),
    "a > 0, a < 10, a != 1": ("a", lambda a: 0 < a < 10 and a != 1),
    "a >= 0, a > 0": ("a", lambda a: a > 0),
}
LINES = ("a**2 + 2*a", "a**2 + 3*a"), ("exp(a)", "exp(a) + a - b")


@pytest.mark.parametrize("assumed", KINDS)
def test_a_number_of_a_witness_is_one_that_is_assumed(assumed):
    name, holds = KINDS[assumed]
    shows = "".join(f"show {before}\n= {after}\n" for before, after in LINES)
    found = [one for one in check(Source("f.deriv", f"where {assumed}\n{shows}")).lines if one.status == "false"]
    assert len(found) == len(LINES)
    assert all(holds(one.witness.at[name]) for one in found)


@pytest.mark.parametrize("assumed", ["x > 0", "x in (0, 1)", "x in {1, 2}", "x integer, x >= 1", "x[i,j] > 0"])
def test_every_element_of_a_tensor_is_one_that_is_assumed(assumed):
    rows = at(f"given\n x[n, m]\nwhere {assumed}\nshow sum(x)\n= mean(x)\n")["x"]
    assert all(value > 0 for row in rows for value in row)


@pytest.mark.parametrize(
    ("text", "small"),
    [
        ("where a in (0, 1)\nshow a\n= 2*a\n", {"a": 0.5}),
        ("where a > 5\nshow a\n= 2*a\n", {"a": 6}),
        ("where a >= 1\nshow a\n= 2*a\n", {"a": 2}),
        ("where a < -2, b in {0, 1}\nshow a*b\n= 2*a*b\n", {"a": -3, "b": 1}),
        ("where a in (2, 4)\nshow a\n= 2*a\n", {"a": 3}),
        ("where a > 0, b > a\nshow b - a\n= a - b\n", {"a": 1, "b": 2}),
    ],
)
def test_a_witness_within_a_range_is_as_readable_as_it_goes(text, small):
    assert at(text) == small


def test_rows_of_several_tensors_stay_what_they_are():
    text = (
        "given\n t[n, k]\n p[n, k]\nwhere t one_hot, p distribution\nshow sum[j](t[i,j]*p[i,j])\n= sum[j](p[i,j]**2)\n"
    )
    found = at(text)
    assert all(sorted(row) == [0] * (len(row) - 1) + [1] for row in found["t"])
    assert all(sum(row) == pytest.approx(1) and min(row) >= 0 for row in found["p"])


def test_a_tied_element_keeps_to_the_range_too():
    found = at("given\n p[k]\nwhere p in (0, 1), sum(p) = 1\nshow sum[j](p[j]**2)\n= max(p)\n")["p"]
    assert sum(found) == pytest.approx(1)
    assert all(0 < value < 1 for value in found)


def test_a_slope_has_no_value_where_what_is_differentiated_has_none():
    given_ = "given L = -y*log(p) + (1 - y)*log(1 - p)\n"
    ends = "show dL/dp\n= -y/p + (1 - y)/(1 - p)\n"
    for assumed in ("", "where p in (0, 1)\n", "where y in {0, 1}\n"):
        assert 0 < at(given_ + assumed + ends)["p"] < 1


def test_lines_that_differ_only_where_the_loss_has_no_value_do_not_differ():
    assert line("given L = log(x)\nshow dL/dx\n= 1/abs(x)\n").status != "false"
    assert line("given L = log(x)\nshow dL/dx\n= 2/abs(x)\n").status == "false"


# -- what is assumed of names that have an equation


def test_a_range_of_a_defined_name_is_used_and_kept():
    text = "given\n q = 2*p\nwhere q in (0, 1)\nshow abs(q)\n= q\n= 2*q\n"
    assert line(text, 1).status == "true"
    assert line(text, 1).conditions == ("q in (0, 1)",)
    assert 0 < 2 * at(text)["p"] < 1


def test_a_set_of_a_defined_name_is_no_licence_to_call_a_line_false():
    assert line("given\n q = 2*p\nwhere q in {0, 2}\nshow q**2\n= 2*q\n").status == "undecided"


def test_a_softmax_may_be_called_a_distribution():
    text = "given\n z[k]\n p = softmax(z)\nwhere p distribution\nshow sum(p)\n= 1\n= 2\n"
    assert [one.status for one in check(Source("f.deriv", text)).lines] == ["true", "true", "false"]


def test_what_is_assumed_of_one_element_says_nothing_of_the_others():
    assert line("given\n x[n]\nwhere x[0] > 0\nshow abs(x[0])\n= x[0]\n").status == "true"
    assert line("given\n x[n]\nwhere x[0] > 0\nshow abs(x[1])\n= x[1]\n").status == "false"


def test_assumptions_that_leave_nothing_make_no_line_false():
    for assumed in ("y in {0, 1}, y in (1, 3)", "a > 1, a < 0", "n integer, n in (1, 2)"):
        assert line(f"where {assumed}\nshow y + a + n\n= 1\n").status == "undecided"


def test_a_declared_axis_is_not_as_short_as_the_one_element_that_is_read():
    assert line("given\n x[n]\nshow sum(x)\n= x[0]\n").status == "false"


# -- what would save a line


@pytest.mark.parametrize("assumed", ["p in (0, 1)", "p > 0", "p >= 0"])
def test_what_contradicts_the_assumptions_saves_nothing(assumed):
    found = line(f"where {assumed}\nshow abs(p)\n= 2*p\n")
    assert found.saving is None


@pytest.mark.parametrize("assumed", ["n integer, n > 3", "n in [4, 9]", "n in {4, 5}"])
def test_what_leaves_a_single_number_saves_nothing(assumed):
    assert line(f"where {assumed}\nshow n\n= 4\n").saving is None


@pytest.mark.parametrize(("given_", "saving"), [("", "x >= 0"), ("where y in {0, 1}\n", "x >= 0")])
def test_what_is_compatible_still_saves(given_, saving):
    assert line(f"{given_}show sqrt(x**2)*y\n= x*y\n").saving == saving


# -- at random: values are taken again by Python itself

ATOMS = [
    ("a", "a"),
    ("p", "p"),
    ("y", "y"),
    ("n", "n"),
    ("2", "2"),
    ("log(p)", "log(p)"),
    ("exp(-a)", "exp(-a)"),
    ("abs(a - p)", "abs(a - p)"),
    ("max(a, n)", "max(a, n)"),
    ("sum[j](t[j]*s[j])", "sum(u*v for u, v in zip(t, s))"),
    ("sum(s*t)", "sum(u*v for u, v in zip(s, t))"),
    ("max(t)", "max(t)"),
    ("sum[j](s[j]**2)", "sum(u**2 for u in s)"),
]
SCALARS = {
    "a": ["a > 0", "a >= 1", "a < 0", "a in (0, 1)", "a in [-1, 1]", "a > p", "a != 0"],
    "p": ["p in (0, 1)", "p > 0", "p in (0, 0.3)", "p > 0, p < 2"],
    "y": ["y in {0, 1}", "y in {-1, 1}", "y in [0, 1]"],
    "n": ["n integer", "n integer, n > 1", "n in {2, 5}"],
}
HOLDS = {
    "a in (0, 1)": "0 < a < 1",
    "a in [-1, 1]": "-1 <= a <= 1",
    "p in (0, 1)": "0 < p < 1",
    "p in (0, 0.3)": "0 < p < 0.3",
    "p > 0, p < 2": "0 < p < 2",
    "y in {0, 1}": "y in (0, 1)",
    "y in {-1, 1}": "y in (-1, 1)",
    "y in [0, 1]": "0 <= y <= 1",
    "n integer": "n == int(n)",
    "n integer, n > 1": "n == int(n) and n > 1",
    "n in {2, 5}": "n in (2, 5)",
}
ROWS = {
    "one_hot": lambda row: sorted(row) == [0] * (len(row) - 1) + [1],
    "distribution": lambda row: abs(sum(row) - 1) < 1e-9 and min(row) >= 0,
}


def joined(inner):
    pair = st.tuples(inner, inner)
    return st.one_of(
        *(
            pair.map(lambda two, sign=sign: tuple(f"({u}) {sign} ({v})" for u, v in zip(*two, strict=True)))
            for sign in "+-*"
        ),
        inner.map(lambda one: tuple(f"({u})**2" for u in one)),
    )


sides = st.recursive(st.sampled_from(ATOMS), joined, max_leaves=4)
scalars = st.fixed_dictionaries({name: st.sampled_from(kinds) for name, kinds in SCALARS.items()})


@pytest.mark.slow
@settings(max_examples=20, deadline=None)
@given(sides, sides, scalars, st.sampled_from(sorted(ROWS)), st.sampled_from(sorted(ROWS)))
def test_every_witness_keeps_to_the_assumptions_and_shows_two_different_values(one, two, kinds, t, s):
    assumed = ", ".join([*kinds.values(), f"t {t}", f"s {s}"])
    text = f"given\n t[k]\n s[k]\nwhere {assumed}\nshow {one[0]}\n= {two[0]}\n"
    found = line(text)
    if found.status != "false":
        return
    point = {"a": 1, "p": 0.25, "y": 1, "n": 2, **found.witness.at}  # what neither line reads may be any
    names = {**point, "log": math.log, "exp": math.exp}
    for name, kind in kinds.items():
        if name in found.witness.at:
            assert eval(HOLDS.get(kind, kind), {}, names), (text, found.witness)
    for name, kind in (("t", t), ("s", s)):
        assert name not in point or ROWS[kind](point[name]), (text, found.witness)
    before, after = (eval(side[1], {}, names) for side in (one, two))
    assert before == pytest.approx(found.witness.before, rel=1e-5, abs=1e-9)
    assert after == pytest.approx(found.witness.after, rel=1e-5, abs=1e-9)
    assert abs(before - after) > 1e-9 * max(1, abs(before))
