"""Updates in place: whatever the formulas read, and in whatever order, the result is that of computing elsewhere."""

from __future__ import annotations

import random
import subprocess
import sys

import numpy as np
import pytest

import graphc as gc
from graphc.compiler import stepping
from graphc.compiler.numpy import step_module
from graphc.graph.network import Network, read_network
from graphc.language.errors import GraphcError
from graphc.language.parse import parse_net
from graphc.language.source import Source

LEAVES = {"p": "[n]", "g": "[n]", "a": "[n]", "b": "[n]", "lr": "", "t": ""}
RNG = np.random.default_rng(1)


def net(text: str, name: str = "test") -> Network:
    return read_network(parse_net(Source("test.net", text)), name)


def update_of(formulas: str) -> tuple[Network, stepping.Update]:
    given = "".join(f"input {name}{dims}\n" for name, dims in LEAVES.items())
    formula = net(given + formulas)
    becomes = {formula[name]: formula[f"new_{name}"] for name in "pab" if f"new_{name}" in formula}
    return formula, stepping.Update(formula["p"], formula["g"], formula["lr"], formula["t"], becomes)


def linear() -> tuple[Network, list[gc.Network]]:
    """L = Σ w·x, whose derivative by w is x, so that a test chooses the gradient."""
    model = net("input x[7]\nparam w[7]\nloss L = sum(w*x)")
    return model, gc.grad(model.loss, model.params)


def emitted(formulas: str) -> str:
    model, gradients = linear()
    return stepping.step_source(model.loss, dict(zip(model.params, gradients, strict=True)), update_of(formulas)[1])


def stepped(source: str, start: dict[str, np.ndarray], gradient: np.ndarray, lr: float, count: int) -> dict:
    module: dict = {"__name__": "step"}
    exec(source, module)
    arrays = module["begin"]({"w": start["p"]})
    for name in arrays.keys() & {"a", "b"}:
        arrays[name][...] = start[name]
    module["stepper"](arrays)(gradient, lr, count)
    return {name: arrays[name] for name in arrays.keys() & {"p", "a", "b"}}


def check(formulas: str) -> None:
    formula, update = update_of(formulas)
    start = {name: RNG.uniform(0.5, 2, 7) for name in "pab"}
    gradient = RNG.uniform(0.5, 2, 7)
    expected = gc.compile(list(update.becomes.values()), arguments=formula.inputs)(
        **start, g=gradient, lr=0.3, t=2.0, n=7
    )
    found = stepped(emitted(formulas), start, gradient, 0.3, 2)
    for leaf, values in zip(update.becomes, expected, strict=True):
        np.testing.assert_allclose(found[leaf.name], np.broadcast_to(values, 7), rtol=1e-12, err_msg=formulas)


@pytest.mark.parametrize(
    "formulas",
    [
        "new_p = p - lr*g",
        "new_a = p\nnew_p = a",  # two tensors change places
        "new_a = p\nnew_b = a\nnew_p = b",
        "new_a = g\nnew_p = p - lr*(g - a)",
        "new_a = 0.9*a + g\nnew_p = p - lr*(new_a - a)",  # the old value is read after the new one is known
        "new_p = p - lr*g\nnew_a = p",
        "new_p = p - lr*g\nnew_a = new_p - p",
        "new_a = a*a + a\nnew_b = b + a\nnew_p = p + new_a*b",
        "new_a = a*new_b\nnew_b = b + a\nnew_p = p - a - b",
        "new_p[i] = p[i] - lr*g[n-1-i]*p[n-1-i]",  # elements read other elements
        "new_p[i] = p[n-1-i]",
        "new_a[i] = max(a[i], a[0])\nnew_p = p - new_a",
        "new_p = where(g > p, p, a)\nnew_a = where(g > p, a, p)",
        "new_a = where(a > g, a - g, a)\nnew_p = p",
        "new_p = p - lr*g/sqrt(sum(g*g))",
        "new_p = p*sum(p) - max(p)\nnew_a = a + sum(p)",
        "new_p = p - lr*(g - mean(g))",
        "new_a = new_b\nnew_b = b*g\nnew_p = new_b",  # one value in three places
        "new_p = p - lr*g*cos(pi*t/10)*where(t > 3, 1, 0.5)/(1 - 0.9**t)",
        "new_p = p - g*erf(lr)*softplus(t)",
        "new_p = 0*p + 3",
        "scale1 = lr/t\nnew_p = p*(1 - 0.9**t) - scale1*g",  # a name that the program would have taken itself
        "new_p = p - lr*g/sqrt(sum[i](new_a[i]**2))\nnew_a = a + g",
        "u = g/(abs(p) + 1)\nnew_p = p - lr*u*sum(p*p)/sum(u*u)",
    ],
)
def test_in_place_is_as_elsewhere(formulas):
    check(formulas)


def expression(chance: random.Random, depth: int) -> str:
    if depth == 0 or chance.random() < 0.2:
        return chance.choice(["p", "g", "a", "b", "lr", "t", "0.5", "2"])
    kind = chance.choice(["+", "-", "*", "/", "max", "min", "abs", "where", "sum", "tanh"])
    one, two = expression(chance, depth - 1), expression(chance, depth - 1)
    if kind in "+-*":
        return f"({one} {kind} {two})"
    if kind == "/":
        return f"{one}/(1 + abs({two}))"
    if kind == "where":
        return f"where({one} > {two}, {one}, {expression(chance, depth - 1)})"
    return f"{kind}({one}, {two})" if kind in ("max", "min") else f"{kind}({one})" if kind != "sum" else f"sum(g*{one})"


@pytest.mark.parametrize("seed", range(30))
def test_random_updates_in_place_are_as_elsewhere(seed):
    chance = random.Random(seed)
    lines = [f"new_{name} = {name} - 0*{name} + {expression(chance, 3)}" for name in "abp"]
    chance.shuffle(lines)
    check("\n".join(lines))


FORMULAS = "new_a = 0.9*a + g*g/sum(g*g)\nnew_p = p - lr*g/(sqrt(new_a) + 0.1)*0.9**t"


@pytest.mark.parametrize("block", [1, 2, 3, 6])
def test_block_by_block_gives_the_same_bits(block, monkeypatch):
    start, gradient = {name: RNG.normal(size=7) ** 2 for name in "pa"}, RNG.normal(size=7)
    whole = stepped(emitted(FORMULAS), start, gradient, 0.1, 3)
    monkeypatch.setattr(step_module, "BLOCK", block)
    parts = stepped(emitted(FORMULAS), start, gradient, 0.1, 3)
    for name, values in whole.items():
        np.testing.assert_array_equal(parts[name], values)


def test_an_update_allocates_no_array_and_copies_none():
    source = emitted("new_a = 0.9*a + g\nnew_p = p - lr*new_a")
    lines = source[source.index("    def update(") :].split("return update")[0]
    assert "np.empty" not in lines
    assert "copyto" not in lines
    assert "np.subtract(p, new_p_product, out=p)" in lines
    assert "out=a)" in lines


def test_a_step_stands_alone(tmp_path):
    (tmp_path / "step.py").write_text(emitted(FORMULAS), encoding="utf-8")
    program = "import step, numpy as np\na = step.begin({'w': np.ones(7)})\nprint(step.stepper(a)(np.ones(7), 0.1, 1))"
    done = subprocess.run([sys.executable, "-c", program], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert float(done.stdout) == 7


def test_the_same_graph_gives_the_same_step():
    assert emitted(FORMULAS) == emitted(FORMULAS)


def test_sizes_of_parameters_may_be_free():
    model = net("input x[n,m]\nparam w[m]\nparam b\nloss L = mean(x @ w + b)")
    gradients = dict(zip(model.params, gc.grad(model.loss, model.params), strict=True))
    module: dict = {"__name__": "step"}
    exec(stepping.step_source(model.loss, gradients, update_of("new_p = p - lr*g")[1]), module)
    arrays = module["begin"]({"w": np.ones(3), "b": 2.0})
    step = module["stepper"](arrays)
    assert step(np.ones((4, 3)), 0.5, 1) == 5
    np.testing.assert_array_equal(arrays["p"], [0.5, 0.5, 0.5, 1.5])
    with pytest.raises(ValueError, match=r"`x` should have shape \(n, m\), here \(4, 3\), but has \(4, 2\)"):
        step(np.ones((4, 2)), 0.5, 2)


@pytest.mark.parametrize("formulas", ["new_p = lr", "new_p = sum(p)", "new_a = 1\nnew_p = p"])
def test_what_a_vector_becomes_is_a_vector(formulas):
    with pytest.raises(GraphcError, match="one axis"):
        emitted(formulas)
