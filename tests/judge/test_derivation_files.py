"""What a `.deriv` file may look like, and what is said of one that cannot be read."""

from __future__ import annotations

import pytest

from graphc.judge.check import check
from graphc.language.errors import GraphcError
from graphc.language.expression import Source

LOGISTIC = """\
given
  a    = theta * x
  yhat = sigma(a)
  L    = -y*log(yhat) - (1 - y)*log(1 - yhat)
where y in {0, 1}
show dL/dtheta
  = dL/dyhat * dyhat/da * da/dtheta
  = (-y/yhat + (1 - y)/(1 - yhat)) * (sigma(a)*(1 - sigma(a))) * x
  = (yhat - y) * x
"""


def report(text):
    return check(Source("f.deriv", text))


def statuses(text):
    return [(line.line, line.status) for line in report(text).lines]


def refusal(text):
    with pytest.raises(GraphcError) as caught:
        report(text)
    return caught.value


def test_the_lines_of_a_show_are_each_compared_with_the_one_before():
    assert statuses(LOGISTIC) == [(6, "true"), (7, "true"), (8, "true"), (9, "true")]
    assert report(LOGISTIC).verdict == "correct"


def test_one_false_line_makes_the_file_wrong_and_the_lines_after_it_are_judged_too():
    text = LOGISTIC + "  = (y - yhat) * x\n  = -(yhat - y) * x\n"
    found = report(text)
    assert [line.status for line in found.lines[-3:]] == ["true", "false", "true"]
    assert found.verdict == "wrong"
    assert found.first_false.line == 10


def test_the_show_line_is_the_first_entry_and_its_text_is_what_was_written():
    first = report("show   (x+1)**2   # a square\n  = x**2 + 2*x + 1\n").lines[0]
    assert (first.line, first.text, first.status) == (1, "(x+1)**2", "true")


def test_given_starts_afresh_and_every_show_after_it_shares_it():
    text = "given\n  a = x\nshow a\n  = x\nshow 2*a\n  = 2*x\ngiven\n  a = y\nshow a\n  = x\n"
    assert [status for _, status in statuses(text)] == ["true", "true", "true", "true", "true", "false"]


def test_a_file_may_have_no_given():
    assert report("show sin(x)**2 + cos(x)**2\n  = 1\n").verdict == "correct"


def test_a_line_goes_on_while_a_bracket_is_open():
    assert statuses("show (x +\n  1)\n  = 1 + x\n") == [(1, "true"), (3, "true")]


def test_several_expressions_may_stand_on_one_line():
    assert statuses("show x + x = 2*x = x*2\n  = sum[i<2](x)\n")[-1] == (2, "true")
    assert [status for _, status in statuses("show sum(A, axis=0)[j] = sum[i](A[i,j])\n")] == ["true", "true"]


@pytest.mark.parametrize(
    "clause",
    ["y in {0, 1}", "y[i] in {0,1}", "x in (0, 1), y in {0, 1}", "x, y in {0, 1}", "y ∈ {0, 1}"],
)
def test_a_set_that_a_name_is_in_is_written_in_braces(clause):
    assert statuses(f"where {clause}\nshow y[i]**2\n  = y[i]\n")[-1][1] == "true"


@pytest.mark.parametrize(
    ("clause", "line"),
    [
        ("a > 0", "sqrt(a**2) = a"),
        ("a, b > 0", "sqrt(a**2*b**2) = a*b"),
        ("0 < a < 1", "abs(a - 1) = 1 - a"),
        ("n integer", "cos(2*pi*n) = 1"),
        ("t one_hot", "sum[k](t[k]) = 1"),
        ("t is one_hot", "sum[k](t[n,k]) = 1"),
        ("t distribution", "sum[k](t[k]) = 1"),
        ("p in [0, 1]", "abs(p) = p"),
        ("sum[k](t[k]) = 1", "sum[k](t[k])*c = c"),
        ("c = 2*a", "c - a = a"),
        ("a > 0,\n  b > 0", "abs(a) + abs(b) = a + b"),
    ],
)
def test_what_may_be_assumed(clause, line):
    assert statuses(f"show {line}\nwhere {clause}\n")[-1][1] == "true"
    assert statuses(f"show {line}\n")[-1][1] == "false"


def test_an_assumption_is_reported_where_a_line_needs_it_and_nowhere_else():
    text = "where y in {0, 1}, a > 0\nshow y**2\n  = y*y\n  = y\n"
    assert [line.conditions for line in report(text).lines] == [(), (), ("y in {0, 1}",)]


def test_axes_are_declared_on_a_line_of_their_own():
    text = "given\n  x[n, m]\n  t[n] : one_hot\n  w[m], b\nshow sum(t)*mean[i](x[i,j])\n  = sum[i](x[i,j])/n\n"
    assert report(text).verdict == "correct"


def test_a_size_is_a_number_and_pi_is_one_too():
    text = "given\n  x[n]\nshow sum[i](x[i])/n\n  = mean(x)\nshow sin(pi/6)\n  = 1/2\n"
    assert report(text).verdict == "correct"


def test_sizes_are_fixed_by_assumption():
    text = "given\n  x[n]\nwhere n = 2\nshow sum[i]((x[i] - mean(x))**3)\n  = 0\n"
    assert report(text).verdict == "correct"


def test_functions_may_be_given():
    text = "given\n  swish(z) = z*sigma(z)\n  f(z)[n,i] = z[n,i]/sum[k](z[n,k])\n  z[k]\n  x[n, k]\n"
    shows = "show swish(a)\n  = silu(a)\nshow sum[i](f(x)[n,i])\n  = 1\n"
    assert report(text + shows).verdict == "correct"


def test_windows_line_ends_tabs_and_a_byte_order_mark_are_white_space():
    assert report("\ufeff" + LOGISTIC.replace("\n", "\r\n").replace("  ", "\t")).verdict == "correct"


def test_what_is_assumed_of_free_indices_says_which_elements_are_compared():
    text = "given\n  p[i] = exp(z[i])/sum[k](exp(z[k]))\nwhere i != j\nshow dp[j]/dz[i]\n  = -p[j]*p[i]\n"
    assert report(text).verdict == "correct"
    assert report(text.replace("!=", "==")).verdict == "wrong"


def test_a_free_index_may_have_the_name_of_a_size():
    text = "given\n  z[n, k]\n  L = mean[i](sum[j](z[i,j]**2))\nshow dL/dz[n,k]\n  = 2*z[n,k]/n\n  = 2*z[n,k]/k\n"
    assert [status for _, status in statuses(text)] == ["true", "true", "false"]


def test_a_derivative_may_follow_a_matrix_product():
    text = "given\n  x[n, m]\n  W[m, k]\n  z = x @ W\n  L = sum(sin(z))\nshow dL/dW\n  = transpose(x) @ dL/dz\n"
    assert report(text).verdict == "correct"


def test_sizes_as_large_as_in_a_real_net_are_no_hindrance():
    given = "given\n  x[n, 784]\n  W[784, 128]\n  U[128, 10]\n  h = relu(x @ W)\n  y = h @ U\n  L = sum(y**2)/2\n"
    right, wrong = "transpose(x) @ ((y @ transpose(U))*step(h))", "transpose(x) @ (y @ transpose(U))"
    assert report(f"{given}show dL/dW\n  = {right}\n").verdict == "correct"
    assert report(f"{given}show dL/dW\n  = {wrong}\n").verdict == "wrong"


def test_a_pooling_reads_where_its_window_came_from():
    text = "given\n  x[N, C, H, W]\n  y = max_pool2d(x, 2)\n  L = sum(y)\nshow dL/dx[n,c,i,j]\n"
    assert report(text + "  = where(x[n,c,i,j] >= y[n,c,i//2,j//2], 1, 0)\n").verdict == "correct"


def test_a_line_that_is_defined_in_no_case_of_a_class_is_left_open():
    text = "where y in {0, 1}, p in (0, 1)\nshow -y*log(p) - (1 - y)*log(1 - p)\n"
    assert report(text + "  = -log(y*p + (1 - y)*(1 - p))\n").verdict == "correct"
    assert report(text + "  = -log(-y*p + (1 - y)*(1 - p))\n").verdict == "undecided"


@pytest.mark.parametrize(
    ("text", "place", "said"),
    [
        ("", "1:1", "nothing is shown"),
        ("given\n  a = x\n", "1:1", "nothing is shown"),
        ("hello\n", "1:1", "belongs to nothing"),
        ("show\n  = x\n", "1:1", "nothing stands after `show`"),
        ("show x\n  x + 1\n", "2:3", "starts with `=`"),
        ("show x\n  =\n", "2:3", "nothing stands after"),
        ("show x\n  = (x\n", "2:5", "never closed"),
        ("show x\n  = x^2\n", "2:6", "expected"),
        ("show x\n  = 1/0\n", "2:6", "division by zero"),
        ("show x\n  = y + softmax(x, x, x)\n", "2:9", "softmax takes 1"),
        ("show sigmod(x)\n", "1:6", "no function `sigmod`"),
        ("show x\n  = 1 + sigmod(x)\n", "2:9", "no function `sigmod`"),
        ("given\n  a = b\n  b = a\nshow a\n", "2:3", "defined by itself"),
        ("given\n  f(z) = f(z) + 1\nshow f(x)\n", "2:10", "calls itself"),
        ("given\n  a = x\n  a = y\nshow a\n", "3:3", "already defined in line 2"),
        ("given\n  L = w**2\nshow dLoss/dw\n  = 2*w\n", "3:6", "nothing is called `Loss`"),
        ("given\n  b = a[i]\nshow a[i,j]\n", "3:6", "`a` is written with"),
        ("where y in {0, z}\nshow y\n", "1:16", "are numbers"),
        ("where y sorted\nshow y\n", "1:9", "no known assumption"),
        ("where y\nshow y\n", "1:7", "what is assumed of `y`"),
        ("where y + 1\nshow y\n", "1:9", "assumes nothing"),
        ("where y in (1, 0)\nshow y\n", "1:7", "two ends"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_with_its_place(text, place, said):
    error = refusal(text)
    assert str(error).startswith(f"f.deriv:{place}: ")
    assert said in error.message
    assert "\n" in str(error)  # the line and a caret


def test_a_misspelt_function_is_suggested():
    assert "sigma" in refusal("show sigmod(x)\n").hint


def test_a_derivative_of_what_is_not_there_is_refused_where_there_are_equations():
    assert "nothing is called `q`" in refusal("given\n y = x\nshow dq/dx\n = 1\n").message
    assert "nothing is called `L`" in refusal("given\n y = x\nshow dL/dz[i]\n = 0\n").message
    assert statuses("show dy/dx*dx/dt\n = dy/dt\n")[-1] == (2, "true")


def test_a_second_derivative_in_two_letters_is_told_how_it_is_written():
    error = refusal("given\n y = x**3\nshow d2y/dx2\n = 6*x\n")
    assert (error.hint, statuses("given\n y = x**3\nshow d(dy/dx)/dx\n = 6*x\n")[-1][1]) == ("d(dy/dx)/dx", "true")


def test_each_show_has_its_first_false_line_explained():
    found = report("show 2*x\n = x\n = 3*x\nshow -x\n = x\n")
    assert [bool(line.repair) for line in found.lines] == [False, True, False, False, True]


def test_a_rule_is_not_named_for_a_sign_that_zero_does_not_have():
    found = report("given\n x[n]\nshow sum[i](where(i >= 4, x[i], 0))\n = 0\n").first_false
    assert found.rule != "sign"
