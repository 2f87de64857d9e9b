"""`graphc compile --of step`: a whole step of training as a file that needs NumPy alone."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest


@pytest.mark.parametrize("optimizer", ["sgd", "momentum", "Adam", "rmsprop"])
def test_an_emitted_step_trains_by_itself(graphc, tmp_path, optimizer):
    answer = graphc("compile", "logistic", "--of", "step", "--optimizer", optimizer, "-o", tmp_path / "logistic.py")
    assert (answer.code, answer.out) == (0, "")
    code = (
        "import sys\n"
        "for name in ('sympy', 'graphc', 'networkx', 'lark'): sys.modules[name] = None\n"
        "import numpy as np, logistic\n"
        "x = np.random.default_rng(1).normal(size=(64, 2)); t = (x[:, 0] > x[:, 1]).astype(float)\n"
        "step = logistic.stepper(logistic.begin({'w': [0.0, 0.0], 'b': 0.0}))\n"
        "losses = [step(x, t, 0.5, count) for count in range(1, 201)]\n"
        "print(losses[0], losses[-1])"
    )
    done = subprocess.run([sys.executable, "-c", code], check=True, cwd=tmp_path, capture_output=True, text=True)
    first, last = map(float, done.stdout.split())
    assert first == pytest.approx(np.log(2))
    assert last < 0.3


def test_a_network_may_have_a_tensor_called_step(graphc, tmp_path):
    (tmp_path / "a.net").write_text("input x[n]\nstep = 2*x\n", "utf-8")
    assert "A program made of equations: step." in graphc("compile", tmp_path / "a.net", "--of", "step").out


def test_what_cannot_be_a_step_is_said(graphc, tmp_path):
    (tmp_path / "a.net").write_text("input x[n]\nparam w\noutput y = w*x\n", "utf-8")
    answer = graphc("compile", tmp_path / "a.net", "--of", "step")
    assert (answer.code, "has no loss" in answer.err) == (2, True)
    answer = graphc("compile", "logistic", "--of", "step", "--optimizer", "adm")
    assert (answer.code, "did you mean `adam`?" in answer.err) == (2, True)
    assert graphc("compile", "logistic", "--of", "step", "--backend", "triton").code == 2
