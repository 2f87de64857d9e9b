"""Derivations put together by hand, so that the forms can be tried on what no network happens to give."""

from __future__ import annotations

from graphc.derivation.step import Check, Derivation, Derivative, Formula, Result, Step
from graphc.graph.network import Network, load
from graphc.language.expression import Equation, Expression
from graphc.language.parse import parse_statement


def expression(text: str) -> Expression:
    statement = parse_statement(f"q = {text}")
    assert isinstance(statement, Equation)
    return statement.right


def step(number: int, rule: str, before: str, after: str, why: str = "", **more: object) -> Step:
    title = rule.replace("_", " ")
    checked = Check("random points", True)
    return Step(str(number), rule, title, expression(before), expression(after), why, check=checked, **more)  # type: ignore[arg-type]


def derivative(name: str, parameters: str, of: str, of_at: str, by: str, by_at: str) -> Derivative:
    def places(at: str) -> tuple[Expression, ...]:
        return tuple(map(expression, at.split()))

    return Derivative(name, tuple(parameters.split()), of, places(of_at), by, places(by_at))


def logistic(net: Network | None = None) -> Derivation:
    """∂L/∂w of the model `logistic`, as on the slide."""
    net = net or load("logistic")
    why = "The derivative of the function that the equation applies."
    inner = step(31, "quotient_rule", "dy_da[i]", "exp(-a[i])/(1 + exp(-a[i]))**2", why, zoom="scalar")
    steps = (
        step(1, "local_derivative", "dL_dy[i]", "(-t[i]/y[i] + (1 - t[i])/(1 - y[i]))/n", why, node="L"),
        step(2, "local_derivative", "dy_da[i]", "sigma(a[i])*(1 - sigma(a[i]))", why, node="y", children=(inner,)),
        step(3, "local_derivative", "da_dw[i,j]", "x[i,j]", why, node="a"),
        step(
            4, "chain_rule", "dL_dw[j]", "sum[i](dL_dy[i]*dy_da[i]*da_dw[i,j])",
            "w moves a, a moves y and y moves L; what each does to the next is multiplied.",
        ),
        step(
            5, "put_in", "sum[i](dL_dy[i]*dy_da[i]*da_dw[i,j])",
            "sum[i]((-t[i]/y[i] + (1 - t[i])/(1 - y[i]))/n*(sigma(a[i])*(1 - sigma(a[i])))*x[i,j])",
            "Each factor is replaced by what was found for it.", uses=("1", "2", "3"),
        ),
        step(
            6, "name_back", "sum[i]((-t[i]/y[i] + (1 - t[i])/(1 - y[i]))/n*(sigma(a[i])*(1 - sigma(a[i])))*x[i,j])",
            "sum[i]((-t[i]/y[i] + (1 - t[i])/(1 - y[i]))/n*(y[i]*(1 - y[i]))*x[i,j])", "σ(a) has the name y.",
        ),
        step(
            7, "cancel", "sum[i]((-t[i]/y[i] + (1 - t[i])/(1 - y[i]))/n*(y[i]*(1 - y[i]))*x[i,j])",
            "mean[i]((y[i] - t[i])*x[i,j])", "y and 1 − y cancel.", conditions=("y[i] is neither 0 nor 1",),
        ),
    )  # fmt: skip
    records = (
        derivative("dL_dy", "i", "L", "", "y", "i"),
        derivative("dy_da", "i", "y", "i", "a", "i"),
        derivative("da_dw", "i j", "a", "i", "w", "j"),
        derivative("dL_dw", "j", "L", "", "w", "j"),
    )
    matrix = expression("transpose(x) @ (y - t)/n")
    formula = Formula(("j",), None, expression("mean[i]((y[i] - t[i])*x[i,j])"), matrix)
    result = Result("L", "w", net["w"], lambda: formula)
    return Derivation("logistic", "L", ("w",), steps, {"dL/dw": result}, {one.name: one for one in records})
