"""What a reader relies on: names are said before they are read, look the same everywhere, and mean one thing."""

from __future__ import annotations

import json

import numpy as np
import pytest
from lectures import read

import graphc as gc
from graphc.derivation.derive import derive
from graphc.derivation.step import Derivation
from graphc.derivation.uses import defines
from graphc.graph.network import load
from graphc.language.errors import GraphcError
from graphc.present.derived import html, latex, markdown, text
from graphc.present.derived import json as data

DIRECT = "param a\ny = a*a\nz = y**2\nloss L = y*z + a\n"
DROPOUT = "input x[n,3]\nparam W[3,4]\nh = dropout(relu(x@W), 0.5)\nloss L = mean(h*h)\n"
PENALTY = """input x[n,2]
input t[n]
param w[2]
output yhat = sigma(x@w)
loss L = mean(binary_cross_entropy(yhat, t)) + 0.01*sum(w**2)
"""
WHOLE = "input x[n,3]\ninput t[n,1]\nparam W[3,1]\nloss L = mean(binary_cross_entropy_with_logits(x@W,t))\n"
SUBSCRIPT = "input x[n]\nparam β₀\nŷ[i] = x[i] + β₀\nloss L = mean(ŷ*ŷ)\n"
DEEP = "\n".join(
    [
        "input x[m, 4]\ninput t[m, 4]",
        *(f"param W{k}[4, 4]" for k in range(1, 10)),
        "h1 = tanh(x @ W1)",
        *(f"h{k} = tanh(h{k - 1} @ W{k})" for k in range(2, 10)),
        "loss L = mean(squared_error(h9, t))",
    ]
)


def derived(given: str) -> Derivation:
    net = read(given)
    assert net.loss is not None
    return derive(net.loss, net.params, net)


EVERY = {"direct": DIRECT, "dropout": DROPOUT, "penalty": PENALTY, "whole": WHOLE, "subscript": SUBSCRIPT, "deep": DEEP}


@pytest.mark.parametrize("name", EVERY)
def test_every_step_is_confirmed_and_no_name_is_read_before_a_step_says_what_it_is(name: str) -> None:
    derivation = derived(EVERY[name])
    seen: set[str] = set()
    said = set(derivation.net.nodes) if derivation.net else set()
    for step in derivation.walk():
        assert step.check, step
        assert step.check.ok, step
        assert set(step.uses) <= seen, step
        seen.add(step.id)
        said |= {defines(step.before) or ""}
        spoken = {name for side in (step.before, step.after) for name in names_in(side)}
        assert not {name for name in spoken if name in derivation.derivatives or name.startswith("mask")} - said, step


def names_in(expression: object) -> set[str]:
    from graphc.derivation.scalar_terms import names

    return names(expression)  # type: ignore[arg-type]


def test_a_part_of_a_derivative_looks_different_from_the_whole_in_every_form() -> None:
    derivation = derived(DIRECT)
    assert "∂L/∂y = ∂L/∂y|direct + ∂L/∂z · ∂z/∂y" in text.render(derivation)
    whole, part = r"\frac{\partial L}{\partial y}", r"\left.\frac{\partial L}{\partial y}\right|_{\mathrm{direct}}"
    for written in (latex.render(derivation), markdown.render(derivation)):
        assert f"{whole} &= {part}" in written
    assert ">direct</mi></msub>" in html.render(derivation)
    steps = {step.title: step for step in derivation.steps}
    assert (
        steps["Direct derivative"].why
        == "`a` acts on `L` through `y` too: with that held, it is a part of the derivative."
    )


def test_where_there_is_one_way_only_nothing_is_marked() -> None:
    assert "direct" not in text.render(derived(SUBSCRIPT))


def test_what_the_loss_reads_itself_is_derived_in_one_step() -> None:
    steps = derived(WHOLE).steps
    assert [step.rule for step in steps if not step.folded] == ["local derivative"]


def test_a_mask_is_drawn_by_a_step_and_the_result_can_be_appended_to_the_file() -> None:
    derivation = derived(DROPOUT)
    found = json.loads(data.render(derivation))["result"]["dL/dW"]
    whole = read(f"{DROPOUT}g[{','.join(found['indices'])}] = {found['text']}\n")
    assert whole.loss is not None
    generator = np.random.default_rng(1)
    values = {"x": generator.normal(size=(5, 3)), "W": generator.normal(size=(3, 4))}
    wanted, got = gc.compile([*gc.grad(whole.loss, [whole["W"]]), whole["g"]])(**values)
    np.testing.assert_allclose(got, wanted)


def test_equal_layers_say_what_the_first_and_the_last_of_them_came_to() -> None:
    shown = text.render(derived(DEEP))
    assert "the same for h₇ … h₁" in shown
    assert "∂L/∂h₇[i,k]" in shown
    assert "∂L/∂h₁[i,k]" in shown


def test_sentences_show_names_as_formulas_do() -> None:
    derivation = derived(PENALTY)
    assert "How L moves when only ŷ moves" in text.render(derivation)
    assert r"moves when only $\hat{y}$ moves" in latex.render(derivation)
    assert "<mover" in html.render(derivation).partition("moves when only")[2].partition("</p>")[0]
    assert "`" not in text.render(derivation, "scalar") + latex.render(derivation, "scalar")


def test_the_reason_of_a_sum_names_the_letter_that_is_summed() -> None:
    net = load("softmax-classifier")
    assert net.loss is not None
    for step in derive(net.loss, net.params, net).walk():
        if step.rule == "linearity" and "does not depend on `" in step.why:
            assert f"[{step.why.split('`')[1]}" in data.text(step.before)
        if step.rule == "a sum over a delta":
            left, right = step.why.split("`")[1:4:2]
            assert f"{left} == {right}" in data.text(step.before) or f"{right} == {left}" in data.text(step.before)


def test_a_step_that_says_what_a_name_is_has_the_lengths_of_its_indices() -> None:
    steps = json.loads(data.render(derived(WHOLE)))["steps"]
    assert steps[0]["extents"] == ["3", "1"]


def test_two_tensors_of_one_name_are_told() -> None:
    first, second = gc.param("A", (2,)), gc.param("A", (3,))
    total = gc.sum(first) + gc.sum(second)
    with pytest.raises(GraphcError, match="two tensors are called `A`"):
        derive(total, [first, second], load("logistic"))


def test_steps_rest_on_what_says_a_name_and_on_the_line_before_but_not_on_the_networks_own_equations() -> None:
    net = load("logistic")
    assert net.loss is not None
    uses = [step.uses for step in derive(net.loss, [net["w"]], net).steps[:7]]
    assert uses == [(), (), (), ("3", "2", "1"), ("3", "2", "1", "4"), ("5",), ("6",)]
