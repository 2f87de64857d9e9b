"""A derivation made by hand, so that the page can be looked at by itself."""

from __future__ import annotations

from dataclasses import replace

from graphc.calculus.grad import grad
from graphc.derivation.step import Check, Derivation, Derivative, Formula, Result, Step
from graphc.graph.network import Network, load
from graphc.language.expression import Expression, Name, Sum
from graphc.language.parse import parse_expression


def read(text: str) -> Expression:
    return parse_expression(text)[0]


def step(key: str, title: str, before: str, after: str, why: str, **more: object) -> Step:
    made = Step(key, title, title, read(before), read(after), why, check=Check("agrees at 5 points to 50 digits", True))
    return replace(made, **more)  # type: ignore[arg-type]


def hostile(word: str) -> Derivation:
    """The same with a word in every place that a person or a Python program fills in; it is in the names too."""
    found = logistic()
    renamed = {each.name: replace(each, of=each.of + word, by=each.by + word) for each in found.derivatives.values()}
    steps = tuple(_worded(step, word) for step in found.steps)
    result = {f"dL/dw{word}": replace(each, of=each.of + word, by=each.by + word) for each in found.result.values()}
    net = load("logistic")
    net.title = net.name = word
    return replace(found, model=word, of=f"L{word}", wrt=(f"w{word}",), steps=steps, result=result,
                   derivatives=renamed, net=net)  # fmt: skip


def _worded(step: Step, word: str) -> Step:
    return replace(
        step,
        rule=word,
        title=step.title + word,
        why=step.why + word,
        conditions=(*step.conditions, word),
        check=Check(word, False),
        after=Sum((step.after, Name(f"x{word}"))),
        children=tuple(_worded(child, word) for child in step.children),
    )


def named(name: str, of: str, of_at: str, by: str, by_at: str, parameters: str, edge: bool = False) -> Derivative:
    at = [tuple(read(part) for part in text.split()) for text in (of_at, by_at)]
    return Derivative(name, tuple(parameters.split()), of, at[0], by, at[1], edge)


def logistic(net: Network | None = None) -> Derivation:
    """Deck R's derivation of the logistic neuron's gradient, in its order."""
    net = net or load("logistic")
    names = [
        named("dL_dy", "L", "", "y", "i", "i"),
        named("dy_da", "y", "i", "a", "i", "i", True),
        named("da_dw", "a", "i", "w", "j", "i j", True),
        named("dL_dw", "L", "", "w", "j", "j"),
        named("dL_da", "L", "", "a", "i", "i"),
    ]
    scalar = (
        step("2a", "Part", "u", "1 + exp(-a[i])", "The denominator gets a name.", zoom="scalar"),
        step("2b", "Quotient rule", "dy_da[i]", "exp(-a[i])/(1 + exp(-a[i]))**2", "(1/u)′ = −u′/u².", zoom="scalar"),
        step("2c", "Named", "exp(-a[i])/(1 + exp(-a[i]))**2", "sigma(a[i])*(1 - sigma(a[i]))", "It is σ again.",
             zoom="scalar"),
    )  # fmt: skip
    index = (
        step("3a", "Sum rule", "da_dw[i,j]", "sum[k](x[i,k]*where(k == j, 1, 0))", "Only w[j] moves.", zoom="index"),
        step("3b", "Delta", "sum[k](x[i,k]*where(k == j, 1, 0))", "x[i,j]", "One term is left.", zoom="index"),
    )
    found = grad(net.loss, [net["w"]])  # type: ignore[list-item]
    steps = (
        step("1", "Local derivative", "dL_dy[i]", "(-t[i]/y[i] + (1 - t[i])/(1 - y[i]))/n",
             "How the loss moves with one prediction.", node="L", opens=("L",)),
        step("2", "Local derivative", "dy_da[i]", "sigma(a[i])*(1 - sigma(a[i]))", "The derivative of σ.", node="y",
             children=scalar),
        step("3", "Local derivative", "da_dw[i,j]", "x[i,j]", "a is linear in w.", node="a", children=index),
        step("4", "Chain rule", "dL_dw[j]", "sum[i](dL_dy[i]*dy_da[i]*da_dw[i,j])", "The rates multiply.", node="w",
             uses=("1", "2", "3")),
        step("5", "Factors put in", "sum[i](dL_dy[i]*dy_da[i]*da_dw[i,j])",
             "sum[i]((-t[i]/y[i] + (1 - t[i])/(1 - y[i]))/n*(sigma(a[i])*(1 - sigma(a[i])))*x[i,j])",
             "Each factor is replaced by what it was found to be.", uses=("1", "2", "3")),
        step("6", "Cancelling",
             "sum[i]((-t[i]/y[i] + (1 - t[i])/(1 - y[i]))/n*(sigma(a[i])*(1 - sigma(a[i])))*x[i,j])",
             "mean[i]((y[i] - t[i])*x[i,j])", "y(1 − y) cancels against the denominators.",
             conditions=("t in {0, 1}",)),
    )  # fmt: skip
    body = read("mean[i]((y[i] - t[i])*x[i,j])")
    formula = Formula(("j",), None, body, read("transpose(x) @ (y - t)/n"))
    result = Result("L", "w", found[0], lambda: formula)
    return Derivation("logistic", "L", ("w",), steps, {"dL/dw": result}, {each.name: each for each in names}, net)
