"""The sets that are made: what they hold, and that a seed gives the same bits."""

from __future__ import annotations

import hashlib
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import graphc as gc
from graphc.graph.network import load
from graphc.language.errors import GraphcError
from graphc.learn.data.catalogue import TABLE, make
from graphc.learn.data.fit_to import fit_to

ROOT = Path(__file__).parents[2]
MADE = [entry for entry in TABLE if entry.made]
EACH = pytest.mark.parametrize("entry", MADE, ids=lambda entry: entry.name)


def bits(data):
    return {name: hashlib.sha256(array.tobytes()).hexdigest() for name, array in data.arrays()}


@EACH
def test_the_same_seed_gives_the_same_bits_and_another_seed_others(entry):
    once, again, other = make(entry.name, seed=5), make(entry.name, seed=5), make(entry.name, seed=6)
    assert bits(once) == bits(again)
    assert bits(once.held_out) == bits(again.held_out)
    (name, *_) = once.inputs
    assert bits(once)[name] != bits(other)[name]


@EACH
def test_a_set_has_what_its_row_in_the_table_says(entry):
    data = make(entry.name)
    assert (data.rows, data.held_out.rows) == (entry.rows, entry.held_out)
    assert sum(x[0].size for x in data.inputs.values()) == entry.features
    kinds = {"classes" if target.classes else "numbers" for target in data.targets.values()}
    assert ("classes" in kinds) == (entry.kind == "classes")
    for _, array in data.arrays():
        assert np.isfinite(array).all()


@EACH
def test_the_held_out_rows_are_others_and_stay_whatever_the_number_of_rows(entry):
    few, many = make(entry.name, rows=7), make(entry.name, rows=50)
    assert (few.rows, many.rows) == (7, 50)
    assert bits(few.held_out) == bits(many.held_out)
    for name, x in many.inputs.items():
        learnt = {row.tobytes() for row in x}
        assert not learnt & {row.tobytes() for row in many.held_out.inputs[name]}


@pytest.mark.parametrize("entry", [e for e in MADE if e.kind == "classes"], ids=lambda entry: entry.name)
def test_classes_are_balanced(entry):
    target = next(target for target in make(entry.name).targets.values() if target.classes)
    counts = np.bincount(target.values, minlength=len(target.classes))
    assert counts.max() - counts.min() <= 1


def linear_accuracy(data):
    """What the best least-squares line reaches on the rows held out."""

    def design(part):
        return np.column_stack([part.inputs["x"], np.ones(part.rows)])

    weights, *_ = np.linalg.lstsq(design(data), 2.0 * data.targets["t"].values - 1, rcond=None)
    return np.mean((design(data.held_out) @ weights > 0) == data.held_out.targets["t"].values)


def test_a_line_parts_the_clusters_and_neither_the_parabola_nor_the_spiral_nor_the_circles():
    assert linear_accuracy(make("clusters")) >= 0.99
    assert linear_accuracy(make("parabola")) < 0.9
    assert linear_accuracy(make("spiral")) < 0.75
    assert linear_accuracy(make("circles")) < 0.75


def test_no_point_is_nearer_to_the_parabola_than_the_gap():
    data = make("parabola", gap=0.25)
    x, y = data.inputs["x"].T
    above = y - (x**2 - 1)
    assert np.abs(above).min() >= 0.25
    assert ((above > 0) == (data.targets["t"].values == 1)).all()


def test_a_line_without_noise_lies_on_the_line_that_is_set():
    data = make("line", slope=-3.0, offset=0.5, noise=0)
    np.testing.assert_allclose(data.targets["t"].values, -3 * data.inputs["x"] + 0.5)


def test_severity_is_low_where_a_subject_is_healthy():
    cohort = make("biomarker")
    healthy, severity = cohort.targets["healthy"].values == 1, cohort.targets["severity"].values[:, 0]
    assert severity[healthy].max() < severity[~healthy].min()
    assert cohort.targets["healthy"].classes == ("ill", "healthy")


def test_the_organ_that_a_mask_shows_is_brighter_than_the_rest():
    phantoms = make("phantoms", noise=0, rows=20)
    images, masks = phantoms.inputs["x"], phantoms.targets["t"].values
    assert images.shape == masks.shape == (20, 1, 32, 32)
    assert set(np.unique(masks)) == {0.0, 1.0}
    for image, mask in zip(images, masks, strict=True):
        assert 0.02 < mask.mean() < 0.4
        assert image[mask == 1].mean() > image[mask == 0].mean() + 0.3


def test_the_box_of_a_shape_holds_all_its_pixels():
    shapes = make("shapes", noise=0, rows=40, classes=4)
    pixel = (np.arange(16) + 0.5) / 16
    for image, box in zip(shapes.inputs["x"][:, 0], shapes.targets["box"].values, strict=True):
        down, across = np.nonzero(image)
        for places, middle, length in ((down, box[0], box[2]), (across, box[1], box[3])):
            assert pixel[places].min() >= middle - length / 2 - 1e-9
            assert pixel[places].max() <= middle + length / 2 + 1e-9
            assert pixel[places].max() - pixel[places].min() >= length - 3 / 16


@pytest.mark.parametrize(
    ("model", "name"),
    [
        ("linear", "line"),
        ("linear", "houses"),
        ("logistic", "clusters"),
        ("perceptron", "clusters"),
        ("neuron", "clusters"),
        ("mlp-2-4-1", "parabola"),
        ("spiral", "spiral"),
        ("kernel-trick", "circles"),
        ("approximate", "wave"),
        ("biomarker", "biomarker"),
        ("branches", "patients"),
        ("skip", "spiral"),
        ("cnn2", "shapes"),
    ],
)
def test_the_sets_of_the_lectures_fit_their_models(model, name):
    network = load(model)
    feed = fit_to(network, make(name))
    assert set(feed.columns) == {leaf.name for leaf in network.inputs}
    assert all(feed.arrays()[leaf.name].ndim == leaf.rank for leaf in network.inputs)
    assert len(feed.held_out) == make(name).held_out.rows


@pytest.mark.parametrize(
    ("name", "settings", "said"),
    [
        ("spirals", {}, "did you mean `spiral`"),
        ("spiral", {"noize": 1}, "did you mean `noise`"),
        ("spiral", {"noise": "much"}, "`noise` of `spiral` is a number, not `much`"),
        ("spiral", {"rows": 0}, "at least 1"),
        ("spiral", {"noise": "nan"}, "is a number, not `nan`"),
        ("spiral", {"rows": 2.5}, "`rows` of `spiral` is a whole number, not `2.5`"),
        ("shapes", {"classes": 9}, "2 to 4"),
        ("clusters", {"classes": 0}, "at least 1"),
        ("phantoms", {"size": 2}, "at least 8"),
    ],
)
def test_a_wrong_name_or_setting_is_said(name, settings, said):
    with pytest.raises(GraphcError, match=r"data set|setting|`") as caught:
        make(name, **settings)
    assert said in str(caught.value)


def test_the_table_is_read_without_numpy():
    code = "import sys; from graphc.learn.data.catalogue import TABLE; assert 'numpy' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], check=True, cwd=ROOT)


def test_data_have_a_public_name_and_say_what_they_are() -> None:
    assert repr(gc.load_data("spiral:rows=300")) == "<data spiral: 300 rows, x[2], t in 2 classes; 200 held out>"
    assert repr(gc.load_data("houses")).startswith("<data houses: ")


def test_a_table_says_its_columns(tmp_path: Path) -> None:
    (tmp_path / "rooms.csv").write_text("width,price\n1,2\n3,4\n")
    assert repr(gc.load_data(tmp_path / "rooms.csv")).endswith("rooms.csv: 2 rows, 2 columns: width, price>")
