"""What a reader expects to be done is done, by a rule that is in the table, and certified."""

from __future__ import annotations

import pytest
from lectures import read

from graphc.derivation.derive import derive
from graphc.derivation.plain import plainer
from graphc.derivation.reasons import kind
from graphc.derivation.scalar_terms import term, written
from graphc.derivation.step import Derivation
from graphc.derivation.table import RULES
from graphc.graph.network import load
from graphc.graph.scalar import rewrite
from graphc.language.parse import parse_expression
from graphc.language.text import text


def plain(formula: str) -> str:
    return text(written(rewrite(term(parse_expression(formula)[0]), plainer)))


@pytest.mark.parametrize(
    ("formula", "wanted"),
    [
        ("3*cos(a)*a**2 + 3*a**2*cos(a)", "6*cos(a)*a**2"),
        ("u + v - u", "v"),
        ("a*b - 2*b*a + c", "-a*b + c"),
        ("y*y", "y**2"),
        ("2*y*x*y**2", "2*y**3*x"),
        ("(1/sqrt(2))**2", "1/2"),
        ("x*(1/sqrt(3))**4", "x/9"),
        ("log(exp(a - b))", "a - b"),
        ("1 + log(exp(2*z))*z", "1 + 2*z**2"),
    ],
)
def test_a_formula_is_written_as_a_reader_would(formula: str, wanted: str) -> None:
    assert plain(formula) == text(written(term(parse_expression(wanted)[0])))


@pytest.mark.parametrize("formula", ["y*y**(-1)", "(y**2)**(1/2)", "exp(log(a))", "y*x + x*z"])
def test_nothing_is_done_that_changes_where_a_formula_has_a_value(formula: str) -> None:
    assert plain(formula) == text(written(term(parse_expression(formula)[0])))


def derived(lines: str) -> Derivation:
    net = read(lines, "small")
    assert net.loss is not None
    return derive(net.loss, net.params, net)


def test_terms_that_meet_when_all_is_put_in_are_one_term() -> None:
    found = derived("param a\np = a**3\nloss L = sin(p) + sin(a**3)\n")
    assert text(found.result["dL/da"].body) == "6*cos(p)*a**2"
    assert found.confirmed


@pytest.mark.parametrize(
    ("rule", "before", "after", "named"),
    [
        ("collect", "3*u*v + 2*v*u", "5*u*v", "like terms"),
        ("simplify", "x + y*y", "x + y**2", "equal factors"),
        ("simplify", "x*(1/sqrt(2))**2", "x/2", "power of a power"),
        ("simplify", "y - log(exp(a))", "y - a", "logarithm of an exponential"),
        ("collect", "u*x + v*x", "(u + v)*x", "collect"),
        ("simplify", "v*2", "2*v", "simplify"),
    ],
)
def test_a_step_that_one_rule_of_algebra_makes_has_its_name(rule: str, before: str, after: str, named: str) -> None:
    assert kind(rule, parse_expression(before)[0], parse_expression(after)[0]) == named
    assert named in RULES


def test_no_step_takes_the_logarithm_of_an_exponential_that_has_no_name() -> None:
    net = load("distill")
    assert net.loss is not None
    derivation = derive(net.loss, [net["W2"], net["V2"]], net)
    assert derivation.confirmed
    assert not any("log(exp(" in text(step.after) for step in derivation.steps)
