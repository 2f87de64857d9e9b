"""Mistakes in formulas and in the lines of derivations have the same names as those in functions."""

from __future__ import annotations

from pathlib import Path

import pytest

from grader import catalogue
from grader.grade import grade_one
from grader.kinds.mistakes import mistake
from grader.submission import Submission

LINEAR, ACTIVATIONS = "01-linear/gradients", "03-activations/slopes"


@pytest.fixture(scope="module")
def exercises():
    return {id: catalogue.find(id) for id in (LINEAR, ACTIVATIONS)}


@pytest.mark.parametrize(
    ("id", "equals", "statement", "code"),
    [
        (LINEAR, "dJ/dy[i]", "slope[i] = (y[i] - t[i])/n", "constant-factor"),
        (LINEAR, "dJ/dy[i]", "slope[k] = 2*(y[k] + t[k])/n", "sign"),
        (LINEAR, "dJ/dy[i]", "slope[i] = 2*y[i]/n", "missing-term"),
        (ACTIVATIONS, "dp/da", "slope = p*(1 + p)", "sign"),
        (ACTIVATIONS, "dp/da", "slope = 1 - p", "dropped-factor"),
        (ACTIVATIONS, "dq/da", "slope = 1 - a**2", "wrong-point"),
        (ACTIVATIONS, "dq/da", "slope = q", "forward-instead"),
    ],
)
def test_a_wrong_formula_has_the_name_of_its_mistake(exercises, id, equals, statement, code):
    found = mistake(exercises[id], equals, statement)
    assert found is not None
    assert found.code == code


@pytest.mark.parametrize(
    "statement",
    ["slope[i] = 2*(y[i] - t[i])/n", "slope[i, j] = y[i]", "slope = 1", "slope[i] = dJ/dy[i]", "slope[i] = q[i]"],
    ids=["a right one", "too many axes", "too few axes", "the question", "an unknown tensor"],
)
def test_of_what_is_no_wrong_formula_nothing_is_said(exercises, statement):
    assert mistake(exercises[LINEAR], "dJ/dy[i]", statement) is None


FALSE = """\
show dL/dtheta
  = dL/dyhat * dyhat/da * da/dtheta
  = {}
"""


@pytest.mark.parametrize(
    ("line", "code"),
    [("(y - yhat) * x", "sign"), ("2*(yhat - y) * x", "constant-factor"), ("yhat - y", "dropped-factor")],
)
def test_a_false_line_has_the_name_of_its_mistake_and_its_number(line, code):
    handed_in = Submission("ada", Path("ada"), "", {"my.deriv": FALSE.format(line).encode()})
    result = grade_one(catalogue.find("02-logistic/derivation"), handed_in, None, 1).checks[0]
    assert result.status == "failed"
    assert (result.diagnosis.code, result.diagnosis.where) == (code, "line 3")
