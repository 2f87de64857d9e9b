"""Last layer and loss are told from the formulas, in whatever way they were written."""

from __future__ import annotations

import pytest

import graphc as gc
from graphc.graph.network import Network, read_network
from graphc.language.parse import parse_net
from graphc.language.source import Source
from graphc.learn.model_compared import compared
from graphc.learn.model_endings import ending
from graphc.learn.model_last_layer import misfits
from graphc.learn.model_losses import with_loss

HEAD = "input x[n, 2]\ninput t[n, 3]\ninput k[n] : integer\nparam W[2, 3]\nparam b[3]\nz = x @ W + b\n"
LIBRARY = (
    "sigma", "tanh", "relu", "softplus", "leaky_relu", "elu", "gelu", "silu", "step", "exp", "abs", "softmax",
    "log_softmax",
)  # fmt: skip
# An activation, as somebody may write it who does not call the library's.
BY_HAND = [
    ("sigma", "y = 1/(1 + exp(-z))"),
    ("sigma", "y = exp(z)/(1 + exp(z))"),
    ("sigma", "y = 1 - 1/(1 + exp(z))"),
    ("sigma", "e = exp(-z)\ny = 1/(1 + e)"),
    ("sigma", "p = sigma(z)\ny = p"),
    ("sigma", "f(u) = 1/(1 + exp(-u))\ny = f(z)"),
    ("softmax", "y = exp(z)/sum(exp(z), axis=1, keepdims=true)"),
    ("softmax", "y[i,j] = exp(z[i,j])/sum[k](exp(z[i,k]))"),
    ("softmax", "e = exp(z)\ns[i] = sum[k](e[i,k])\ny[i,j] = e[i,j]/s[i]"),
    ("softmax", "m[i] = max[k](z[i,k])\ne[i,j] = exp(z[i,j] - m[i])\ny[i,j] = e[i,j]/sum[k](e[i,k])"),
    ("softmax", "softmax(u)[n,i] = exp(u[n,i])/sum[k](exp(u[n,k]))\ny = softmax(z)"),
    ("softmax", "y = softmax(2*z)"),
    ("softmax", "y = exp(log_softmax(z))"),
    ("log_softmax", "y[i,j] = z[i,j] - log(sum[k](exp(z[i,k])))"),
    ("log_softmax", "y = log(softmax(z))"),
    ("relu", "y = max(z, 0)"),
    ("leaky_relu", "y = where(z > 0, z, 0.2*z)"),
    ("softplus", "y = log(1 + exp(z))"),
    ("tanh", "y = (exp(z) - exp(-z))/(exp(z) + exp(-z))"),
    ("sigma", "y = dropout(sigma(z), 0.1)"),
    ("silu", "y = sigma(z)*z"),
    ("silu", "y = z/(1 + exp(-z))"),
    ("", "y = z"),
    ("", "y[i,j] = sum[k](x[i,k]*W[k,j])"),
    ("", "h = relu(z)\ny[i,j] = h[i,j] + z[i,j]"),
    ("", "y = -z/2"),
]
# What is none of the library's, and not any number either: nobody is told that it has no activation.
OWN = [
    "y = 0.98*sigma(z) + 0.01",
    "y = sigma(z)*sigma(2*z)",
    "y = (tanh(z) + 1)/2",
    "y = sigma(z)**2",
    "h = sigma(z)\ny[i,j] = mean[k](h[i,k]) + 0*h[i,j]",
]


def read(text: str) -> Network:
    return read_network(parse_net(Source("<net>", text)), "net")


def ending_of(text: str) -> str | None:
    return ending(read(HEAD + text + "\noutput y\n")["y"])


@pytest.mark.parametrize("name", LIBRARY)
def test_a_function_of_the_library_is_known_inlined_and_in_a_text(name: str) -> None:
    x, w = gc.input("x", ("n", 4)), gc.param("w", (4, 3))
    (output,) = gc.Model(x, getattr(gc, name)(x @ w)).outputs
    assert ending(output) == name
    assert ending_of(f"y = {name}(z)") == name
    assert ending_of(f"y = {name}(x @ W + b)") == name


@pytest.mark.parametrize(("name", "text"), BY_HAND, ids=[f"{text!r}" for _, text in BY_HAND])
def test_an_activation_written_out_is_what_it_is(name: str, text: str) -> None:
    assert ending_of(text) == name


@pytest.mark.parametrize("text", OWN)
def test_a_formula_of_ones_own_is_left_alone(text: str) -> None:
    assert ending_of(text) is None
    for loss in ("binary_cross_entropy", "categorical_cross_entropy", "cross_entropy"):
        assert misfits(read(HEAD + f"{text}\noutput y\nloss L = mean({loss}(y, t))\n")) == []


LOSSES = [
    ("binary_cross_entropy", "mean(binary_cross_entropy(y, t))"),
    ("binary_cross_entropy", "-mean(t*log(y) + (1 - t)*log(1 - y))"),
    ("binary_cross_entropy", "mean[i](-t[i,0]*log(y[i,0]) - (1 - t[i,0])*log(1 - y[i,0]))"),
    ("binary_cross_entropy", "mean(-(1 - t)*log(1 - y) - t*log(y)) + 0.1*sum(W*W)"),
    ("binary_cross_entropy_with_logits", "mean(binary_cross_entropy_with_logits(y, t))"),
    ("binary_cross_entropy_with_logits", "mean(log(1 + exp(y)) - y*t)"),
    ("categorical_cross_entropy", "mean(categorical_cross_entropy(y, t))"),
    ("categorical_cross_entropy", "mean(categorical_cross_entropy(y, k))"),
    ("categorical_cross_entropy", "-mean[i](sum[j](t[i,j]*log(y[i,j])))"),
    ("categorical_cross_entropy", "-sum(log(y)*t)/n"),
    ("categorical_cross_entropy", "-mean[i](log(y[i,k[i]]))"),
    ("cross_entropy", "mean(cross_entropy(y, t))"),
    ("cross_entropy", "mean(cross_entropy(y, k))"),
    ("cross_entropy", "-sum(t*log_softmax(y))"),
    ("cross_entropy", "mean[i](logsumexp[j](y[i,j]) - y[i,k[i]])"),
    ("kl_divergence", "mean(kl_divergence(t, y))"),
    ("hinge", "mean(hinge(y, t))"),
    ("hinge", "mean(max(0, 1 - y*t))"),
    ("hinge", "mean(max(1 - t*y, 0))"),
    ("squared_error", "mean(squared_error(y, t))"),
    ("squared_error", "sum((t - y)**2)/2"),
    ("absolute_error", "mean(abs(y - t))"),
]


@pytest.mark.parametrize(("name", "formula"), LOSSES, ids=[formula for _, formula in LOSSES])
def test_a_loss_is_known_by_its_name_and_written_out(name: str, formula: str) -> None:
    network = read(HEAD + f"y = relu(z)\noutput y\nloss L = {formula}\n")
    assert [(one.loss, one.output.name) for one in compared(network)] == [(name, "y")]


@pytest.mark.parametrize(
    "formula",
    [
        "mean(exp(z) - t*z)",  # Poisson's, on logarithms
        "mean(y - t*log(y))",  # and on rates
        "mean(sqrt((y - t)**4 + 1))",
        "mean(abs(W @ transpose(W)))",
    ],
)
def test_a_loss_of_ones_own_is_compared_with_no_row_of_the_table(formula: str) -> None:
    assert compared(read(HEAD + f"y = exp(z)\noutput y\nloss L = {formula}\n")) == []


ACTIVATIONS = ("", *LIBRARY)
NAMED = ("mse", "mae", "hinge", "binary_cross_entropy", "binary_cross_entropy_with_logits",
         "categorical_cross_entropy", "cross_entropy", "sparse_categorical_cross_entropy", "sparse_cross_entropy",
         "kl_divergence")  # fmt: skip
FITTING = {
    "binary_cross_entropy": {"sigma"},
    "binary_cross_entropy_with_logits": {""},
    "categorical_cross_entropy": {"softmax"},
    "sparse_categorical_cross_entropy": {"softmax"},
    "cross_entropy": {""},
    "sparse_cross_entropy": {""},
    "kl_divergence": {"softmax"},
    "hinge": {"", "tanh"},
    "mse": set(ACTIVATIONS) - {"softmax", "step"},
    "mae": set(ACTIVATIONS) - {"softmax", "step"},
}


def models(activation: str) -> dict[str, Network]:
    """One model, in the ways in which it can be made."""
    x, w = gc.input("x", ("n", 2)), gc.param("W", (2, 3))
    given = gc.input("x", ("n", 2))
    around = getattr(gc, activation) if activation else lambda z: z
    call = f"{activation}(z)" if activation else "z"
    return {
        "sequential": gc.Sequential([gc.Dense(3, activation or None)], input=(2,)),
        "behind": gc.Sequential([gc.Dense(3), gc.Activation(activation or "linear")], input=(2,)),
        "layers": gc.Model(given, gc.Dense(3, activation or None)(given)),
        "functional": gc.Model(x, around(x @ w)),
        "text": read(TEXT.format(call)),
    }


@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_every_activation_meets_every_loss_alike_however_the_model_was_made(activation: str) -> None:
    for way, model in models(activation).items():
        text = model.to_net() if isinstance(model, gc.Model) else TEXT.format(f"{activation}(z)" if activation else "z")
        for loss in NAMED:
            said = misfits(read(with_loss(text, model, loss)))
            assert len(said) == (activation not in FITTING[loss]), f"{way}, {loss}: {said}"


TEXT = "input x[n, 2]\nparam W[2, 3]\nz = x @ W\noutput y = {}\n"


def test_an_output_without_a_name_of_its_own_is_looked_at_too() -> None:
    (said,) = misfits(read(HEAD + "loss L = mean(categorical_cross_entropy(sigma(z), t))\n"))
    assert said.startswith("what the loss reads ends in sigma, and the loss is categorical_cross_entropy")
    assert misfits(read(HEAD + "loss L = mean(binary_cross_entropy(sigma(z), t))\n")) == []


def test_each_output_of_a_written_out_loss_is_looked_at() -> None:
    text = HEAD + "input s[n, 3]\ny = softmax(z)\nq = relu(z)\noutput y, q\n"
    loss = "loss L = -sum(t*log(y))/n - mean(s*log(q) + (1 - s)*log(1 - q))\n"
    (said,) = misfits(read(text + loss))
    assert said.startswith("`q` ends in relu, and the loss is binary_cross_entropy")
