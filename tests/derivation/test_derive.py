"""What a derivation says, in the order in which a lecture says it."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from feeding import check
from lectures import DEEP, LAYER_NORM, SOFTMAX, read

import graphc as gc
from graphc.derivation.derive import derive
from graphc.derivation.step import Derivation, Step
from graphc.graph.network import Network, load
from graphc.language.expression import Name
from graphc.language.text import text


def derived(net: Network, *wrt: str) -> Derivation:
    assert net.loss is not None
    return derive(net.loss, [net[name] for name in wrt], net)


def lines(derivation: Derivation) -> list[str]:
    return [text(step.after) for step in derivation.steps]


def assert_in_order(derivation: Derivation, expected: Sequence[str]) -> None:
    found = iter(lines(derivation))
    for line in expected:
        assert line in found, f"{line} does not come in its place in\n" + "\n".join(lines(derivation))


def test_the_logistic_neuron_passes_through_the_lines_of_the_slide() -> None:
    derivation = derived(load("logistic"), "w")
    slope = "(-t[i]/y[i] + (1 - t[i])/(1 - y[i]))/n"
    assert_in_order(
        derivation,
        [
            slope,
            "sigma(a[i])*(1 - sigma(a[i]))",
            "x[i,j]",
            "sum[i](dL_dy[i]*dy_da[i]*da_dw[i,j])",
            f"sum[i]({slope}*(sigma(a[i])*(1 - sigma(a[i])))*x[i,j])",
            f"sum[i]({slope}*(y[i]*(1 - y[i]))*x[i,j])",
            "mean[i]((y[i] - t[i])*x[i,j])",
        ],
    )


def test_the_deep_net_is_a_product_of_seven_factors() -> None:
    derivation = derived(load("deep3"), "W0")
    assert "sum[k](dl_dy*dy_dE*dE_dD[k]*dD_dC[k]*dC_dB[k,i]*dB_dA[i]*dA_dW0[i,j])" in lines(derivation)
    assert text(derivation.result["dl/dW0"].body) == "(y - t)*sum[k](w[k]*D[k]*(1 - D[k])*W1[k,i])*B[i]*(1 - B[i])*x[j]"


def test_the_line_has_the_two_sums_of_least_squares() -> None:
    result = derived(load("linear"), "a", "b").result
    assert text(result["dJ/da"].body) == "2*mean[i]((yhat[i] - y[i])*x[i])"
    assert text(result["dJ/db"].body) == "2*mean[i](yhat[i] - y[i])"


def test_softmax_and_cross_entropy_leave_p_minus_t_where_t_sums_to_one() -> None:
    derivation = derived(read(SOFTMAX.format(" : one_hot")), "W")
    assert_in_order(
        derivation,
        [
            "p[i,j]*(where(j == k, 1, 0) - p[i,k])",
            "mean[i]((sum[l](t[i,l])*p[i,j] - t[i,j])*x[i,k])",
            "mean[i]((p[i,j] - t[i,j])*x[i,k])",
        ],
    )
    assert derivation.steps[-2].conditions == ("t one_hot",)


def test_without_that_assumption_the_sum_stays() -> None:
    derivation = derived(read(SOFTMAX.format("")), "W")
    assert text(derivation.result["dL/dW"].body) == "mean[i]((sum[l](t[i,l])*p[i,j] - t[i,j])*x[i,k])"
    assert not any(step.conditions for step in derivation.steps)


def test_a_long_equation_is_taken_apart_into_parts_with_names() -> None:
    derivation = derived(read(LAYER_NORM), "W")
    introduced = [text(step.before) for step in derivation.steps if step.rule == "name a part"]
    assert introduced == ["mean1[n]", "mean2[n]"]
    assert any(step.rule == "deviations from a mean" for step in derivation.steps)


def test_equal_layers_fold_into_one_step() -> None:
    net = read(DEEP)
    derivation = derived(net, *(str(param.name) for param in net.params))
    folds = [step for step in derivation.steps if step.rule == "same again"]
    assert [step.title for step in folds] == ["The same for `h9` … `h1`", "The last of them"]
    assert text(folds[1].before).startswith("dL_dh1[")
    assert "dL_dh2[" in text(folds[1].after)
    assert all(child.folded for child in folds[0].children)
    assert {"dL_dW2[j,k]", "dL_dW2[k,j]"} & {text(child.before) for child in folds[0].children}


def test_the_number_of_steps_shown_does_not_grow_with_equal_layers() -> None:
    def steps(layers: int) -> int:
        equations = "\n".join(f"param W{k}[4, 4]\nh{k} = relu(h{k - 1} @ W{k})" for k in range(1, layers))
        net = read(f"input h0[m, 4]\n{equations}\nloss L = mean(h{layers - 1}**2)")
        return len(derived(net, *(str(param.name) for param in net.params)).steps)

    assert steps(16) == steps(30)


@pytest.mark.parametrize("model", ["logistic", "rnn", "softmax-classifier", "prelu", "net1"])
def test_every_name_is_defined_before_it_is_used(model: str) -> None:
    net = load(model)
    derivation = derived(net, *(str(param.name) for param in net.params))
    own = set(net.nodes) | {name for node in net.nodes.values() for extent in node.extents for name in extent.names}
    defined: set[str] = set()
    for step in derivation.walk():
        head = text(step.before).split("[")[0]
        if head.isidentifier():
            defined.add(head)
        unknown = names(step) - own - defined - indices(step)
        assert not unknown, f"{step.id}: {unknown}"


def names(step: Step) -> set[str]:
    found, stack = set(), [step.before, step.after]
    while stack:
        part = stack.pop()
        if isinstance(part, Name):
            found.add(part.name)
        stack.extend(part.children)
    return found


def indices(step: Step) -> set[str]:
    """One letter, perhaps numbered, is an index here: no tensor of these models made by a step is called so."""
    return {name for name in names(step) if len(name.rstrip("0123456789_")) == 1}


def test_a_name_of_the_network_is_not_given_again() -> None:
    net = read("input x[n]\nparam w\nparam dL_dy\ny[i] = w*x[i]*dL_dy\nloss L = sum[i](y[i]**2)")
    derivation = derived(net, "w")
    assert "dL_dy" not in derivation.derivatives
    assert "dL_dy_" in derivation.derivatives


def test_a_tensor_has_its_jacobian() -> None:
    net = load("softmax-classifier")
    derivation = derive(net["p"], [net["z"]], net)
    (result,) = derivation.result.values()
    assert result.indices == ("i", "j", "l", "m")
    assert text(result.body) == "where(i == l, p[i,j]*(where(j == m, 1, 0) - p[i,m]), 0)"
    assert all(step.check is not None and step.check.ok for step in derivation.walk())


def test_a_derivative_can_be_differentiated_again() -> None:
    net = read("input x\nparam w\nloss L = exp(w*x)*w")
    assert net.loss is not None
    slope = gc.grad(net.loss, net["w"])
    derivation = derive(slope, [net["w"]], net)
    assert all(step.check is not None and step.check.ok for step in derivation.walk())
    check(derivation, net, "input x\nparam w\nloss L = exp(w*x)*w")


def test_tensors_made_in_python_get_names() -> None:
    x, t = gc.input("x", ("n", 2)), gc.input("t", ("n", 1))
    weights = gc.param("W", (2, 1))
    loss = gc.mean(gc.binary_cross_entropy(gc.sigma(x @ weights), t))
    derivation = derive(loss, [weights])
    assert list(derivation.result) == ["dL/dW"]
    assert all(step.check is not None and step.check.ok for step in derivation.walk())


def test_what_the_loss_does_not_read_has_derivative_zero() -> None:
    net = read("input x[n]\nparam w\nparam v[n]\nloss L = sum[i](w*x[i])")
    derivation = derived(net, "v", "w")
    assert text(derivation.result["dL/dv"].body) == "0"
    assert derivation.result["dL/dv"].extents == ("n",)


def test_the_kink_of_relu_is_a_condition() -> None:
    derivation = derived(load("mlp"), "W1")
    assert any("relu′(0) = 0" in step.conditions for step in derivation.steps)


def test_what_the_program_computes_instead_comes_last_and_folded() -> None:
    last = derived(load("logistic"), "w").steps[-1]
    assert last.rule == "stable form"
    assert last.folded
    assert "softplus" in text(last.after)


@pytest.mark.parametrize("penalty", ["", " + charge*w**2"])
def test_constants_are_drawn_out_of_a_sum_whether_or_not_it_is_the_only_term(penalty: str) -> None:
    net = read(
        "input x[n]\ninput t[n]\nparam w\nparam b\nconst charge = 0.1\n"
        f"y = w*x + b\nloss L = mean(squared_error(y, t)){penalty}\n"
    )
    found = text(derived(net, "w").result["dL/dw"].formula.body)
    assert found.endswith("2*mean[i]((y[i] - t[i])*x[i])")
