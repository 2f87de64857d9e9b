"""Certificates that can fail: whatever is broken on purpose, some certificate sees it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from fractions import Fraction
from functools import cache
from typing import Any

import pytest

from graphc.calculus import adjoint, derivative, known, tidy
from graphc.derivation import graphs, scalar_rules, scalar_terms
from graphc.derivation.certify import Certifier
from graphc.derivation.derive import derive
from graphc.derivation.step import Derivation, Step
from graphc.graph.network import load, read_network
from graphc.graph.scalar import ONE, Scalar, add, apply, mul, power
from graphc.language.expression import (
    Call,
    Expression,
    Name,
    Negative,
    Number,
    Product,
    Quotient,
    Reduce,
    Source,
    Subscript,
    Sum,
)
from graphc.language.parse import parse_net
from graphc.language.text import text

CACHES = (derivative._derivative, derivative._formula_slope, derivative._power_slope, tidy._tidy, scalar_terms.slope)


@pytest.fixture(autouse=True)
def _nothing_remembered() -> Iterator[None]:
    for remembered in CACHES:
        remembered.cache_clear()
    yield
    for remembered in CACHES:
        remembered.cache_clear()


def derivation(model: str) -> Derivation:
    net = load(model)
    of = net.outputs[-1] if net.loss is None else net.loss
    return derive(of, net.params or net.inputs, net)


def false_steps(found: Derivation) -> list[str]:
    return [f"{s.rule}: {text(s.before)} = {text(s.after)}" for s in found.walk() if s.check is None or not s.check.ok]


def checks(found: Derivation, change: Callable[[Step], Step | None]) -> Iterator[tuple[Step, bool]]:
    """Each step changed for itself, and whether it is certified all the same; what others say stays as it is."""
    assert found.net is not None
    certifier = Certifier(found, found.net, None)
    for step in found.walk():
        wrong = None if certifier.meanings.introduces(step) else change(step)
        if wrong is not None:
            yield wrong, certifier.check(wrong).ok
        certifier.meanings.learn(step)


def test_the_largest_model_is_certified_at_small_sizes() -> None:
    assert false_steps(derivation("vgg16")) == []


# -- lines that are wrong

ONE_, TWO = Number(Fraction(1)), Number(Fraction(2))
WRONG: dict[str, Callable[[Expression], Expression]] = {
    "one more": lambda after: Sum((after, ONE_)),
    "twice": lambda after: Product((TWO, after)),
    "a missing minus": Negative,
}


@pytest.mark.parametrize("wrong", WRONG)
@pytest.mark.parametrize("model", ["logistic", "softmax-classifier", "mlp"])
def test_no_step_is_certified_with_another_right_side(model: str, wrong: str) -> None:
    found = checks(derivation(model), lambda step: replace(step, after=WRONG[wrong](step.after)))
    assert [f"{text(step.before)} = {text(step.after)}" for step, ok in found if ok] == []


def everywhere(change: Callable[[Expression], Expression | None]) -> Callable[[Expression], Expression | None]:
    """The first part that can be changed, changed."""

    def changed(expression: Expression) -> Expression | None:
        found = change(expression)
        if found is not None:
            return found
        for place, child in enumerate(expression.children):
            inner = changed(child)
            if inner is not None:
                children = (*expression.children[:place], inner, *expression.children[place + 1 :])
                return scalar_terms.rebuilt(expression, children)
        return None

    return changed


def _sum_for_mean(part: Expression) -> Expression | None:
    return Reduce("sum", part.indices, part.body) if isinstance(part, Reduce) and part.kind == "mean" else None


def _without_divisor(part: Expression) -> Expression | None:
    return part.left if isinstance(part, Quotient) and part.right is Name("n") else None


def _without_delta(part: Expression) -> Expression | None:
    return ONE_ if isinstance(part, Call) and part.function == "where" and part.arguments[1:] == (ONE_, NIL) else None


def _transposed(part: Expression) -> Expression | None:
    if isinstance(part, Subscript) and len(part.subscripts) == 2 and part.subscripts[0] is not part.subscripts[1]:
        return Subscript(part.base, part.subscripts[::-1])
    return None


def _without_last_factor(part: Expression) -> Expression | None:
    if not isinstance(part, Product):
        return None
    return part.factors[0] if len(part.factors) == 2 else Product(part.factors[:-1])


def _without_last_term(part: Expression) -> Expression | None:
    if not isinstance(part, Sum):
        return None
    return part.terms[0] if len(part.terms) == 2 else Sum(part.terms[:-1])


NIL = Number(Fraction(0))
SLIPS = [
    ("logistic", "cancel", _sum_for_mean),
    ("logistic", "local derivative", _without_divisor),
    ("logistic", "local derivative", _without_last_factor),
    ("softmax-classifier", "local derivative", _without_delta),
    ("mlp", "local derivative", _transposed),
    ("mlp", "chain rule", _transposed),
    ("mlp", "chain rule", _without_last_factor),
    ("siamese", "sum over paths", _without_last_term),
    ("cnn2", "local derivative", _without_delta),
    ("logistic", "cancel", _without_last_term),
]


@pytest.mark.parametrize(("model", "rule", "slip"), SLIPS)
def test_a_slip_in_a_line_is_seen(model: str, rule: str, slip: Callable[[Expression], Expression | None]) -> None:
    def slipped(step: Step) -> Step | None:
        after = everywhere(slip)(step.after) if step.rule == rule and step.zoom == "graph" else None
        return None if after is None else replace(step, after=after)

    found = list(checks(derivation(model), slipped))
    assert found, "no such line"
    assert [f"{text(step.before)} = {text(step.after)}" for step, ok in found if ok] == []


def test_a_condition_that_is_not_stated_may_not_be_used() -> None:
    found = derivation("softmax-classifier")
    assert any(step.rule == "shares of one" and step.conditions for step in found.walk())
    unstated = checks(found, lambda step: replace(step, conditions=()) if step.rule == "shares of one" else None)
    assert not any(ok for _, ok in unstated)


# -- rules that are broken


def _half_a_sigmoid(operation: str) -> Scalar:
    return apply("sigma", derivative.placeholder(0))


def _negated(expression: Any, name: Any) -> Any:
    import sympy

    return -sympy.diff(expression, name)


def _one(shape: Scalar) -> list[Scalar]:
    return [ONE]


def _unconditional(read: Any, over: Any, box: Any) -> Any:
    return known.Known(ONE, "shares of one") if len(over) == 1 and read.subscripts else None


def _kept_power(formula: Any, variable: Scalar, part: Any) -> Any:
    base, exponent = formula.arguments
    u, du = part(base)
    return "power rule", mul(exponent, power(u, exponent), du)


def _quotient_with_plus(formula: Any, variable: Scalar, part: Any) -> Any:
    name, result = PRODUCT(formula, variable, part)
    return name, add(result, ONE) if name == "quotient rule" else result


PRODUCT = scalar_rules.OUTERMOST["mul"]
BROKEN: dict[str, tuple[str, Callable[[pytest.MonkeyPatch], None]]] = {
    "the slope of σ without 1 − σ": (
        "logistic",
        lambda m: m.setattr(derivative, "_formula_slope", cache(_half_a_sigmoid)),
    ),
    "every derivative with the other sign": ("linear", lambda m: m.setattr(derivative, "_slope", _negated)),
    "tidying that loses everything": ("logistic", lambda m: m.setattr(tidy, "_by_sympy", _one)),
    "Σt = 1 of anything": ("softmax-classifier", lambda m: m.setattr(known, "_shares", _unconditional)),
    "every element wins a maximum": ("cnn2", lambda m: m.setitem(adjoint.REDUCED, "max", lambda node, own: ONE)),
    "the share without its total": (
        "softmax-classifier",
        lambda m: m.setitem(adjoint.REDUCED, "logsumexp", lambda node, own: apply("exp", node.body)),
    ),
    "the power rule without its minus one": ("linear", lambda m: m.setitem(scalar_rules.OUTERMOST, "pow", _kept_power)),
    "a quotient rule of another kind": (
        "net1",
        lambda m: m.setitem(scalar_rules.OUTERMOST, "mul", _quotient_with_plus),
    ),
    "max where the smaller one wins": (
        "mlp",
        lambda m: m.setitem(derivative.PIECES, "max", lambda a, b: derivative.where(apply("le", a, b), a, b)),
    ),
    "a path that is left out": ("rnn", lambda m: m.setattr(graphs.Blocks, "__init__", _without_a_path)),
}


BLOCKS = graphs.Blocks.__init__


def _without_a_path(self: Any, *given: Any) -> None:
    BLOCKS(self, *given)
    for edges in self.incoming.values():
        del edges[1:]


@pytest.mark.parametrize("what", BROKEN)
def test_a_broken_rule_is_seen(what: str, monkeypatch: pytest.MonkeyPatch) -> None:
    model, broken = BROKEN[what]
    broken(monkeypatch)
    assert false_steps(derivation(model)) != []


def test_what_is_not_broken_is_certified() -> None:
    for model in {model for model, _ in BROKEN.values()}:
        assert false_steps(derivation(model)) == []


@pytest.mark.parametrize(
    "net",
    [
        "param x[n, 4]\ny[n, i<3] = x[n, i+1] - x[n, i]\nloss L = sum[n,i](y[n,i]**2)",
        "param x[n, 40]\ny[n, i<30] = x[n, i+10] - 2*x[n, i]\nloss L = sum[n,i](y[n,i]**2)",
    ],
)
def test_an_index_that_runs_less_far_than_its_axis_is_certified(net: str) -> None:
    found = read_network(parse_net(Source("a.net", net)), "a")
    assert found.loss is not None
    assert all(step.check is not None and step.check.ok for step in derive(found.loss, found.params, found).walk())
