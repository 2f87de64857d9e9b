"""Lessons: the derivative of one formula, line by line, and each line certified."""

from __future__ import annotations

from itertools import count

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graphc.calculus.adjoint import local_derivative
from graphc.calculus.derivative import derivative
from graphc.derivation.certify import certify
from graphc.derivation.scalar import Explained, explain
from graphc.derivation.step import Derivation, Derivative, Step
from graphc.graph.network import Network, read_network
from graphc.graph.node import Map
from graphc.graph.scalar import Read, Scalar
from graphc.graph.text import written
from graphc.language.expression import Expression, Name, Negative, Number, Subscript, Sum
from graphc.language.expression import Product as Times
from graphc.language.expression import Source as Text
from graphc.language.parse import parse_expression, parse_net
from graphc.language.text import text

DECLARED = "input a[n]\ninput t[n]\ninput s[n]\nparam c\n"


def net_of(formula: str, more: str = "") -> Network:
    return read_network(parse_net(Text("lesson.net", f"{DECLARED}{more}\ny[i] = {formula}\n")), "lesson")


def expression(written_: str) -> Expression:
    return parse_expression(written_)[0]


def in_words(node: Map, body: Scalar) -> Expression:
    return written(Map(None, node.extents, node.box, node.write, False, None, body, node.labels))[1]


def lesson(net: Network, in_values: bool = True, as_written: str | None = None, by: str = "a") -> Derivation:
    """The lesson of ∂y/∂a as a derivation; its goal is what calculus says."""
    node = net["y"]
    assert isinstance(node, Map)
    read = next(read for read in node.reads if read.tensor.name == by)
    goal = in_words(node, local_derivative(node, read) if in_values else derivative(node.body, read))
    body = expression(as_written) if as_written else written(node)[1]
    found = explained(body, read, goal)
    name = f"dy_d{by}"
    at = (Name("i"),)
    derivatives = {name: Derivative(name, ("i",), "y", at, by, at, True), **found.derivatives}
    return certify(Derivation("lesson", "y", (by,), found.steps, {}, derivatives, net))


def explained(body: Expression, read: Read, goal: Expression) -> Explained:
    ids = (str(number) for number in count(1))
    by = read.tensor.name
    return explain(expression(f"dy_d{by}[i]"), body, expression(f"{by}[i]"), goal, ids, value=expression("y[i]"))


def lines(derivation: Derivation) -> list[str]:
    return [f"{text(step.before)} = {text(step.after)}" for step in derivation.steps]


def uncertified(derivation: Derivation) -> list[str]:
    return [f"{text(s.before)} = {text(s.after)}" for s in derivation.walk() if s.check is None or not s.check.ok]


def last(derivation: Derivation, name: str = "dy_da") -> Expression:
    """What the lines, each of which starts where an earlier one ended, make of the derivative."""
    reached = expression(f"{name}[i]")
    for step in derivation.steps:
        if step.before is reached:
            reached = step.after
    return reached


def test_the_slope_of_the_sigmoid_comes_from_its_formula() -> None:
    assert lines(lesson(net_of("sigma(a[i])"))) == [
        "sigma(a[i]) = 1/(1 + exp(-a[i]))",
        "u[i] = 1 + exp(-a[i])",
        "du_da[i] = -exp(-a[i])",
        "dy_da[i] = -du_da[i]/u[i]**2",
        "-du_da[i]/u[i]**2 = exp(-a[i])/(1 + exp(-a[i]))**2",
        "exp(-a[i])/(1 + exp(-a[i]))**2 = 1/(1 + exp(-a[i]))*(1 - 1/(1 + exp(-a[i])))",
        "1/(1 + exp(-a[i]))*(1 - 1/(1 + exp(-a[i]))) = sigma(a[i])*(1 - sigma(a[i]))",
        "sigma(a[i])*(1 - sigma(a[i])) = y[i]*(1 - y[i])",
    ]


def test_the_slope_of_tanh_comes_from_the_quotient_rule() -> None:
    found = lines(lesson(net_of("tanh(a[i])")))
    assert "dy_da[i] = (du_da[i]*v[i] - u[i]*dv_da[i])/v[i]**2" in found
    assert found[-3:] == [
        "(v[i]**2 - u[i]**2)/v[i]**2 = 1 - (u[i]/v[i])**2",
        "1 - (u[i]/v[i])**2 = 1 - tanh(a[i])**2",
        "1 - tanh(a[i])**2 = 1 - y[i]**2",
    ]


def test_relu_says_what_holds_at_its_kink() -> None:
    steps = lesson(net_of("relu(a[i])")).steps
    assert [step.conditions for step in steps if step.rule == "relu"] == [("relu′(0) = 0",)]


def test_cross_entropy_is_differentiated_term_by_term() -> None:
    found = lines(lesson(net_of("-t[i]*log(a[i]) - (1 - t[i])*log(1 - a[i])")))
    assert found[-1] == "-t[i]*du_da[i] - (1 - t[i])*dv_da[i] = -t[i]/a[i] + (1 - t[i])/(1 - a[i])"


def test_a_function_of_the_user_starts_from_its_definition() -> None:
    net = net_of("swish(a[i])", "swish(z) = z*sigma(z)")
    node = net["y"]
    assert isinstance(node, Map)
    functions = {one.name: one for one in parse_net(Text("f.net", "swish(z) = z*sigma(z)\n")).statements}
    goal = in_words(node, local_derivative(node, node.reads[0]))
    found = explain(
        expression("dy_da[i]"),
        expression("swish(a[i])"),
        expression("a[i]"),
        goal,
        iter(map(str, count())),
        value=expression("y[i]"),
        functions=functions,  # type: ignore[arg-type]
    )
    assert text(found.steps[0].before) == "swish(a[i])"
    assert text(found.steps[0].after) == "a[i]*sigma(a[i])"
    assert found.steps[-1].after is goal


def test_a_slope_that_is_known_by_name_unfolds_to_where_it_comes_from() -> None:
    steps = lesson(net_of("a[i]*sigma(a[i])")).steps
    known = next(step for step in steps if step.rule == "slope of the sigmoid")
    assert [child.rule for child in known.children][:2] == ["definition", "name a part"]


def test_an_inner_function_gets_a_name_and_the_rates_multiply() -> None:
    found = lines(lesson(net_of("sigma(a[i]**3)")))
    assert "y[i] = sigma(u[i])" in found
    assert "dy_da[i] = dy_du[i]*du_da[i]" in found


LIBRARY = [
    "exp(a[i])", "log(a[i])", "sqrt(a[i])", "abs(a[i])", "sin(a[i])", "cos(a[i])", "tanh(a[i])", "erf(a[i])",
    "sign(a[i])", "step(a[i])", "max(a[i], t[i])", "min(a[i], t[i])", "sigma(a[i])", "sigmoid(a[i])", "softplus(a[i])",
    "relu(a[i])", "leaky_relu(a[i])", "leaky_relu(a[i], slope=0.2)", "elu(a[i])", "elu(a[i], alpha=2)", "gelu(a[i])",
    "silu(a[i])", "squared_error(a[i], t[i])", "absolute_error(a[i], t[i])", "hinge(a[i], t[i])",
    "binary_cross_entropy(a[i], t[i])", "binary_cross_entropy_with_logits(a[i], t[i])", "a[i]**3", "a[i]**c", "c**a[i]",
    "2**a[i]", "a[i]**a[i]", "1/a[i]", "1/a[i]**2", "a[i]/(1 + a[i]**2)", "a[i]*exp(a[i])*sin(a[i])", "a[i]",
    "-3*a[i] + 2", "exp(-(a[i] - c)**2/2)", "log(1 + exp(a[i]))", "1/(1 + exp(-a[i]))", "sqrt(1 + a[i]**2)",
    "tanh(a[i])**2", "where(a[i] > t[i], a[i]**2, c*a[i])", "sigma(a[i])*tanh(t[i])",
    "exp(sin(a[i]**2))", "sigma(c*a[i] + t[i])",
]  # fmt: skip


@pytest.mark.parametrize("formula", LIBRARY)
@pytest.mark.parametrize("in_values", [True, False])
def test_every_function_has_a_lesson_that_reaches_its_derivative(formula: str, in_values: bool) -> None:
    net = net_of(formula)
    node = net["y"]
    assert isinstance(node, Map)
    read = next((read for read in node.reads if read.tensor.name == "a"), None)
    if read is None:
        return
    goal = in_words(node, local_derivative(node, read) if in_values else derivative(node.body, read))
    for as_written in (None, formula):
        found = lesson(net, in_values, as_written)
        assert last(found) is goal
        assert uncertified(found) == []
        assert silly(found) == []


def silly(derivation: Derivation) -> list[str]:
    """Lines that no person would write: 1·x, 0 + x, two signs, or nothing new."""
    return [
        f"{text(step.before)} = {text(step.after)}"
        for step in derivation.walk()
        if step.before is step.after or any(map(_is_silly, (*_parts(step.before), *_parts(step.after))))
    ]


def _is_silly(part: Expression) -> bool:
    if isinstance(part, Times):
        return any(isinstance(factor, Number) and factor.value in (0, 1) for factor in part.factors)
    if isinstance(part, Sum):
        return any(isinstance(term, Number) and term.value == 0 for term in part.terms)
    return isinstance(part, Negative) and isinstance(part.operand, Negative)


def _parts(expression_: Expression) -> list[Expression]:
    return [expression_, *(part for child in expression_.children for part in _parts(child))]


@st.composite
def formulas(draw: st.DrawFn, depth: int = 3) -> str:
    """Formulas that are defined for all real numbers, each of their branches for some."""
    if depth == 0:
        return draw(st.sampled_from(["a[i]", "t[i]", "c", "2", "3*a[i]"]))
    inner = formulas(depth=depth - 1)
    u, v = draw(inner), draw(inner)
    shapes = (
        f"({u}) + ({v})", f"({u}) - 2*({v})", f"({u})*({v})", f"({u})/(1 + ({v})**2)", f"sigma({u})", f"tanh({u})",
        f"softplus({u})", f"max({u}, s[i] - {v})", f"min({u}, s[i] - {v})", f"abs({u})", f"relu({u})", f"sin({u})",
        f"cos({u})", f"erf({u})", f"exp(-({u})**2)", f"log(1 + ({u})**2)", f"sqrt(1 + ({u})**2)", f"({u})**2",
        f"({u})**3", f"-({u})", f"where({u} > s[i], {u}, {v})", u,
    )  # fmt: skip
    return draw(st.sampled_from(shapes))


@settings(max_examples=25, deadline=None, derandomize=True)
@given(formulas().filter(lambda formula: "a[i]" in formula))
def test_a_lesson_on_any_formula_is_certified_and_reaches_its_goal(formula: str) -> None:
    net = net_of(formula)
    node = net["y"]
    assert isinstance(node, Map)
    read = next((read for read in node.reads if read.tensor.name == "a"), None)
    if read is None or node.reduce is not None:
        return
    goal = in_words(node, local_derivative(node, read))
    found = lesson(net)
    assert last(found) is goal
    assert uncertified(found) == []


def test_names_of_the_network_are_not_given_to_parts() -> None:
    net = net_of("sigma(a[i]) + u[i] + v[i]", "input u[n]\ninput v[n]")
    made = {step.before.base.name for step in lesson(net).steps if step.rule == "name a part"}  # type: ignore[attr-defined]
    assert not made & set(net.nodes)


def test_what_is_summed_over_the_variable_has_no_lesson_of_one_variable() -> None:
    found = explain(
        expression("dy_da[i]"), expression("sum[k](exp(a[i])*t[k])"), expression("a[i]"), expression("0"), iter(["1"])
    )
    assert found.steps == ()


def test_every_line_names_a_rule_and_a_reason() -> None:
    def check(step: Step) -> None:
        assert step.zoom == "scalar"
        assert step.title
        assert step.why.endswith(".")

    for step in lesson(net_of("gelu(a[i])")).walk():
        check(step)


__all__ = ["Subscript"]
