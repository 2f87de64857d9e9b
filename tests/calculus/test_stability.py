"""Everything is finite wherever the mathematics is: values and gradients at logits of ±10⁴, however it was written."""

from __future__ import annotations

import numpy as np
import pytest
from agreement import check_agreement
from reference import evaluate
from texts import net

from graphc.calculus.prepare import prepare
from graphc.calculus.request import requests
from graphc.graph.network import Network
from graphc.graph.node import Leaf

A, BIT = "input a[n]\n", "input t[n] : in {0, 1}\n"
Z, HOT, CLASS, SHARE = (
    "input z[n,3]\n",
    "input t[n,3] : one_hot\n",
    "input t[n] : integer\n",
    "input t[n,3] : distribution\n",
)
BCE = "loss L = mean[i](-t[i]*log(y[i]) - (1 - t[i])*log(1 - y[i]))\n"
CCE = "loss L = mean[n](-sum[i](t[n,i]*log(p[n,i])))\n"
FINITE = {
    "sigma, binary_cross_entropy": A + BIT + "y = sigma(a)\nloss L = mean(binary_cross_entropy(y, t))",
    "nothing known of the target": A + "input t[n]\ny = sigma(a)\nloss L = mean(binary_cross_entropy(y, t))",
    "sigmoid by hand": A + BIT + "y[i] = 1/(1 + exp(-a[i]))\n" + BCE,
    "sigmoid in three statements": A + BIT + "e = exp(-a)\nd = 1 + e\ny = 1/d\n" + BCE,
    "sigmoid from the other side": A + BIT + "e = exp(a)\ny = e/(1 + e)\n" + BCE,
    "a function of its own": "s(z) = 1/(1 + exp(-z))\n" + A + BIT + "y = s(a)\n" + BCE,
    "bce with logits": A + BIT + "loss L = mean(binary_cross_entropy_with_logits(a, t))",
    "a complement of its own name": A + BIT + "p = sigma(a)\nq = 1 - p\nloss L = -sum(t*log(p) + (1 - t)*log(q))",
    "log odds of its own name": A + "p = sigma(a)\nq = 1 - p\ny = log(p) - log(q)\nloss L = sum(y)",
    "focal loss": A + BIT + "p = sigma(a)\nloss L = mean(-t*(1 - p)**2*log(p) - (1 - t)*p**2*log(1 - p))",
    "softplus by hand": A + "s[i] = log(1 + exp(a[i]))\nloss L = sum(s)",
    "softplus in three statements": A + "e = exp(a)\nu = 1 + e\ns = log(u)\nloss L = sum(s)",
    "log of a sigmoid by hand": A + "y = log(1/(1 + exp(-a)))\nloss L = sum(y)",
    "log of one minus a sigmoid": A + "p = sigma(a)\ny = log(1 - p)\nloss L = sum(y)",
    "logit of a sigmoid": A + "p = sigma(a)\no = p/(1 - p)\nl = log(o)\nloss L = sum(l)",
    "swish by hand": "swish(z) = z/(1 + exp(-z))\n" + A + "y = swish(a)\nloss L = sum(y)",
    "tanh by hand": A + "y = (exp(a) - exp(-a))/(exp(a) + exp(-a))\nloss L = sum(y)",
    "mish": A + "y = a*tanh(log(1 + exp(a)))\nloss L = sum(y)",
    "gelu": A + "y = gelu(a)\nloss L = sum(y)",
    "silu": A + "y = silu(a)\nloss L = sum(y)",
    "elu": A + "y = elu(a)\nloss L = sum(y)",
    "softplus": A + "y = softplus(a)\nloss L = sum(y)",
    "tanh": A + "y = tanh(a)\nloss L = sum(y)",
    "hinge": A + "input t[n]\nloss L = mean(hinge(a, t))",
    "norm, also at 0": A + "loss L = sqrt(sum(a**2))",
    "layer_norm": Z + "param g[3]\nparam b[3]\ny = layer_norm(z, g, b)\nloss L = sum(y**2)",
    "softmax, categorical_cross_entropy": Z + HOT + "p = softmax(z)\nloss L = mean(categorical_cross_entropy(p, t))",
    "the same by class number": Z + CLASS + "p = softmax(z)\nloss L = mean(categorical_cross_entropy(p, t))",
    "cross_entropy": Z + HOT + "loss L = mean(cross_entropy(z, t))",
    "cross_entropy by class number": Z + CLASS + "loss L = mean(cross_entropy(z, t))",
    "log_softmax": Z + HOT + "q = log_softmax(z)\nloss L = -mean(sum(t*q, axis=1))",
    "softmax by hand": Z + HOT + "p[n,i] = exp(z[n,i])/sum[k](exp(z[n,k]))\n" + CCE,
    "softmax in three statements": Z + HOT + "e = exp(z)\ns[n] = sum[k](e[n,k])\np[n,i] = e[n,i]/s[n]\n" + CCE,
    "whole-tensor softmax": Z + HOT + "e = exp(z)\np = e/sum(e, axis=-1, keepdims=true)\n" + CCE,
    "log named on its own": Z + HOT + "e = exp(z)\ns[n] = sum[k](e[n,k])\np[n,i] = e[n,i]/s[n]\nl = log(p)\n"
    "loss L = -mean(sum(t*l, axis=1))",
    "gathered by hand": Z + CLASS + "e = exp(z)\ns[n] = sum[k](e[n,k])\np[n,i] = e[n,i]/s[n]\n"
    "loss L = mean[i](-log(p[i,t[i]]))",
    "a softened softmax": Z + HOT + "p = softmax(z/2)\nloss L = mean(categorical_cross_entropy(p, t))",
    "logsumexp by hand": Z + "s[n] = log(sum[k](exp(z[n,k])))\nloss L = sum(s)",
    "logsumexp in three statements": Z + "e = exp(z)\ns[n] = sum[k](e[n,k])\nl = log(s)\nloss L = sum(l)",
    "log of a mean": Z + "s[n] = log(mean[k](exp(z[n,k])))\nloss L = sum(s)",
    "kl_divergence": Z + SHARE + "p = softmax(z)\nloss L = mean(kl_divergence(t, p))",
    "kl_divergence from the other side": Z + SHARE + "p = softmax(z)\nloss L = mean(kl_divergence(p, t))",
    "kl_divergence of two": Z + "input w[n,3]\np = softmax(z)\nq = softmax(w)\nloss L = mean(kl_divergence(p, q))",
    "entropy": Z + "p = softmax(z)\nloss L = mean(-sum(p*log(p), axis=1))",
    "attention": Z + "input w[3]\np = softmax(z)\ny = p @ w\nloss L = sum(y**2)",
    "masked softmax": Z + "m[n,i] = where(i <= 1, z[n,i], -1000000)\np = softmax(m)\nloss L = sum(p**2)",
    "a scale that is learned": Z + HOT + "param q\nr = exp(z/(1 + q**2))\np = r/sum(r, axis=1, keepdims=true)\n" + CCE,
    "a scale in a statement": Z + HOT + "q = 2\nr = exp(z/q)\np = r/sum(r, axis=1, keepdims=true)\n" + CCE,
    "softmax with an ε": Z + HOT + "e = exp(z)\np = e/(sum(e, axis=1, keepdims=true) + 1e-9)\n" + CCE,
    "softmax with a class at 0": Z + HOT + "p[n,i] = exp(z[n,i])/(1 + sum[k](exp(z[n,k])))\n" + CCE,
    "softmax written out": Z + "e = exp(z)\np[n] = e[n,0]/(e[n,0] + e[n,1] + e[n,2])\nloss L = -sum(log(p))",
    "of two by hand": Z + "input w[n,3]\np = exp(z)/(exp(z) + exp(w))\nloss L = -sum(log(p))",
    "log of a sum of two": Z + "input w[n,3]\nloss L = sum(log(exp(z) + exp(w)))",
    "log of a mean in two statements": Z + "e = exp(z)\nloss L = log(mean(e))",
    "log of a product of sigmoids": A + "s = sigma(a)\nloss L = sum(log(s*(1 - s)) + log(s**3) + log(sqrt(s)))",
    "log of a long product": A + "s = sigma(a)\nloss L = log(prod(s))",
    "log of a product of shares": Z + "p = softmax(z)\nl = prod(p, axis=1)\nloss L = -sum(log(l))",
    "slope of a sigmoid by hand": A + "y = exp(-a)/(1 + exp(-a))**2\nloss L = sum(y)",
    "slope of a sigmoid in three statements": A + "e = exp(a)\nd = 1 + e\ny = e/(d*d)\nloss L = sum(y)",
    "square of a sigmoid": A + "y = 1/(1 + exp(a))**2\nloss L = sum(y)",
    "a constant beside an exponential": A + "y = 1/(2 + exp(a)) + log(2 + exp(a)) + log(1 + 2*exp(a))\nloss L = sum(y)",
    "tanh by one exponential": A + "e = exp(2*a)\ny = (e - 1)/(e + 1)\nloss L = sum(y)",
    "tanh from the other side": A + "y = (1 - exp(-2*a))/(1 + exp(-2*a))\nloss L = sum(y)",
    "a difference over a sum": A + "e = exp(a)\ny = (e - 2)/(e + 3)\nloss L = sum(y)",
    "a quadratic in an exponential": A + "e = exp(a)\nloss L = sum(log(1 + e + e**2))",
    "powers of two": A + "y = 2**a/(1 + 2**a)\nloss L = sum(y)",
    "a share picked by a mask": Z + CLASS + "e = exp(z)\np = e/sum(e, axis=1, keepdims=true)\n"
    "loss L = -sum[n](log(sum[i](where(i == t[n], p[n,i], 0))))",
    "masked before the sum": Z + "e[n,i] = where(i <= 1, exp(z[n,i]), 0)\ns[n] = sum[i](e[n,i])\n"
    "p[n,i] = e[n,i]/s[n]\nloss L = sum(p**2)",
    "one over a hyperbolic cosine": A + "y = 1/(exp(a) + exp(-a)) + exp(a)/(1 + exp(2*a))\nloss L = sum(y)",
    "mean of logs of gated": A + "y = sigma(a)*tanh(a)\nloss L = mean(y*y)",
}
LOGITS = [[1e4, -1e4, 0.0], [-1e4, 1e4, 50.0], [0.0, 0.0, 0.0], [40.0, -40.0, 700.0], [-800.0, 1.0, 2.0]]


def values(loaded: Network, logits: list[float], turn: int) -> dict[str, np.ndarray]:
    classes = [turn % 3, (turn + 1) % 3]
    bits = np.array([turn % 2, turn // 2], float)
    targets = {
        "integer": np.array(classes),
        "one_hot": np.eye(3)[classes],
        "binary": bits,
        "distribution": np.array([[0.2, 0.3, 0.5], [0.6, 0.3, 0.1]]),
    }
    rows = np.array([logits, logits[::-1]])
    given = {
        "a": np.array(logits[:2]),
        "z": rows,
        "w": rows[::-1],
        "q": np.array(0.7),
        "g": np.ones(3),
        "b": np.zeros(3),
        "t": bits,
    }
    given["w"] = given["w"] if loaded.nodes.get("w") is None or loaded["w"].rank == 2 else np.ones(3)
    for leaf in loaded.inputs:
        if leaf.attributes:
            given[leaf.name or ""] = targets[leaf.attributes[0]]
    return given


@pytest.mark.parametrize("name", FINITE)
def test_losses_and_gradients_are_finite(name: str) -> None:
    loaded = net(FINITE[name])
    by = [leaf.name for leaf in (*loaded.params, *loaded.inputs) if leaf.name != "t"]
    roots = prepare(requests(loaded, ["L", *(f"dL/d{one}" for one in by)]))
    for logits in LOGITS:
        for turn in range(4):
            for found in evaluate(roots, values(loaded, logits, turn)):
                assert np.isfinite(found).all(), (logits, turn, found)


def test_outputs_that_are_asked_for_are_finite_too() -> None:
    for name, output in {"softmax in three statements": "p", "sigmoid in three statements": "y"}.items():
        loaded = net(FINITE[name])
        (root,) = prepare(requests(loaded, [output]))
        for logits in LOGITS:
            (found,) = evaluate([root], values(loaded, logits, 0))
            assert ((found >= 0) & (found <= 1)).all()


@pytest.mark.parametrize("name", FINITE)
def test_the_gradients_are_those_of_the_formula_as_written(name: str) -> None:
    loaded = net(FINITE[name])
    rng = np.random.default_rng(4)
    by = [leaf for leaf in (*loaded.params, *loaded.inputs) if not leaf.attributes]
    given = values(loaded, rng.normal(size=3).tolist(), 1)
    check_agreement(
        loaded["L"], by, {leaf.name: given[leaf.name] for leaf in (*loaded.params, *loaded.inputs) if leaf.name}
    )


@pytest.mark.parametrize("target", [BIT, "input t[n]\n"])
def test_a_loss_by_a_saturated_output_is_right_where_it_can_be_written(target: str) -> None:
    loaded = net(A + target + "y = sigma(a)\nloss L = sum(binary_cross_entropy(y, t))")
    roots = prepare(requests(loaded, ["dL/dy"]))
    (found,) = evaluate(roots, {"a": np.array([1e4, -1e4, 40.0, 40.0]), "t": np.array([1.0, 0, 0, 1])})
    np.testing.assert_allclose(found, [-1, 1, 1 + np.exp(40), -1], rtol=1e-12)


def test_a_target_of_zero_silences_an_impossible_probability() -> None:
    loaded = net("input p[3]\ninput t[3] : one_hot\nloss L = categorical_cross_entropy(p, t)")
    certain = np.array([1.0, 0, 0])
    found = evaluate(prepare(requests(loaded, ["L", "dL/dp"])), {"p": certain, "t": certain})
    assert found[0] == 0
    assert found[1].tolist() == [-1, 0, 0]


def test_a_certain_answer_costs_nothing_whatever_is_known_of_the_target() -> None:
    loaded = net("input y[n]\ninput t[n]\nL = sum(binary_cross_entropy(y, t))\nM = categorical_cross_entropy(y, t)")
    certain = np.array([0.0, 1])
    with np.errstate(all="ignore"):
        found = evaluate(prepare(requests(loaded, ["L", "dL/dy", "M"])), {"y": certain, "t": certain})
    assert [one.tolist() for one in found] == [0, [1, -1], 0]


def test_a_share_compared_with_itself_has_its_entropy() -> None:
    loaded = net("input p[n]\nL = sum(binary_cross_entropy(p, p))\nM = categorical_cross_entropy(p, p)")
    with np.errstate(all="ignore"):
        found = evaluate(prepare(requests(loaded, ["L", "M"])), {"p": np.array([0, 1, 0.5])})
    np.testing.assert_allclose(found, [np.log(2), np.log(2) / 2])


def test_a_share_of_zero_adds_nothing_to_a_divergence() -> None:
    loaded = net(FINITE["kl_divergence"])
    roots = prepare(requests(loaded, ["L", "dL/dz"]))
    loss, slope = evaluate(roots, {"z": np.array([[1e4, -1e4, 0]]), "t": np.array([[1.0, 0, 0]])})
    assert loss == 0
    assert slope.tolist() == [[0, 0, 0]]


def test_the_values_are_those_of_the_formula_as_written() -> None:
    for text in FINITE.values():
        loaded = net(text)
        roots = requests(loaded, ["L"])
        rng = np.random.default_rng(3)
        given = values(loaded, rng.normal(size=3).tolist(), 1)
        before, after = evaluate(roots, given)[0], evaluate(prepare(roots), given)[0]
        np.testing.assert_allclose(after, before, rtol=1e-12, atol=1e-14)


def test_the_prepared_graph_keeps_the_names_that_people_gave() -> None:
    loaded = net(FINITE["softmax, categorical_cross_entropy"])
    (p,) = prepare([loaded["p"]])
    assert p.name == "p"
    assert not isinstance(p, Leaf)
