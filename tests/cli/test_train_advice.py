"""What a training is told that is not as somebody may think."""

from __future__ import annotations

import csv
import struct

import numpy as np
import pytest

import graphc as gc

LABELLED = "a,b,label\n" + "".join(f"{k % 7},{k % 5},{k % 2}\n" for k in range(40))


def test_a_model_without_a_loss_is_told_so(graphc, tmp_path):
    (tmp_path / "two.csv").write_text(LABELLED)
    (tmp_path / "noloss.net").write_text("input x[n, 2]\nparam w[2, 1]\noutput y = x @ w\n")
    found = graphc("train", tmp_path / "noloss.net", "--data", tmp_path / "two.csv", "--out", tmp_path / "run")
    assert (found.code, "noloss has no loss to learn by" in found.err) == (2, True)
    model = gc.Sequential([gc.Dense(1)], input=(2,))
    with pytest.raises(gc.GraphcError, match="model is not compiled"):
        model.fit(np.zeros((4, 2)), np.zeros(4))


def test_what_a_model_was_compiled_with_is_said_where_options_count(graphc, tmp_path):
    (tmp_path / "my.py").write_text(
        "import graphc as gc\n"
        'm = gc.Sequential([gc.Dense(1, "sigma")], input=(2,))\n'
        'm.compile(gc.AdamW(0.02), loss="binary_cross_entropy", regularisers=[gc.L2(1e-3)], clip=gc.ClipNorm(1))\n'
    )
    found = graphc("train", f"{tmp_path / 'my.py'}:m", "--data", "clusters", "--epochs", 1, "--no-plots", "--out",
                   tmp_path / "run")  # fmt: skip
    assert found.code == 0
    assert "was compiled with AdamW at 0.02, L2(" in found.err
    assert "ClipNorm(" in found.err


def test_a_resumed_run_that_is_not_there_or_is_complete_says_so(graphc, tmp_path):
    wanted = ("train", "neuron", "--data", "clusters", "--epochs", 2, "--no-plots", "--resume", "--out", tmp_path / "r")
    assert f"there is no run in {tmp_path / 'r'} to go on with: one begins" in graphc(*wanted).err
    again = graphc(*wanted)
    assert "2 epochs, taken up after 2 with nothing left to do" in again.out
    assert "there is no run" not in again.err


def test_a_monitor_without_patience_is_refused(graphc, tmp_path):
    found = graphc("train", "neuron", "--data", "clusters", "--monitor", "val_loss", "--out", tmp_path / "r")
    assert (found.code, "--patience" in found.err) == (2, True)


def test_a_label_far_from_all_others_is_named_with_its_row(graphc, tmp_path):
    folder = tmp_path / "digits"
    folder.mkdir()
    labels = np.arange(1000, dtype=np.uint8) % 10
    labels[7] = 200
    images = np.zeros((1000, 4, 4), np.uint8)
    (folder / "train-images-idx3-ubyte").write_bytes(struct.pack(">4B3I", 0, 0, 8, 3, 1000, 4, 4) + images.tobytes())
    (folder / "train-labels-idx1-ubyte").write_bytes(struct.pack(">4BI", 0, 0, 8, 1, 1000) + labels.tobytes())
    found = graphc("train", "softmax-classifier", "--data", folder, "--out", tmp_path / "r")
    assert found.code == 2
    assert "label 200 of row 8 is out of range: the others are 0 to 9" in found.err
    np.savez(tmp_path / "digits.npz", x=images.reshape(1000, 16), t=labels.astype(np.int64))
    found = graphc("train", "softmax-classifier", "--data", tmp_path / "digits.npz", "--out", tmp_path / "r")
    assert "200 in row 8 is out of range: the other classes are 0 to 9" in found.err


@pytest.mark.parametrize("labels", [[0, 9] * 100, [1, 2, 3] * 50, [0] * 190 + [3] * 10, [0, 200] * 20])
def test_labels_with_gaps_between_them_are_classes(labels):
    x = np.random.default_rng(0).normal(size=(len(labels), 2))
    model = gc.Model.from_net("softmax-classifier")
    model.compile("sgd")
    model.fit(x, np.array(labels), verbose=False)
    assert model.values["b"].shape == (max(labels) + 1,)


def test_a_hinge_refuses_zeros_and_has_an_accuracy_on_signs():
    x = np.random.default_rng(0).normal(size=(64, 2)).astype("float32")
    yes = x[:, :1] > 0
    model = gc.Sequential([gc.Dense(1)], input=(2,))
    model.compile(gc.Adam(0.1), "hinge")
    with pytest.raises(gc.GraphcError, match=r"`t`: 0 in row \d+ is neither -1 nor 1.*2\*t - 1"):
        model.fit(x, yes.astype("float32"), verbose=False)
    model.fit(x, np.where(yes, 1.0, -1.0), epochs=40, verbose=False)
    assert model.evaluate(x, np.where(yes, 1.0, -1.0))["accuracy"] > 0.9


def test_a_model_saved_over_a_file_is_refused_in_words(tmp_path):
    (tmp_path / "file").write_text("mine")
    with pytest.raises(gc.GraphcError, match="cannot make the folder"):
        gc.Sequential([gc.Dense(1)], input=(2,)).save(tmp_path / "file")


def test_predictions_are_called_after_their_classes(graphc, tmp_path):
    (tmp_path / "kinds.csv").write_text("a,b,kind\n" + "".join(f"{k},{-k},{'ABC'[k % 3]}\n" for k in range(12)))
    graphc("train", "softmax-classifier", "--data", tmp_path / "kinds.csv", "--epochs", 1, "--no-plots", "--out",
           tmp_path / "run")  # fmt: skip
    said = graphc("predict", tmp_path / "run", "--data", tmp_path / "kinds.csv").out
    assert next(csv.reader(said.splitlines())) == ["p[A]", "p[B]", "p[C]", "class"]
