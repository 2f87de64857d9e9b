"""What `graphc train` makes of the model that it is given."""

from __future__ import annotations

from pathlib import Path

import pytest

from graphc.cli.main import run
from graphc.learn.initialise import initial
from graphc.learn.model import load_model
from graphc.learn.run import Run

MISFIT = """input x[n, 2]
input t[n, 2] : one_hot
param W[2, 2]
output y = sigma(x @ W)
loss L = mean(categorical_cross_entropy(y, t))
"""

LAYERS = """import graphc as gc
net = gc.Sequential([gc.Dense(4, "relu"), gc.Dropout(0.2), gc.Dense(1, "sigma")], input=(2,))
net.compile(optimizer=gc.Adam(0.01), loss="binary_cross_entropy")
"""


def test_a_last_layer_that_does_not_fit_its_loss_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "misfit.net").write_text(MISFIT)
    arguments = ["--data", "clusters", "--epochs", "1", "--out", str(tmp_path / "run")]
    assert run(["train", str(tmp_path / "misfit.net"), *arguments]) == 0
    assert "a sigma goes with binary_cross_entropy" in capsys.readouterr().err


@pytest.mark.parametrize("of", [[], ["--of", "step"]], ids=["gradients", "step"])
def test_compiling_tells_it_too_and_writes_the_program(
    of: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "misfit.net").write_text(MISFIT)
    assert run(["compile", str(tmp_path / "misfit.net"), *of, "-o", str(tmp_path / "program.py")]) == 0
    assert "a sigma goes with binary_cross_entropy" in capsys.readouterr().err
    assert "import numpy" in (tmp_path / "program.py").read_text()
    assert run(["compile", "softmax-classifier", *of, "-o", str(tmp_path / "program.py")]) == 0
    assert capsys.readouterr().err == ""


def test_a_model_of_layers_with_a_dropout_is_kept_as_text(tmp_path: Path) -> None:
    (tmp_path / "layers.py").write_text(LAYERS)
    arguments = ["--data", "clusters", "--epochs", "1", "--out", str(tmp_path / "run")]
    assert run(["train", f"{tmp_path / 'layers.py'}:net", *arguments]) == 0
    assert "dropout(" in (tmp_path / "run" / "model.net").read_text()


FROZEN = """import graphc as gc
layers = [gc.Dense(4, "tanh", name="features", trainable=False), gc.Dense(1, "sigma")]
net = gc.Sequential(layers, input=(2,))
net.compile(gc.Adam(0.01), "binary_cross_entropy")
"""


def test_layers_that_are_kept_and_parameters_that_are_frozen_stay_as_they_are(tmp_path: Path) -> None:
    (tmp_path / "frozen.py").write_text(FROZEN)
    arguments = ["--data", "clusters", "--epochs", "2", "--out"]
    assert run(["train", f"{tmp_path / 'frozen.py'}:net", *arguments, str(tmp_path / "layers")]) == 0
    assert run(["train", "mlp", *arguments, str(tmp_path / "named"), "--freeze", "W1, b1"]) == 0
    for folder, kept, learnt in (("layers", "W_features", "W2"), ("named", "W1", "W2")):
        found = Run.open(tmp_path / folder)
        before = initial(found.network, 0)
        assert (found.params[kept] == before[kept].astype("float32")).all()
        assert (found.params[learnt] != before[learnt].astype("float32")).any()
        assert f"m.{learnt}" in found.state
        assert f"m.{kept}" not in found.state
        model = load_model(tmp_path / folder)
        model.fit("clusters", epochs=1, verbose=False)
        assert (model.values[kept] == found.params[kept]).all()
    assert run(["train", "mlp", *arguments, str(tmp_path / "none"), "--freeze", "W9"]) == 2


TENSORS = """import graphc as gc
x, t = gc.input("x", ("n", 2)), gc.input("t", ("n", 1), "in {0, 1}")
W, V = gc.param("W", (2, 8), start="he"), gc.param("V", (8, 1), start=0.5)
y = gc.sigma(gc.dropout(gc.relu(x @ W), 0.25) @ V)
net = [y, gc.mean(gc.binary_cross_entropy(y, t))]
"""


def test_tensors_with_starts_and_a_dropout_are_trained_as_they_were_made(tmp_path: Path) -> None:
    (tmp_path / "tensors.py").write_text(TENSORS)
    arguments = ["--data", "clusters", "--epochs", "1", "--lr", "0", "--out", str(tmp_path / "run")]
    assert run(["train", f"{tmp_path / 'tensors.py'}:net", *arguments]) == 0
    found = Run.open(tmp_path / "run")
    assert "dropout(" in found.text
    assert (found.params["V"] == 0.5).all()
    assert found.params["W"].std() > 0.5
