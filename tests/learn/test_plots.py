"""Plots of what has learnt: which there are, and that they show the numbers that they say."""

from __future__ import annotations

import sys
from pathlib import Path

import matplotlib
import numpy as np
import pytest

import graphc as gc
from graphc.learn.history import Course, History
from graphc.learn.plan import Plan
from graphc.learn.plots.drawing import plots, write_plots
from graphc.learn.plots.epochs import course_plot, epoch_plots
from graphc.learn.plots.filters import in_rows, mosaic
from graphc.learn.plots.kernels import kernels, maps
from graphc.learn.plots.plane import plane_of
from graphc.learn.plots.scene import Scene
from graphc.learn.run import PLOTS
from graphc.learn.train import Trained, train
from graphc.models import path

TWO_EPOCHS = History(
    [
        {"epoch": 1, "loss": 0.5, "accuracy": 0.6, "val_loss": 0.7, "val_accuracy": 0.5, "lr": 0.1},
        {"epoch": 2, "loss": 0.3, "accuracy": 0.9, "val_loss": 0.4, "val_accuracy": 0.8, "lr": 0.1},
    ]
)


def trained(folder: Path, model: str, data: str, **how: object) -> Trained:
    file = path(model)
    assert file is not None
    return train(file.read_text("utf-8"), model, Plan(model, data, **{"epochs": 2} | how), folder)


def scene_of(found: Trained) -> Scene:
    prepared = found.prepared
    return Scene.of(
        prepared.step.network, prepared.step.params, prepared.evaluation.answers, prepared.data, prepared.validation,
        prepared.standard,
    )  # fmt: skip


# -- the history


def test_a_curve_is_the_history_and_the_rate_has_none():
    found = epoch_plots(TWO_EPOCHS)
    assert list(found) == ["loss", "accuracy"]
    learnt, held_out = found["accuracy"].figure.axes[0].lines
    assert learnt.get_xydata().tolist() == [[1, 0.6], [2, 0.9]]
    assert held_out.get_xydata().tolist() == [[1, 0.5], [2, 0.8]]


def test_one_epoch_is_a_dot_and_what_is_infinite_is_left_out():
    (curve,) = epoch_plots(History([{"epoch": 1, "loss": 0.5}]))["loss"].figure.axes[0].lines
    assert curve.get_marker() == "o"
    rows = [{"epoch": 1, "loss": 0.5}, {"epoch": 2, "loss": float("inf")}]
    (curve,) = epoch_plots(History(rows))["loss"].figure.axes[0].lines
    assert np.isnan(curve.get_ydata()[1])


def test_the_lowest_loss_of_what_was_held_out_is_marked_where_it_rises_again():
    rows = [{"epoch": k, "loss": 1 / k, "val_loss": loss} for k, loss in enumerate((3, 1, 2, 3), 1)]
    axes = epoch_plots(History(rows))["loss"].figure.axes[0]
    assert [text.get_text() for text in axes.texts] == ["lowest: epoch 2"]
    assert not epoch_plots(TWO_EPOCHS)["loss"].figure.axes[0].texts


def test_a_history_plots_all_its_numbers_side_by_side():
    labels = [axes.get_ylabel() for axes in TWO_EPOCHS.plot().figure.axes]
    assert labels == ["loss", "accuracy"]


def test_an_empty_history_is_a_plot_too():
    assert History().plot().content().startswith(b"\x89PNG")


# -- which plots there are

NUMBERS = ["loss", "mse", "mae"]


@pytest.mark.parametrize(
    ("model", "data", "how", "wanted"),
    [
        ("spiral", "spiral:rows=40", {}, ["loss", "accuracy", "boundary", "confusion"]),
        ("spiral", "spiral:rows=40", {"metrics": "", "class_weights": "0=1,1=5"}, ["loss", "boundary", "confusion"]),
        ("softmax-classifier", "clusters:classes=3,rows=30", {}, ["loss", "accuracy", "boundary", "confusion"]),
        ("linear", "line:rows=20", {"validation": 0.0}, [*NUMBERS, "curve", "predicted"]),
        (
            "biomarker", "biomarker:rows=40", {},
            ["loss", "p_accuracy", "s_mse", "s_mae", "p_boundary", "p_confusion", "s_boundary", "s_predicted"],
        ),
        ("cnn2", "shapes:rows=20", {"epochs": 1}, ["loss", "accuracy", "confusion", "filters", "feature-maps"]),
    ],
    ids=["two classes", "weights, no metrics", "three classes", "a line", "two outputs", "images"],
)  # fmt: skip
def test_a_run_has_the_plots_that_apply_and_no_others(tmp_path, model, data, how, wanted):
    found = trained(tmp_path, model, data, **how)
    assert list(plots(scene_of(found), found.history)) == wanted


def test_the_plots_of_a_run_are_whole_files_in_a_folder_of_it_that_no_manifest_has(tmp_path):
    files = write_plots(trained(tmp_path, "linear", "line:rows=20", metrics="mse"))
    assert [file.name for file in files] == ["loss.png", "mse.png", "curve.png", "predicted.png"]
    assert set(files) == set((tmp_path / PLOTS).iterdir())
    assert all(file.read_bytes().startswith(b"\x89PNG") for file in files)
    files[0].unlink()
    assert gc.load_model(tmp_path).history.last["epoch"] == 2


def test_the_same_run_gives_the_same_bytes_whatever_matplotlib_was_told(tmp_path):
    found = trained(tmp_path / "a", "spiral", "spiral:rows=40", epochs=1)
    first = plots(scene_of(found), found.history)
    with matplotlib.rc_context({"font.size": 30, "axes.facecolor": "black", "savefig.dpi": 10}):
        second = plots(scene_of(found), found.history)
        for name in ("accuracy", "boundary"):
            assert first[name].content() == second[name].content()
    assert first["loss"].content("svg") == second["loss"].content("svg")
    assert "matplotlib.pyplot" not in sys.modules  # which opens windows


# -- what they show


@pytest.mark.parametrize("standardise", [False, True], ids=["as it is", "standardised"])
def test_a_boundary_is_drawn_from_what_the_model_says_in_the_units_of_the_data(tmp_path, standardise):
    found = trained(tmp_path, "spiral", "spiral:rows=60", standardise=standardise)
    scene = scene_of(found)
    plane = plane_of(scene, scene.answers[0])
    assert plane is not None
    model = gc.load_model(tmp_path)
    corner = np.array([[plane.across[3], plane.up[7]]])
    np.testing.assert_allclose(plane.said[7, 3], model.predict(corner)[0, 0], rtol=1e-5)
    x = scene.points(scene.shown)
    assert plane.across[0] < x[:, 0].min() < x[:, 0].max() < plane.across[-1]
    assert abs(x).max() > 1.9  # the arms end at radius 2


def test_a_confusion_has_its_counts_written_in():
    x = np.array([[-3.0], [-1.0], [1.0], [3.0]])
    model = gc.Sequential([gc.Dense(1, "sigma")], input=(1,))
    model.compile(loss="binary_cross_entropy")
    model.values["W1"][...] = 1
    found = model.plot(x, np.array([[0], [1], [1], [1]]))
    axes = found["confusion"].figure.axes[0]
    assert {text.get_position(): text.get_text() for text in axes.texts} == {(0, 0): "1", (0, 1): "1", (1, 1): "2"}
    assert axes.get_title(loc="left") == "t: 75.0% right of 4 given"


def test_what_was_predicted_stands_over_what_is_true():
    model = gc.Sequential([gc.Dense(1)], input=(3,))
    model.compile(loss="mse")
    x, t = np.eye(3), np.array([[1.0], [2.0], [3.0]])
    dots = model.plot(x, t)["predicted"].figure.axes[0].collections[0].get_offsets()
    np.testing.assert_allclose(dots, np.concatenate([t, model.predict(x)], axis=1), rtol=1e-6)


def test_masks_are_outlined_over_their_images_with_how_well_they_agree():
    model = gc.Sequential([gc.Conv2D(1, 3, "sigma", pad=1)], input=(1, 8, 8))
    model.compile(loss="binary_cross_entropy")
    model.values["K1"][...], model.values["b1"][...] = 0, -0.5
    model.values["K1"][0, 0, 1, 1] = 1  # yes where a pixel is above a half
    images = np.zeros((2, 1, 8, 8))
    images[0, 0, 2:4, 2:4] = images[1, 0, 2:6, 2:6] = 1
    right = images.copy()
    right[1, 0, 2:6, 4:6] = 0  # half of what is predicted
    found = model.plot(images, right)
    assert [axes.get_title(loc="left") for axes in found["masks"].figure.axes] == ["Dice 1.00", "Dice 0.67"]
    assert found["masks"].content().startswith(b"\x89PNG")


def test_a_model_that_has_learnt_nothing_yet_and_has_no_loss_shows_what_applies():
    model = gc.Sequential([gc.Conv2D(3, 3, "relu"), gc.Flatten(), gc.Dense(2)], input=(1, 6, 6))
    assert list(model.plot(np.ones((2, 1, 6, 6)))) == ["filters", "feature-maps"]


def test_names_of_classes_are_no_formulas_and_a_name_of_an_input_is_itself():
    model = gc.Sequential([gc.Dense(2, "softmax")], input=gc.input("x_1", ("n", 2)))
    model.compile(loss="categorical_cross_entropy")
    model.learner.classes = {"t": ("from $5", "to $6_")}
    found = model.plot(np.eye(2), np.eye(2))
    assert found["boundary"].figure.axes[0].get_xlabel() == "x_1₁"
    for name in ("boundary", "confusion"):
        assert found[name].content().startswith(b"\x89PNG")


def test_what_is_not_finite_is_left_out():
    model = gc.Sequential([gc.Dense(1)], input=(2,))
    model.compile(loss="mse")
    model.values["W1"][...] = np.float32(1e38)
    for x in (np.array([[1.0, 2.0], [0.1, 0.2], [3e4, 3e4]]), np.full((2, 2), 1e30)):
        found = model.plot(x, np.ones((len(x), 1)))
        for plot in found.values():
            assert plot.content().startswith(b"\x89PNG")


def test_plots_show_themselves_in_a_notebook_and_are_written_by_their_ending(tmp_path):
    found = epoch_plots(TWO_EPOCHS)
    assert found._repr_html_().count("<img") == 2
    found["loss"].save(tmp_path / "loss.svg")
    assert b"<svg" in (tmp_path / "loss.svg").read_bytes()
    with pytest.raises(gc.GraphcError, match=r"not as \.docx"):
        found["loss"].save(tmp_path / "loss.docx")


def test_without_matplotlib_an_error_says_how_to_get_plots(monkeypatch):
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    with pytest.raises(gc.GraphcError, match=r"graphc\[plot\]"):
        TWO_EPOCHS.plot()


# -- filters


@pytest.mark.parametrize(
    ("model", "filters", "made"),
    [
        ("cnn10", ["K1", "K2"], ["c1", "s1", "c2", "s2"]),
        ("lenet5", ["K1", "K2"], ["c1", "s1", "c2", "s2"]),
        ("net5", ["K1", "K2"], ["h1", "h2"]),
        ("spiral", [], []),
        ("attention", [], []),
        ("rnn", [], []),
        ("softmax-classifier", [], []),
    ],
)
def test_filters_are_told_by_how_they_are_read(model, filters, made):
    net = gc.load(model)
    assert [kernel.leaf.name for kernel in kernels(net)] == filters
    assert [node.name for node, _ in maps(net)] == made


@pytest.mark.parametrize(
    ("model", "said"),
    [
        ("lenet5", ["6 filters of 5×5", "16 filters of 5×5 on 6 maps"]),
        ("net5", ["2 filters of 3×3", "4 filters of 5×5 on 2 maps"]),
        ("net4", ["2 filters of 3×3", "a filter of 5×5 on 2 maps at 4×4 places"]),
    ],
    ids=["shared", "shared, with a bias of each place", "of each place"],
)
def test_it_is_said_what_filters_are(model, said):
    found = kernels(gc.load(model))
    assert [kernel.said(tuple(extent.value for extent in kernel.leaf.extents)) for kernel in found] == said


def test_a_filter_is_a_picture_for_each_map_that_it_reads():
    values = np.arange(2 * 3 * 4 * 5.0).reshape(2, 3, 4, 5)
    x, w = gc.input("x", ("n", 3, 9, 9)), gc.param("w", (2, 3, 4, 5))
    (kernel,) = kernels(gc.Model(x, gc.conv2d(x, w)))
    np.testing.assert_array_equal(kernel.pictures(values), values)


def test_filters_along_one_axis_and_three_are_pictures_too():
    x, w = gc.input("x", ("n", 2, 9)), gc.param("w", (4, 2, 3))
    (kernel,) = kernels(gc.Model(x, gc.conv1d(x, w)))
    assert kernel.said((4, 2, 3)) == "4 filters of length 3 on 2 maps"
    assert kernel.pictures(np.zeros((4, 2, 3))).shape == (4, 2, 1, 3)
    x, w = gc.input("x", ("n", 1, 9, 9, 9)), gc.param("w", (4, 1, 2, 3, 3))
    (kernel,) = kernels(gc.Model(x, gc.conv3d(x, w)))
    assert kernel.said((4, 1, 2, 3, 3)) == "4 filters of 2×3×3"
    assert kernel.pictures(np.zeros((4, 1, 2, 3, 3))).shape == (4, 2, 3, 3)


def test_a_mosaic_keeps_every_picture_and_leaves_lines_between():
    pictures = np.arange(3 * 2 * 2.0).reshape(3, 2, 2)
    whole = mosaic(in_rows(pictures, 2, -1.0))
    side = (whole.shape[0] - 3) // 2
    assert whole[1, 1] == 0
    assert whole[1, -2] == 5  # the last column of the second one's first row
    assert whole[-2, -2] == -1  # nothing is there
    assert np.isnan(whole[side + 1]).all()


@pytest.mark.parametrize(
    ("rows", "losses", "last", "title"),
    [
        ([{"epoch": 1, "loss": 2.0}], (3.0, 400.0), float("nan"), "stopped at step 13: the loss is no number"),
        ([], (3.0, 4.0, 9.0), 5.3, "stopped at step 3: training diverges"),
    ],
)
def test_a_training_that_went_wrong_is_drawn_up_to_there(rows, losses, last, title) -> None:
    plot = course_plot(Course(History(rows), losses, last, 10))
    (axes,) = plot.figure.axes
    assert axes.get_title("left") == title
    steps = axes.lines[len(rows)]
    assert list(steps.get_ydata())[-len(losses) :] == list(losses)
    assert list(steps.get_xdata())[-1] == 10 * len(rows) + len(losses)
    assert course_plot(Course(History(), (3.0,), last, 10)) is None


def test_axes_have_the_names_of_the_columns_and_the_frame_has_all_examples(tmp_path: Path) -> None:
    (tmp_path / "ages.csv").write_text("age,price in $,ill\n1,2,no\n3,4.5,yes\n2,1,no\n40,3,yes\n")
    model = gc.Sequential([gc.Dense(1, "sigma")], input=(2,))
    model.compile("adam", "binary_cross_entropy")
    data = gc.load_data(tmp_path / "ages.csv")
    model.fit(data, verbose=False)
    plots = model.plot(data)
    axes = plots["boundary"].figure.axes[0]
    assert (axes.get_xlabel(), axes.get_ylabel()) == ("age", r"price in \$")
    assert axes.get_xlim()[0] < 1 < 40 < axes.get_xlim()[1]
    assert plots["confusion"].figure.axes[0].get_title("left").startswith("ill: ")


def test_a_slim_plane_makes_a_slim_picture() -> None:
    model = gc.Sequential([gc.Dense(1, "sigma")], input=(2,))
    model.compile("adam", "binary_cross_entropy")
    wide, high = np.array([[0, 0], [1, 1.4]]), np.array([0, 1])
    sizes = [model.plot(points, high)["boundary"].figure.get_size_inches() for points in (wide, wide[:, ::-1])]
    assert sizes[0][0] < sizes[1][0]
    assert sizes[0][1] > sizes[1][1]


def test_what_an_autoencoder_draws_again_stands_below_what_it_was_given() -> None:
    model = gc.Model.from_net("autoencoder")
    model.compile("adam")
    data = gc.load_data("digits")
    model.fit(data, verbose=False)
    found = model.plot(data)
    assert list(found) == ["loss", "reconstructions"]
    panels = found["reconstructions"].figure.axes
    given, again = (np.stack([axes.images[0].get_array() for axes in row]) for row in (panels[:8], panels[8:]))
    assert np.allclose(given, data.held_out.inputs["x"][:8, 0])
    assert np.allclose(again.reshape(8, -1), model.predict(given.reshape(8, -1).astype("float32")), atol=1e-6)
