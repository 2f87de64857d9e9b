"""The lectures' systems from the command line: each learns from a set that graphc brings, and reaches its figure."""

from __future__ import annotations

from pathlib import Path

import pytest

# model, data, options, and what the held-out examples must give, at least or at most
ROWS = [
    ("linear", "line", "--lr 0.03 --epochs 100", {"val_mse": ("<", 0.03)}),
    ("logistic", "clusters", "--epochs 30 --lr 0.03", {"val_accuracy": (">", 0.99)}),
    ("perceptron", "clusters", "--optimizer sgd --lr 1 --batch-size 1 --epochs 5", {"val_accuracy": (">", 0.99)}),
    ("mlp-2-4-1", "parabola", "--lr 0.03 --epochs 150", {"val_accuracy": (">", 0.95)}),
    ("prelu", "parabola", "--lr 0.03 --epochs 80", {"val_accuracy": (">", 0.93)}),
    ("skip", "spiral", "--epochs 60", {"val_accuracy": (">", 0.95)}),
    ("branches", "patients", "--epochs 60", {"val_healthy_accuracy": (">", 0.93), "val_severity_mse": ("<", 0.3)}),
    ("biomarker", "biomarker", "--epochs 80", {"val_p_accuracy": (">", 0.95), "val_s_mse": ("<", 1)}),
    ("kernel-trick", "circles", "--lr 0.05 --epochs 40", {"val_accuracy": (">", 0.99)}),
    ("approximate", "wave", "--sizes m=16 --lr 0.1 --epochs 150", {"val_mse": ("<", 0.05)}),
]
DIGITS = [
    ("softmax-classifier", "iris", "--lr 0.05 --schedule cosine --epochs 200", {"accuracy": (">", 0.95)}),
    ("softmax-classifier", "digits", "--epochs 40", {"val_accuracy": (">", 0.94)}),
    *(
        (net, "digits", "--lr 0.003 --epochs 12", {"val_accuracy": (">", 0.8)})
        for net in ("net1", "net2", "net3", "net4", "net5")
    ),
    (
        "lenet5",
        "digits",
        "--augment shift=0.08,rotate=10 --lr 0.003 --schedule cosine --epochs 20",
        {"val_accuracy": (">", 0.98)},
    ),
]


@pytest.mark.parametrize(("model", "data", "options", "figures"), ROWS, ids=[model for model, *_ in ROWS])
def test_it_learns(graphc, tmp_path: Path, model, data, options, figures):
    _reaches(graphc, tmp_path, model, data, options, figures)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("model", "data", "options", "figures"), DIGITS, ids=[f"{model} {data}" for model, data, *_ in DIGITS]
)
def test_it_reads(graphc, tmp_path: Path, model, data, options, figures):
    pytest.importorskip("sklearn")
    _reaches(graphc, tmp_path, model, data, options, figures)


def _reaches(graphc, folder: Path, model: str, data: str, options: str, figures: dict[str, tuple[str, float]]) -> None:
    """The figures as the training tells them; and those of the run, evaluated again, are the same."""
    run = folder / "run"
    answer = graphc("train", model, "--data", data, *options.split(), "--out", run, "--json")
    assert answer.code == 0, answer.err
    found = answer.data["metrics"]
    for name, (side, bound) in figures.items():
        assert found[name] >= bound if side == ">" else found[name] <= bound, (name, found)
    again = graphc("evaluate", run, "--data", data, "--json").data["metrics"]
    assert again == {name.removeprefix("val_"): value for name, value in found.items() if name.startswith("val_")}


def test_one_neuron_and_a_line_fail_where_a_bend_or_a_map_is_needed(graphc, tmp_path):
    for data in ("parabola", "circles"):
        answer = graphc("train", "neuron", "--data", data, "--epochs", 40, "--lr", 0.05, "--out", tmp_path / data,
                        "--json")  # fmt: skip
        assert answer.data["metrics"]["val_accuracy"] < 0.9


def test_the_kernel_of_the_slide_is_run_from_arrays(graphc, tmp_path):
    import numpy as np

    image = [[1, 1, 1, 0, 0], [0, 1, 1, 1, 0], [0, 0, 1, 1, 1], [0, 0, 1, 1, 0], [0, 1, 1, 0, 0]]
    np.savez(tmp_path / "in.npz", image=image, kernel=[[1, 0, 1], [0, 1, 0], [1, 0, 1]])
    answer = graphc("run", "conv-slide", "--inputs", tmp_path / "in.npz", "--of", "feature", "-o", tmp_path / "out.npz")
    assert answer.code == 0, answer.err
    assert np.load(tmp_path / "out.npz")["feature"].tolist() == [[4, 3, 4], [2, 4, 3], [2, 3, 4]]
