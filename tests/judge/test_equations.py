"""Answers and derivations judged under a network's own equations, whatever their author would like to be given."""

from __future__ import annotations

import pytest

import graphc as gc

NET = """\
input x[n, m]
input t[n] : in {0, 1}
param w[m]
double(z) = 2*z
a[i] = sum[j](x[i,j] * w[j])
y[i] = sigma(a[i])
L = mean[i](-t[i]*log(y[i]) - (1 - t[i])*log(1 - y[i]))
h[i] = relu(a[i])
"""


@pytest.fixture(scope="module")
def given(tmp_path_factory) -> gc.Equations:
    file = tmp_path_factory.mktemp("net") / "net.net"
    file.write_text(NET, encoding="utf-8")
    return gc.Equations(gc.load(file))


def test_expressions_are_compared_under_the_equations(given):
    assert given.compare("dL/da[i]", "(y[i] - t[i])/n").status == "true"
    line = given.compare("dL/da[i]", "y[i] - t[i]")
    assert (line.status, line.rule, line.repair) == ("false", "mean", "(y[i] - t[i])/n")
    assert line.witness is not None


def test_an_answer_may_call_its_index_what_it_likes(given):
    assert given.answer("d[i]", "dL/da[i]", "d[k] = (y[k] - t[k])/n").status == "true"
    assert given.answer("d[i]", "dL/da[i]", "d[j] = mean[i](where(i == j, y[i] - t[i], 0))").status == "true"


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("d[i] = dL/da[i]", "still has the derivative"),
        ("d[i] = q*t[i]", "no `q`"),
        ("d = y - t", "asked for as"),
        ("e[i] = y[i]", "an equation of the form"),
        ("d[i] = y[i]\nt[i] = 1", "here is another"),
        ("d(z) = z", "an equation of the form"),
    ],
)
def test_what_is_no_answer_is_an_error(given, written, said):
    with pytest.raises(gc.GraphcError, match=said):
        given.answer("d[i]", "dL/da[i]", written)


def test_an_answer_that_leaves_out_where_it_would_be_wrong_is_wrong(given):
    assert given.answer("s[i]", "dh[i]/da[i]", "s[i] = where(a[i] > 0, 1, 0)").status == "true"
    line = given.answer("s[i]", "dh[i]/da[i]", "s[i] = 1 + 0*log(a[i])")
    assert (line.status, "only where it is defined" in line.note) == ("false", True)


def test_a_long_but_right_answer_is_not_taken_for_one_that_leaves_something_out(given):
    slow = "d[i] = (-t[i]/y[i] + (1 - t[i])/(1 - y[i])) * y[i]*(1 - y[i])/n"
    assert given.answer("d[i]", "dL/da[i]", slow).status == "true"


STEPS = "show dL/dw[j]\n  = sum[i](dL/da[i] * da[i]/dw[j])\n  = mean[i]((y[i] - t[i])*x[i,j])\n"


def test_a_derivation_may_say_again_what_is_given_and_define_more(given):
    more = "given\n  y[i] = 1/(1 + exp(-a[i]))\n  double(z) = z + z\n  e[i] = y[i] - t[i]\n" + STEPS
    judged = given.derivation(more.replace("(y[i] - t[i])*", "e[i]*"), "dL/dw[j]")
    assert (judged.report.verdict, judged.against, judged.last.status) == ("correct", (), "true")


@pytest.mark.parametrize(
    "line",
    ["y[i] = a[i]", "w[j] = 0", "n = 1", "input x[3, m]", "sigma(z) = z", "double(z) = 3*z", "dL = 0", "j = 1"],
)
def test_what_a_derivation_gives_otherwise_is_held_against_it(given, line):
    assert given.derivation(f"given\n  {line}\n{STEPS}", "dL/dw[j]").against


def test_an_assumption_that_is_not_given_proves_nothing(given):
    judged = given.derivation("where t[i] = 0\nshow dL/dw[j]\n  = mean[i](y[i]*x[i,j])\n", "dL/dw[j]")
    assert (judged.report.verdict, judged.last.status) == ("wrong", "false")


def test_lines_for_which_there_is_no_time_are_undecided(given):
    judged = given.derivation(STEPS, "dL/dw[j]", seconds=-1)
    assert [line.status for line in judged.report.lines] == ["true", "undecided", "undecided"]
