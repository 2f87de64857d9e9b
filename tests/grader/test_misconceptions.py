"""The table of mistakes: every code of the contract, and every edit of a formula is one that the language can say."""

from __future__ import annotations

import pytest
from diagnosed import network

import graphc as gc
from grader.misconceptions.axes import other_axes, with_leading
from grader.misconceptions.edits import edits
from grader.misconceptions.equations import slips
from grader.misconceptions.kernels import flipped
from grader.misconceptions.paper import on_paper
from grader.misconceptions.table import BY_CODE, RANK, TABLE, told
from graphc.syntax import formulas, parse_expression, text

CODES = [
    "sign",
    "missing-mean",
    "extra-mean",
    "constant-factor",
    "transpose",
    "wrong-axis",
    "missing-sum",
    "ignored-upstream",
    "dropped-factor",
    "missing-term",
    "wrong-point",
    "swapped",
    "flipped-kernel",
    "off-by-one",
    "overflow",
    "non-finite",
    "mutates-input",
    "hard-coded",
    "wrong-shape",
    "wrong-dtype",
    "approximate",
    "forward-instead",
    "missing",
    "unknown",
]


def test_every_code_has_one_row():
    assert sorted(row.code for row in TABLE) == sorted(CODES)


@pytest.mark.parametrize("code", CODES)
def test_a_sentence_says_where_and_ends(code):
    found = told(code, "dL/dw")
    assert "`dL/dw`" in found.text
    assert "{" not in found.text
    assert found.text.rstrip().endswith((".", "?"))


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("missing-mean", "constant-factor"),
        ("ignored-upstream", "dropped-factor"),
        ("overflow", "non-finite"),
        ("transpose", "wrong-shape"),
        ("missing-sum", "wrong-shape"),
        ("sign", "constant-factor"),
        ("dropped-factor", "unknown"),
    ],
)
def test_the_more_specific_comes_first(first, second):
    assert RANK[first] < RANK[second]


def made(formula: str) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for expression, code in edits(parse_expression(formula)[0]):
        found.setdefault(code, set()).add(text(expression))
    return found


def test_signs_terms_and_factors():
    found = made("a*b - c/d")
    assert "a*b + c/d" in found["sign"]
    assert {"a*b", "-(c/d)"} <= found["missing-term"]
    assert {"a - c/d", "b - c/d", "a*b - c"} <= found["dropped-factor"]
    assert "a*b - d/c" in found["swapped"]


def test_means_and_sums():
    assert "sum[i](x[i])" in made("mean[i](x[i])")["missing-mean"]
    assert "mean[i](x[i])" in made("sum[i](x[i])")["extra-mean"]
    assert "x[0]" in made("sum[i](x[i])")["missing-sum"]
    assert "sum(x, axis=0)" in made("mean(x, axis=0)")["missing-mean"]


def test_subscripts_and_numbers():
    assert "x[j,i]" in made("x[i,j]")["transpose"]
    assert {"x[p]", "x[r]"} <= made("x[p + r]")["off-by-one"]
    assert {"max_pool2d(x, 3)", "max_pool2d(x, 2, stride=1)"} <= made("max_pool2d(x, 2)")["off-by-one"]


def test_functions_left_out_or_with_their_arguments_exchanged():
    assert made("sigma(a)")["dropped-factor"] == {"a"}
    assert made("cross_entropy(z, t)")["swapped"] == {"cross_entropy(t, z)"}
    assert "where(c, b, a)" in made("where(c, a, b)")["swapped"]
    assert "where(a, c, b)" not in made("where(c, a, b)")["swapped"]


def test_every_edit_is_a_formula_of_the_language():
    for name in ("layer_norm", "softmax", "conv2d", "binary_cross_entropy"):
        for definition in formulas(name):
            for expression, _ in edits(definition.right):
                assert parse_expression(text(expression))[0] is expression


def test_a_mean_along_the_other_axis_is_found_with_its_variance():
    softmax = next(with_leading(formulas("softmax")[0]))
    assert "exp(z[rows_,i] - logsumexp[k_](z[k_,i]))" in {text(right) for right, _ in other_axes(softmax)}
    norm = next(with_leading(formulas("layer_norm")[0]))
    turned = {text(right) for right, _ in other_axes(norm)}
    assert any("mean[k_](x[k_,i])" in one and "mean[k](x[rows_,k])" not in one for one in turned)


def test_a_kernel_is_turned_round_in_all_axes_of_its_window_or_in_one():
    formula = parse_expression("sum[c,r,s](x[n,c,p+r,q+s]*w[o,c,r,s])")[0]
    turned = [text(right) for right, _ in flipped(formula, {"w": ["O", "C", "R", "S"]})]
    assert len(turned) == 3
    assert "w[o,c,R-1-r,S-1-s]" in turned[0]


def test_slips_are_networks_and_no_two_are_the_same():
    net = network("input x[n, m]\nparam w[m]\ny[i] = sigma(sum[j](x[i,j]*w[j]))\nloss L = mean(y)")
    found = list(slips(net, ["y", "L"]))
    assert {slip.where for slip in found} == {"y", "L"}
    assert len({tuple(map(str, slip.statements)) for slip in found}) == len(found)


def test_a_derivative_is_written_as_on_paper():
    net = gc.load("softmax-classifier")
    paper = on_paper(net, gc.grad(net["L"], net["W"]), "answer")
    assert text(paper.whole.right) == "sum[i]((p[i,j] - t[i,j])*x[i,k]/n)"
    assert [text(one.right) for one in paper.derived] == ["(p[i,j] - t[i,j])/n", "sum[i](part3_[i,j]*x[i,k])"]
    assert paper.named == ("p",)


def test_what_another_equation_says_already_is_called_by_its_name():
    net = network("input z[n, k]\ninput t[n, k] : one_hot\np = softmax(z)\nloss L = mean(cross_entropy(z, t))")
    paper = on_paper(net, gc.grad(net["L"], net["z"]), "answer")
    assert text(paper.derived[-1].right) == "(p[i,j] - t[i,j])/n"


def test_the_codes_of_the_table_are_those_that_mutants_have():
    net = network("input x[n, m]\nparam w[m]\ny[i] = sigma(sum[j](x[i,j]*w[j]))\nloss L = mean(y)")
    assert {slip.code for slip in slips(net, ["y", "L"])} <= set(BY_CODE)
