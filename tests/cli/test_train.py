"""`train`, `evaluate` and `predict` as a person meets them."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import numpy as np
import pytest

from graphc.learn.data.catalogue import make


@pytest.fixture
def points(tmp_path: Path) -> Path:
    """Forty points above and below a line, as a CSV file with their classes in words."""
    x = np.random.default_rng(0).normal(size=(40, 2))
    rows = [f"{a},{b},{'above' if a + b > 0 else 'below'}" for a, b in x.tolist()]
    file = tmp_path / "points.csv"
    file.write_text("a,b,kind\n" + "\n".join(rows) + "\n")
    return file


@pytest.fixture
def run(graphc, points: Path, tmp_path: Path) -> Path:
    folder = tmp_path / "run"
    assert graphc("train", "neuron", "--data", points, "--epochs", 60, "--lr", 0.1, "--out", folder).code == 0
    return folder


# -- train


def test_every_option_of_the_table_is_taken_and_the_answer_is_json(graphc, tmp_path):
    answer = graphc("train", "neuron", "--data", "clusters", "--epochs", "20", "--batch-size", "16", "--optimizer",
                    "adam", "--lr", "0.05", "--seed", "3", "--out", tmp_path / "run", "--json")  # fmt: skip
    assert answer.code == 0, answer.err
    assert answer.err == ""
    assert answer.data["schema"] == "graphc/train/1"
    assert answer.data["run"] == str(tmp_path / "run")
    assert answer.data["epochs"] == 20
    assert answer.data["metrics"]["accuracy"] >= 0.99
    assert answer.data["metrics"]["val_accuracy"] >= 0.99
    names = {"model.net", "weights.safetensors", "optimizer.safetensors", "history.json", "history.csv", "run.json"}
    assert names <= {file.name for file in (tmp_path / "run").iterdir()}


def test_a_model_and_data_are_enough(graphc, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    answer = graphc("train", "neuron", "--data", "clusters")
    assert answer.code == 0, answer.err
    assert "held out (200)" in answer.out
    assert "graphc evaluate runs/neuron-clusters --data clusters" in answer.out
    assert graphc("evaluate", "runs/neuron-clusters", "--data", "clusters").code == 0
    again = graphc("train", "neuron", "--data", "clusters", "--epochs", 1, "--json")
    assert again.data["run"] == "runs/neuron-clusters-2"


def test_the_same_seed_gives_the_same_weights(graphc, tmp_path):
    for name, seed in (("a", 1), ("b", 1), ("c", 2)):
        graphc("train", "mlp-2-4-1", "--data", "moons:rows=50", "--epochs", 3, "--seed", seed, "--out", tmp_path / name)
    a, b, c = ((tmp_path / name / "weights.safetensors").read_bytes() for name in "abc")
    assert a == b
    assert a != c


def test_resuming_needs_no_option_again_and_may_ask_for_more_epochs(graphc, tmp_path):
    begun = ("train", "mlp-2-4-1", "--data", "moons:rows=50", "--lr", 0.03, "--seed", 4)
    graphc(*begun, "--epochs", 6, "--out", tmp_path / "whole")
    graphc(*begun, "--epochs", 2, "--out", tmp_path / "parts")
    answer = graphc("train", "mlp-2-4-1", "--data", "moons:rows=50", "--epochs", 6, "--resume", "--out",
                    tmp_path / "parts", "--json")  # fmt: skip
    assert answer.data["resumed"] == 2
    for name in ("weights.safetensors", "optimizer.safetensors", "history.json"):
        assert (tmp_path / "whole" / name).read_bytes() == (tmp_path / "parts" / name).read_bytes()


def test_resuming_what_never_began_begins_it(graphc, tmp_path):
    answer = graphc(
        "train", "neuron", "--data", "clusters", "--epochs", 1, "--resume", "--out", tmp_path / "r", "--json"
    )
    assert (answer.code, answer.data["resumed"]) == (0, None)


def test_the_answer_goes_to_a_file(graphc, tmp_path):
    answer = graphc("train", "neuron", "--data", "clusters", "--epochs", 1, "--out", tmp_path / "run", "-o",
                    tmp_path / "said.txt")  # fmt: skip
    assert (answer.code, answer.out) == (0, "")
    assert "neuron learnt from 400 examples" in (tmp_path / "said.txt").read_text()


def test_a_network_made_in_python_is_trained_and_its_text_is_kept(graphc, tmp_path):
    file = tmp_path / "made.py"
    file.write_text(
        "import graphc as gc\n"
        'x, t = gc.input("x", ("n", 2)), gc.input("t", ("n", 1), "in {0, 1}")\n'
        'W, b = gc.param("W", (2, 1)), gc.param("b", (1,))\n'
        "y = gc.sigma(x @ W + b)\n"
        "L = gc.mean(gc.binary_cross_entropy(y, t))\n"
        "net = [y, L]\n"
    )
    answer = graphc("train", f"{file}:net", "--data", "clusters", "--epochs", 20, "--lr", 0.1, "--out",
                    tmp_path / "run", "--json")  # fmt: skip
    assert answer.code == 0, answer.err
    assert answer.data["metrics"]["val_accuracy"] >= 0.99
    assert graphc("show", tmp_path / "run" / "model.net", "--json").data["params"] == 3


def test_a_wider_layer_comes_closer_to_a_wave(graphc, tmp_path):
    errors = []
    for width in (1, 16):
        wanted = ("train", "approximate", "--data", "wave", "--sizes", f"m={width}", "--lr", 0.1, "--epochs", 300)
        errors.append(graphc(*wanted, "--out", tmp_path / str(width), "--json").data["metrics"]["val_loss"])
    assert errors[1] < errors[0] / 4
    found = graphc("evaluate", tmp_path / "16", "--data", "wave", "--json").data["metrics"]["loss"]
    assert found == errors[1]


def test_a_run_that_cannot_be_written_is_told(graphc, tmp_path):
    (tmp_path / "file").write_text("")
    answer = graphc("train", "neuron", "--data", "clusters", "--out", tmp_path / "file")
    assert (answer.code, "file" in answer.err) == (2, True)
    assert "Traceback" not in answer.err


def test_rare_classes_can_count_for_more(graphc, tmp_path):
    x = np.random.default_rng(1).normal(size=(300, 1))
    t = (x[:, 0] + np.random.default_rng(2).normal(size=300) > 1.8).astype(int)
    file = tmp_path / "rare.csv"
    file.write_text("x,t\n" + "\n".join(f"{a},{b}" for a, b in zip(x[:, 0].tolist(), t.tolist(), strict=True)))
    found = {}
    for weights in (None, "balanced", "0=1,1=4"):
        folder = tmp_path / str(weights)
        graphc("train", "logistic", "--data", file, "--epochs", 60, "--lr", 0.1, "--validation", 0, "--out", folder,
               *(("--class-weights", weights) if weights else ()))  # fmt: skip
        counts = graphc("evaluate", folder, "--data", file, "--json").data["confusion"][0]["counts"]
        found[weights] = counts[1][1] / sum(counts[1])
    assert found["balanced"] > found[None] + 0.2
    assert found["0=1,1=4"] > found[None] + 0.1


def test_weights_that_shrink_shrink(graphc, tmp_path):
    size = {}
    for rate in (0, 0.1):
        folder = tmp_path / str(rate)
        graphc("train", "mlp-2-4-1", "--data", "moons", "--epochs", 10, "--lr", 0.05, "--l2", rate, "--out", folder)
        from graphc.learn.run import Run

        size[rate] = np.abs(Run.open(folder).params["W1"]).sum()
    assert size[0.1] < size[0] / 2


def test_large_columns_are_learnt_where_they_are_standardised(graphc, tmp_path):
    x = np.random.default_rng(3).uniform(1000, 1100, 80)
    file = tmp_path / "far.csv"
    file.write_text("x,y\n" + "\n".join(f"{a},{0.05 * a - 50}" for a in x.tolist()))
    errors = []
    for option in ([], ["--standardise"]):
        folder = tmp_path / str(option)
        graphc("train", "linear", "--data", file, *option, "--epochs", 150, "--lr", 0.05, "--out", folder)
        errors.append(graphc("evaluate", folder, "--data", file, "--json").data["metrics"]["mae"])
    assert errors[1] < 0.05 < errors[0]


def test_a_rate_that_falls_to_nothing_ends_with_its_epochs(graphc, tmp_path):
    begun = ("train", "neuron", "--data", "clusters:rows=64", "--schedule", "cosine", "--out", tmp_path / "run")
    graphc(*begun, "--epochs", 4)
    rates = [float(row["lr"]) for row in csv.DictReader((tmp_path / "run" / "history.csv").open())]
    assert rates == sorted(rates, reverse=True)
    assert rates[0] == 0.01
    assert "ends with them" in graphc(*begun, "--epochs", 8, "--resume").err
    assert graphc(*begun, "--epochs", 4, "--resume").code == 0


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("approximate", "--data", "wave"), "--sizes m=16"),
        (("approximate", "--data", "wave", "--sizes", "q=3"), "no size `q`"),
        (("approximate", "--data", "wave", "--sizes", "m=0"), "a whole number from 1 up"),
        (("neuron", "--data", "clusters", "--schedule", "cosin"), "did you mean `cosine`?"),
        (("neuron", "--data", "clusers"), "did you mean `clusters`?"),
        (("neron", "--data", "clusters"), "there is no model `neron`"),
        (("neuron", "--data", "clusters", "--optimizer", "adm"), "did you mean `adam`?"),
        (("neuron", "--data", "clusters", "--optimizer", "adam:epps=1"), "did you mean `eps`?"),
        (("neuron", "--data", "clusters", "--epochs", "0"), "the epochs is at least 1"),
        (("neuron", "--data", "clusters", "--batch-size", "0"), "the batch size is at least 1"),
        (("neuron", "--data", "clusters", "--lr", "-1"), "a learning rate is a number from 0 up"),
        (("neuron", "--data", "clusters", "--metrics", "acuracy"), "did you mean `accuracy`?"),
        (("neuron", "--data", "clusters", "--class-weights", "2=1"), "there is no class `2`"),
        (("neuron", "--data", "clusters", "--validation", "1"), "from 0 up to but not including 1"),
        (("neuron", "--data", "line"), "t"),
        (("chain", "--data", "line"), "chain"),
        (("neuron", "--data", "clusters", "--resume"), "--out RUN"),
    ],
)
def test_what_is_wrong_is_said_in_a_line_and_nothing_is_left_behind(arguments, said, graphc, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    answer = graphc("train", *arguments)
    assert answer.code == 2
    assert said in answer.err
    assert "Traceback" not in answer.err
    assert answer.out == ""
    assert graphc("train", *arguments, "--json").data["schema"] == "graphc/error/1"
    assert list(tmp_path.iterdir()) == []


def test_a_folder_in_which_nothing_was_learnt_may_be_used_again(graphc, tmp_path):
    wanted = ("train", "neuron", "--data", "clusters", "--patience", 3, "--out", tmp_path / "run")
    answer = graphc(*wanted, "--monitor", "val_acc")
    assert (answer.code, "did you mean `val_accuracy`?" in answer.err) == (2, True)
    assert graphc(*wanted, "--monitor", "val_accuracy").code == 0
    assert "holds a run already" in graphc(*wanted).err


def test_a_training_that_diverges_says_where_and_which_options_to_try(graphc, tmp_path):
    answer = graphc("train", "linear", "--data", "line", "--optimizer", "sgd", "--lr", 50, "--out", tmp_path / "run")
    assert answer.code == 2
    assert "step" in answer.err
    assert "--lr 5" in answer.err
    assert graphc("train", "linear", "--data", "line", "--epochs", 2, "--out", tmp_path / "run").code == 0


# -- evaluate


def test_a_made_set_is_evaluated_on_what_it_holds_out(graphc, tmp_path):
    trained = graphc("train", "neuron", "--data", "clusters", "--epochs", 5, "--out", tmp_path / "run", "--json").data
    found = graphc("evaluate", tmp_path / "run", "--data", "clusters", "--json").data
    assert found["schema"] == "graphc/evaluate/1"
    assert (found["part"], found["rows"]) == ("held out", make("clusters").held_out.rows)
    assert found["metrics"] == {name: trained["metrics"][f"val_{name}"] for name in ("loss", "accuracy")}


def test_a_file_is_evaluated_whole_by_the_classes_of_the_run(graphc, run, points, tmp_path):
    found = graphc("evaluate", run, "--data", points, "--json").data
    counts = np.array(found["confusion"][0]["counts"])
    assert (found["rows"], counts.sum()) == (40, 40)
    assert found["metrics"]["accuracy"] == pytest.approx(np.trace(counts) / 40)
    assert found["confusion"][0]["classes"] == ["above", "below"]
    lines = points.read_text().splitlines()
    few = tmp_path / "few.csv"
    few.write_text("\n".join([lines[0], *(line for line in lines if line.endswith("below"))][:6]) + "\n")
    below = graphc("evaluate", run, "--data", few, "--json").data["confusion"][0]["counts"]
    assert below[0] == [0, 0]
    assert sum(below[1]) == 5


def test_the_table_of_an_evaluation_names_classes(graphc, run, points):
    answer = graphc("evaluate", run, "--data", points)
    assert "accuracy" in answer.out
    assert "above" in answer.out
    assert max(map(len, answer.out.splitlines())) <= 80 + len(str(points)) + len(str(run))


@pytest.mark.parametrize("command", ["evaluate", "predict"])
def test_a_folder_without_a_run_is_told(command, graphc, tmp_path):
    answer = graphc(command, tmp_path, "--data", "clusters")
    assert answer.code == 2
    assert "holds no run" in answer.err


def test_a_damaged_run_is_not_evaluated(graphc, run):
    weights = run / "weights.safetensors"
    weights.write_bytes(weights.read_bytes()[:-1])
    answer = graphc("evaluate", run, "--data", "clusters", "--json")
    assert answer.code == 2
    assert "weights.safetensors is damaged: it ends after" in answer.data["message"]


# -- predict


def test_predictions_need_no_targets_and_name_classes(graphc, run, points, tmp_path):
    bare = tmp_path / "bare.csv"
    bare.write_text("\n".join(line.rpartition(",")[0] for line in points.read_text().splitlines()) + "\n")
    rows = list(csv.DictReader(graphc("predict", run, "--data", bare).out.splitlines()))
    right = [line.rpartition(",")[2] for line in points.read_text().splitlines()[1:]]
    agreed = sum(row["class"] == kind for row, kind in zip(rows, right, strict=True))
    assert agreed / 40 == graphc("evaluate", run, "--data", points, "--json").data["metrics"]["accuracy"]
    assert all((float(row["y"]) > 0.5) == (row["class"] == "below") for row in rows)


@pytest.mark.parametrize("name", ["p.npz", "p.npy", "p.csv"])
def test_predictions_are_written_by_the_ending_of_the_file(name, graphc, run, points, tmp_path):
    file = tmp_path / name
    answer = graphc("predict", run, "--data", points, "-o", file)
    assert (answer.code, answer.out) == (0, "")
    told = np.array(graphc("predict", run, "--data", points, "--json").data["outputs"]["y"])
    if name.endswith("csv"):
        found = np.array([[float(row["y"])] for row in csv.DictReader(file.open())])
    else:
        found = np.load(file)
        found = found["y"] if name.endswith("npz") else found
    np.testing.assert_allclose(found, told)


def test_a_strange_ending_is_refused(graphc, run, points, tmp_path):
    answer = graphc("predict", run, "--data", points, "-o", tmp_path / "p.xlsx")
    assert answer.code == 2
    assert not (tmp_path / "p.xlsx").exists()


def test_what_was_run_is_in_the_folder(run):
    about = json.loads((run / "run.json").read_text())
    assert about["arguments"]["lr"] == 0.1
    assert about["seed"] == 0
    assert {"graphc", "numpy", "python"} <= about["versions"].keys()
