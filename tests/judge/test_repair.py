"""What is said of a false line: a true and near repair, the rule that was meant, the assumption that would save it."""

from __future__ import annotations

from time import monotonic

import pytest
from corpus_cases import Case, cases

from graphc.judge.assumption import saving
from graphc.judge.check import check
from graphc.judge.equal import decide
from graphc.judge.reading import Show, read
from graphc.judge.repair import repair
from graphc.judge.repair_text import as_written
from graphc.judge.slip import slip
from graphc.language.expression import Expression, Source
from graphc.language.parse import parse_expression
from graphc.language.text import text

ALL = {str(case): case for case in cases()}
WRONG = {name: case for name, case in ALL.items() if case.false_line is not None}

# one of each kind, and where its false line must lead
REPAIRED = {
    "logistic: the difference the other way round": "(yhat - y)*x",
    "linear: the two of the square forgotten": "2/n * sum[i]((yhat[i] - y[i])*x[i])",
    "linear: the mean forgotten": "2*mean[i](yhat[i] - y[i])",
    "linear: the inner derivative forgotten": "mean[i](2*(yhat[i] - y[i])*x[i])",
    "linear: the wrong feature": "2*mean[i]((yhat[i] - y[i])*x[i,k])",
    "linear: the transpose forgotten": "transpose(x) @ (x @ W - t)",
    "linear: a square that was not taken": "2*w*sum[i](x[i]**2) - 2*sum[i](x[i]*y[i])",
    "chain: the recap closed with a power too few": "-8/x**3",
    "chain: the quotient rule without the square below": "(1 - x**2)/(1 + x**2)**2",
    "activations: sigma with the wrong exponential": "1/(1 + exp(-z))",
    "attention: the scale without its root": "k[j,c]/sqrt(d)",
    "attention: weights without the transpose": "transpose(w) @ g",
    "convolution: a stride forgotten": "sum[p](g[p]*x[2*p+r])",
    "convolution: average pooling without its share": "g[1]/2",
    "convolution: a window with one product too many": "4",
    "perceptron: a threshold moved to the wrong side": "where(sum[i](w[i]*x[i]) - b > 0, 1, 0)",
    "perceptron: the hinge on the wrong side of the margin": "where(1 - t*s > 0, -t*x, 0)",
    "softmax: the Jacobian with a plus": "p[j]*(where(i == j, 1, 0) - p[i])",
    "softmax: cross-entropy's gradient of a batch without its mean": "(p - t)/n",
    "generative: the kernel with a subscript slipped": "x1**2*y1**2 + 2*x1*y1*x2*y2 + x2**2*y2**2",
    "generative: the minus one dropped": "(v**2 + mu**2 - 1)/2 - log(v)",
    "recurrent: one power of the weight lost": "w**3*(1 - h3**2)*(1 - h2**2)*(1 - h1**2)",
    "training: momentum with a power lost": "mu**2*v0 + mu*g0 + g1",
}

RULES = {
    "logistic: the difference the other way round": "sign",
    "linear: the inner derivative forgotten": "chain rule",
    "chain: a product differentiated factor by factor": "product rule",
    "chain: the quotient rule with a plus": "quotient rule",
    "chain: the power rule with the old exponent": "power rule",
    "chain: a constant to a power is no power of the variable": "exponential",
    "activations: sigma' with half of itself": "sigmoid",
    "activations: tanh' is not h(1 - h)": "tanh",
    "generative: one of the two mirrored nets forgotten": "chain rule",
    "dense: transposes of square ones without turning it": "transpose",
    "domains: the square of a sum": "square of a sum",
    "domains: the logarithm of a quotient": "logarithm",
    "domains: the reciprocal of a sum": "reciprocal",
    "dense: a product of sums is no sum of products": "sum",
    "activations: an activation stands between them": "linearity",
}


def false_pair(case: Case) -> tuple[Show, int, Expression, Expression]:
    """The show with the false line, its place, the line before and the line itself."""
    for show in read(Source(case.name, case.text)):
        for place, line in enumerate(show.lines):
            if line.line == case.false_line:
                return show, place, show.lines[place - 1].expression, line.expression
    raise AssertionError(case)


@pytest.mark.parametrize("name", REPAIRED)
def test_a_repair_makes_its_line_true_and_changes_as_little_as_can_be(name: str) -> None:
    show, _, before, after = false_pair(WRONG[name])
    found = repair(before, after, show.givens, [line.expression for line in show.lines], budget=20)
    assert found is not None
    assert decide(before, found.line, show.givens).status == "true"
    assert text(found.line) == text(parse_expression(REPAIRED[name])[0])


@pytest.mark.parametrize("name", RULES)
def test_the_rule_that_was_meant_is_named(name: str) -> None:
    show, _, before, after = false_pair(WRONG[name])
    found = slip(before, after, show.givens, None, [line.expression for line in show.lines], budget=20)
    assert found is not None
    assert found.rule == RULES[name]
    assert found.sentence


@pytest.mark.parametrize("case", [case for case in WRONG.values() if case.needs], ids=str)
def test_the_weakest_assumption_that_would_save_a_line_is_named(case: Case) -> None:
    show, _, before, after = false_pair(case)
    found = saving(before, after, show.givens, [line.expression for line in show.lines], budget=20)
    assert found is not None
    assert found.text == case.needs
    assert decide(before, after, show.givens.assuming([found])).status == "true"


def test_no_assumption_is_named_where_none_would_help() -> None:
    show, _, before, after = false_pair(WRONG["chain: the other path forgotten"])
    assert saving(before, after, show.givens) is None


@pytest.mark.parametrize(
    ("written", "repaired", "expected"),
    [
        ("2*u * 2 * (1/x**2)", "2*u*2*(1/x**3)", "2*u * 2 * (1/x**3)"),
        ("((y) - yhat) * x", "(yhat - y)*x", "(yhat - y) * x"),
        ("a  +  (b*c)", "a - b*c", "a  -  (b*c)"),
        ("0.50*x + 1.0", "0.5*x - 1", "0.50*x - 1.0"),
        ("sum[ i ]( x[i] )", "sum[i](x[i]**2)", "sum[ i ]( x[i]**2 )"),
    ],
)
def test_a_repair_is_written_as_the_line_was_written(written: str, repaired: str, expected: str) -> None:
    line, new = parse_expression(written)[0], parse_expression(repaired)[0]
    assert as_written(written, line, new) == expected


def test_the_report_on_a_false_line_has_all_of_it() -> None:
    case = WRONG["softmax: the sum of the targets is not one by itself"]
    line = check(Source("softmax.deriv", case.text)).first_false
    assert line is not None
    assert line.line == case.false_line
    assert line.saving == "t distribution"
    assert line.json()["conditions"] == ["t distribution"]
    assert line.repair is not None
    assert "=" not in line.repair


@pytest.mark.slow
def test_a_line_of_twenty_thousand_terms_is_answered_in_time() -> None:
    names = [f"x{k}" for k in range(20_000)]
    text_ = f"show {' + '.join(names)}\n  = {' + '.join(names[:-1])} - {names[-1]}\n"
    start = monotonic()
    report = check(Source("long.deriv", text_))
    assert report.verdict == "wrong"
    assert monotonic() - start < 30
