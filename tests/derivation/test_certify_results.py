"""The formula that comes out is compared as a whole, and a wrong one is seen."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction

import pytest
from lectures import TEXTS, read

from graphc.derivation import walk
from graphc.derivation.derive import derive
from graphc.derivation.results import Opener
from graphc.derivation.step import Derivation, Result
from graphc.graph.network import load
from graphc.graph.scalar import Scalar, mul, number
from graphc.language.expression import Expression, Negative, Number, Product, Sum
from graphc.present.derived.text import render

ONE, TWO = Number(Fraction(1)), Number(Fraction(2))
WRONG: dict[str, Callable[[Expression], Expression]] = {
    "one more": lambda body: Sum((body, ONE)),
    "twice": lambda body: Product((TWO, body)),
    "a missing minus": Negative,
}


def derivation(model: str) -> Derivation:
    net = read(TEXTS[model], model) if model in TEXTS else load(model)
    assert net.loss is not None
    return derive(net.loss, net.params or net.inputs, net)


def changed(result: Result, change: Callable[[Expression], Expression]) -> Result:
    formula = replace(result.formula, body=change(result.body))
    return replace(result, write=lambda: formula)


@pytest.mark.parametrize("model", ["logistic", "softmax-classifier", "mlp", "deep3", "conv", "linear"])
def test_what_comes_out_is_checked_as_a_whole(model: str) -> None:
    results = derivation(model).result
    assert {name: result.check is not None and result.check.ok for name, result in results.items()} == dict.fromkeys(
        results, True
    )


@pytest.mark.parametrize("wrong", WRONG)
@pytest.mark.parametrize("model", ["logistic", "softmax-classifier", "mlp", "deep3", "tanh"])
def test_no_other_formula_is_confirmed(model: str, wrong: str) -> None:
    for result in derivation(model).result.values():
        check = changed(result, WRONG[wrong]).check
        assert check is not None
        assert not check.ok, result.by


def test_a_slip_in_putting_right_steps_together_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    class Slipping(Opener):
        def opened(self, body: Scalar) -> Scalar:
            return mul(number(2), super().opened(body))

    monkeypatch.setattr(walk, "Opener", Slipping)
    found = derivation("mlp")
    assert all(step.check is not None and step.check.ok for step in found.walk())
    assert not found.confirmed
    assert "✗ Not confirmed: dL/dW1, dL/db1, dL/dW2, dL/db2." in render(found)


def test_what_is_too_long_to_be_read_has_the_certificates_of_its_steps() -> None:
    found = derivation("rnn")
    assert found.result["dL/dU"].check is None
    assert found.confirmed
    assert "✓ 2 of 5 results are checked" in render(found)
