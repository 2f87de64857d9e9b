"""What was done is in the log, and nothing is done by a rule for one operation."""

from __future__ import annotations

import re
from pathlib import Path

from texts import net

import graphc.calculus
from graphc.calculus.differentiate import differentiate
from graphc.calculus.log import Log
from graphc.calculus.prepare import prepare
from graphc.calculus.rules import STABLE
from graphc.graph.scalar import Scalar

SOURCES = sorted(Path(graphc.calculus.__file__).parent.glob("*.py"))
LOGISTIC = "input a[n]\ninput t[n] : in {0, 1}\ne = exp(-a)\ny = 1/(1 + e)\nloss L = mean(binary_cross_entropy(y, t))"


def test_every_rule_that_was_applied_is_a_step() -> None:
    loaded = net(LOGISTIC)
    log = Log()
    gradients = differentiate(loaded["L"], [loaded["a"]], log=log)
    prepare([loaded["L"], *gradients], log)
    rules = {step.rule for step in log.steps}
    assert {"sigmoid", "seen through the names", "chain rule", "cancelled", "logarithm of a sigmoid"} <= rules
    assert all(step.before is not step.after for step in log.steps)


def test_a_step_by_a_rule_of_the_table_rewrites_one_scalar_to_another() -> None:
    log = Log()
    prepare([net(LOGISTIC)["L"]], log)
    names = {rule.name for rule in STABLE}
    steps = [step for step in log.steps if step.rule in names]
    assert steps
    assert all(isinstance(step.before, Scalar) and isinstance(step.after, Scalar) for step in steps)


def test_the_same_question_has_the_same_answer_and_the_same_log() -> None:
    loaded = net(LOGISTIC)
    first, second = Log(), Log()
    assert differentiate(loaded["L"], [loaded["a"]], log=first) == differentiate(loaded["L"], [loaded["a"]], log=second)
    assert first.steps == second.steps


def test_one_function_calls_the_derivative_of_sympy() -> None:
    calls = [
        path.name for path in SOURCES for _ in re.findall(r"\.diff\(|Derivative", path.read_text(encoding="utf-8"))
    ]
    assert calls == ["derivative.py"]


def test_no_operation_has_a_backward_rule() -> None:
    for path in SOURCES:
        text = path.read_text(encoding="utf-8")
        assert not re.search(r"backward|vjp|jvp|grad_|_grad\b", text), path.name
        assert not re.search(r"\b(simplify|sympify|parse_expr)\(", text), path.name
