"""Augmentation: motions keep to their laws, seeds give bits, and what is only looked at is not moved."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import graphc as gc
from graphc import models
from graphc.graph.network import load, read_network
from graphc.language.parse import parse_net
from graphc.language.source import Source
from graphc.learn.augment import Augmentation, augmentations
from graphc.learn.augment_batches import Augmented
from graphc.learn.augment_pictures import moved_pictures, moved_points
from graphc.learn.data.catalogue import make
from graphc.learn.data.dataset import Dataset
from graphc.learn.data.fit_to import fit_to
from graphc.learn.data.standardise import Standard
from graphc.learn.plan import Plan
from graphc.learn.train import train

RANDOM = np.random.default_rng(7)
SIZES = [(8, 8), (5, 7), (1, 4), (16, 9)]
ALL = [gc.Rotate(25), gc.Shift(0.2, 0.1), gc.Scale(0.8, 1.3), gc.Flip("both")]


def pictures(size: tuple[int, int], count: int = 6, channels: int = 2) -> np.ndarray:
    return RANDOM.normal(size=(count, channels, *size)).astype(np.float32)


def moved(kind: Augmentation, x: np.ndarray, drawn: list[float], **how) -> np.ndarray:
    """Every picture by the same draw."""
    return moved_pictures(x, kind.motion(np.array([drawn] * len(x)), x.shape[2:]), **how)


def net(text: str):
    return read_network(parse_net(Source("net.net", text)), "net")


# -- laws of motions


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("kind", [gc.Rotate(0), gc.Shift(0), gc.Scale(0), gc.Scale(1, 1)], ids=repr)
def test_a_motion_that_moves_nothing_keeps_the_bits(kind, size):
    x = pictures(size)
    drawn = list(RANDOM.random(kind.draws))
    np.testing.assert_array_equal(moved(kind, x, drawn), x)
    np.testing.assert_array_equal(moved(kind, x, drawn, nearest=True), x)


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize(
    ("direction", "mirrored"),
    [("horizontal", np.s_[..., ::-1]), ("vertical", np.s_[..., ::-1, :]), ("both", np.s_[..., ::-1, ::-1])],
    ids=["horizontal", "vertical", "both"],
)
def test_a_mirror_image_has_the_same_numbers(direction, mirrored, size):
    x = pictures(size)
    kind = gc.Flip(direction)
    np.testing.assert_array_equal(moved(kind, x, [0.1, 0.1]), x[mirrored])
    np.testing.assert_array_equal(moved(kind, moved(kind, x, [0.1, 0.1]), [0.1, 0.1]), x)
    np.testing.assert_array_equal(moved(kind, x, [0.9, 0.9]), x)


@pytest.mark.parametrize("nearest", [False, True], ids=["between", "nearest"])
def test_a_quarter_turned_four_times_is_the_picture_again(nearest):
    x = pictures((9, 9))
    quarter = moved(gc.Rotate(90), x, [1.0], nearest=nearest)
    np.testing.assert_allclose(quarter, np.rot90(x, axes=(2, 3)), atol=1e-4)
    turned = x
    for _ in range(4):
        turned = moved(gc.Rotate(90), turned, [1.0], nearest=nearest)
    np.testing.assert_allclose(turned, x, atol=1e-4)


def test_shifted_by_whole_pixels_it_is_a_slice_with_zeros_beside_it():
    x = pictures((8, 10))
    down = moved(gc.Shift(0.25, 0.2), x, [1.0, 0.0])  # two down, two to the left
    np.testing.assert_allclose(down[:, :, 2:, :-2], x[:, :, :-2, 2:], atol=1e-5)
    assert not down[:, :, :2].any()
    np.testing.assert_allclose(down[..., -2:], 0, atol=1e-5)


def blob(size: int = 41) -> np.ndarray:
    """A soft spot in the middle, far from the edge."""
    axis = np.arange(size) - size // 2
    return np.exp(-(axis[:, None] ** 2 + axis**2 + 0.5 * axis[:, None] * axis) / 18)[None, None]


@pytest.mark.parametrize(
    ("kind", "times"),
    [(gc.Rotate(70), 1.0), (gc.Shift(0.15), 1.0), (gc.Scale(1.3, 1.3), 1.69), (gc.Scale(0.8, 0.8), 0.64)],
    ids=repr,
)
def test_the_mass_is_kept_or_grows_with_the_area(kind, times):
    x = blob()
    assert moved(kind, x, [0.83] * kind.draws).sum() == pytest.approx(times * x.sum(), rel=2e-3)


def test_motions_in_a_row_are_one_motion():
    x = blob()
    drawn = np.array([[0.9, 0.2]])
    first, second = gc.Shift(0.1).motion(drawn, (41, 41)), gc.Rotate(40).motion(drawn[:, :1], (41, 41))
    one_by_one = moved_pictures(moved_pictures(x, first), second)
    np.testing.assert_allclose(moved_pictures(x, first.then(second)), one_by_one, atol=0.06)
    back = first.then(second).then(first.then(second).back())
    np.testing.assert_allclose(back.turn, np.eye(2)[None], atol=1e-12)
    np.testing.assert_allclose(back.shift, 0, atol=1e-12)


def test_points_turn_about_the_middle_of_their_box_and_keep_their_distances():
    x = RANDOM.uniform(-1, 3, (50, 2))
    drawn = np.array([[0.9]] * 50)
    found = moved_points(x, gc.Rotate(50).motion(drawn, (1, 1)), np.array([1.0, 2.0]))
    away = lambda points: np.linalg.norm(points - np.array([1.0, 2.0]), axis=1)  # noqa: E731
    np.testing.assert_allclose(away(found), away(x), atol=1e-12)
    between = lambda points: np.linalg.norm(points[:, None] - points[None], axis=2)  # noqa: E731
    np.testing.assert_allclose(between(found), between(x), atol=1e-12)
    mirrored = moved_points(x, gc.Flip().motion(np.zeros((50, 2)), (1, 1)), np.array([1.0, 2.0]))
    np.testing.assert_allclose(mirrored, x * (-1, 1) + (2, 0), atol=1e-12)


# -- what is moved


def batches_of(feed, seed=3, epoch=0, size=16, kinds=ALL, standard=None):
    augmented = Augmented.of(kinds, feed, seed, standard)
    return [
        {name: array.copy() for name, array in batch.items()}
        for batch in augmented(feed.batches(size, seed, epoch), epoch)
    ]


def joined(batches, name="x"):
    return np.concatenate([batch[name] for batch in batches])


def shapes_feed(**settings):
    return fit_to(load("cnn2"), make("shapes", rows=50, **settings))


def test_seed_and_epoch_give_the_bits_whatever_the_size_of_a_batch():
    feed = shapes_feed()
    first = joined(batches_of(feed))
    np.testing.assert_array_equal(first, joined(batches_of(feed)))
    np.testing.assert_array_equal(first, joined(batches_of(feed, size=7)))
    plain = joined(list(map(dict, [feed.arrays()])))
    assert first.shape == plain.shape
    for other in (batches_of(feed, seed=4), batches_of(feed, epoch=1)):
        assert (np.sort(joined(other).sum(axis=(1, 2, 3))) != np.sort(first.sum(axis=(1, 2, 3)))).any()


def test_each_example_is_moved_its_own_way_and_the_data_stay_as_they_are():
    x = np.ones((40, 1, 16, 16), np.float32)
    x[:, :, 5, 3] = 9
    feed = fit_to(load("cnn2"), Dataset.of(x, np.arange(40) % 2))
    before = x.copy()
    found = joined(batches_of(feed))
    assert len(np.unique(found.reshape(40, -1), axis=0)) == 40
    np.testing.assert_array_equal(x, before)
    np.testing.assert_array_equal(feed.arrays()["x"], before)


def test_an_image_is_moved_as_an_image_where_a_dense_layer_takes_it_as_a_row():
    images = RANDOM.normal(size=(30, 8, 8)).astype(np.float32)
    labels = np.arange(30) % 2
    flat = fit_to(load("logistic"), Dataset.of(images, labels))
    assert flat.columns["x"].shape == (64,)
    asked = [gc.Flip("vertical"), gc.Rotate(20)]
    text = "input x[n, 1, 8, 8]\ninput t[n] : in {0, 1}\nparam w[64]\noutput y = sigma(flatten(x) @ w)\n"
    deep = fit_to(net(text + "loss L = mean(binary_cross_entropy(y, t))"), Dataset.of(images[:, None], labels))
    np.testing.assert_array_equal(
        joined(batches_of(flat, kinds=asked)), joined(batches_of(deep, kinds=asked)).reshape(30, 64)
    )


MASKS = """
input x[n, 1, 32, 32]
input t[n, 1, 32, 32] : in {0, 1}
param w
output y = sigma(w * x)
loss L = mean(binary_cross_entropy(y, t))
"""


def test_a_mask_moves_with_its_image_and_stays_a_mask():
    feed = fit_to(net(MASKS), make("phantoms", rows=20, noise=0.0))
    batches = batches_of(feed)
    x, t = joined(batches), joined(batches, "t")
    assert set(np.unique(t)) == {0, 1}
    # the organ is what is brightest; so it is in what was moved
    for image, mask in zip(x, t, strict=True):
        assert image[mask == 1].mean() > 0.6 > image[mask == 0].mean() + 0.2


def test_points_are_moved_where_there_are_no_images():
    feed = fit_to(load("mlp"), make("moons", rows=200))
    kinds = [gc.Shift(0.1, 0.0)]
    plain, found = joined(list(map(dict, feed.batches(200, 3)))), joined(batches_of(feed, kinds=kinds, size=200))
    np.testing.assert_array_equal(found[:, 0], plain[:, 0])
    height = np.ptp(plain[:, 1])
    away = np.abs(found[:, 1] - plain[:, 1])
    assert 0.08 * height < away.max() <= 0.1001 * height


def test_standardised_images_are_moved_as_they_were():
    feed = fit_to(load("cnn2"), make("shapes", rows=40), np.float64)
    standard = Standard.of(feed)
    found = joined(batches_of(standard.apply(feed), standard=standard))
    expected = (joined(batches_of(feed)) - standard.means["x"]) / standard.deviations["x"]
    np.testing.assert_allclose(found, expected, atol=1e-6)


def test_standardised_points_are_moved_as_they_were():
    feed = fit_to(load("mlp"), make("moons", rows=40), np.float64)
    standard = Standard.of(feed)
    found = joined(batches_of(standard.apply(feed), standard=standard))
    expected = (joined(batches_of(feed)) - standard.means["x"]) / standard.deviations["x"]
    np.testing.assert_allclose(found, expected, atol=1e-6)


# -- in a training


def learner(**how) -> gc.Model:
    model = gc.Sequential([gc.Flatten(), gc.Dense(8, "tanh"), gc.Dense(1, "sigma")], input=(1, 16, 16))
    model.compile("adam", loss="binary_cross_entropy", **how)
    return model


def test_a_model_learns_from_moved_pictures_and_is_measured_on_those_that_are():
    model, plain = learner(), learner()
    data = make("shapes", rows=40)
    pair = data.inputs["x"], data.targets["t"].values
    model.fit(*pair, epochs=2, verbose=False, augment=[gc.Rotate(30)], validation_data=pair)
    plain.fit(*pair, epochs=2, verbose=False)
    assert (model.values["W1"] != plain.values["W1"]).any()
    assert model.evaluate(*pair)["loss"] == pytest.approx(model.history.last["val_loss"], rel=1e-5)
    again = learner()
    again.fit(*pair, epochs=2, verbose=False, augment="rotate=30", validation_data=pair)
    assert again.history.rows == model.history.rows
    np.testing.assert_array_equal(again.values["W1"], model.values["W1"])


def test_augmentation_that_moves_nothing_changes_no_bit_of_a_training():
    model, plain = learner(), learner()
    data = make("shapes", rows=40)
    model.fit(data, epochs=2, verbose=False, augment=[gc.Rotate(0), gc.Shift(0)])
    plain.fit(data, epochs=2, verbose=False)
    np.testing.assert_array_equal(model.values["W1"], plain.values["W1"])


def test_a_training_taken_up_again_goes_on_to_the_same_bits(tmp_path):
    text = (Path(models.__file__).parent / "cnn2.net").read_text()

    def trained(folder: str, epochs: int, **how):
        plan = Plan("cnn2", "shapes:rows=40", epochs=epochs, augment="rotate=20,shift=0.1,flip", standardise=True)
        return train(text, "cnn2", plan, tmp_path / folder, every=0, **how)

    whole = trained("whole", 4)
    trained("parts", 2)
    parts = trained("parts", 4, resume=True)
    assert parts.history.rows == whole.history.rows
    for name, array in whole.step.state.items():
        np.testing.assert_array_equal(parts.step.state[name], array)


@pytest.mark.slow
@pytest.mark.parametrize("asked", ["shift=0.15", "shift=0.15,rotate=15,scale=0.1"])
def test_an_overfitting_net_knows_shifted_digits_better_for_it(asked):
    pytest.importorskip("sklearn")
    data = make("digits")
    learnt, unseen = data.take(slice(0, 150)), data.held_out
    drawn = np.random.default_rng(5).random((unseen.rows, 2))
    shifted = moved_pictures(unseen.inputs["x"], gc.Shift(0.15).motion(drawn, (8, 8)))
    found = {}
    for means in ("", asked):
        layers = [gc.Conv2D(8, 3, "relu"), gc.MaxPool(2), gc.Flatten(), gc.Dense(10)]
        model = gc.Sequential(layers, input=(1, 8, 8))
        model.compile(gc.Adam(0.01), loss="cross_entropy")
        model.fit(learnt, epochs=100, verbose=False, augment=means or None)
        assert model.evaluate(learnt)["accuracy"] > 0.9
        found[means] = model.evaluate(shifted, unseen.targets["t"].values)
    assert found[asked]["accuracy"] > found[""]["accuracy"] + 0.1
    assert found[asked]["loss"] < 0.7 * found[""]["loss"]


# -- what is asked for


def test_a_text_says_the_same_as_a_list():
    assert augmentations("rotate=15, shift=0.1:0.2,scale=0.8:1.2,flip,flip=vertical") == [
        gc.Rotate(15), gc.Shift(0.1, 0.2), gc.Scale(0.8, 1.2), gc.Flip(), gc.Flip("vertical"),
    ]  # fmt: skip
    assert augmentations(gc.Flip()) == [gc.Flip()]
    assert augmentations(None) == augmentations([]) == []


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("rotate=-5", "Rotate takes degrees, at least 0 and at most 180, not -5"),
        ("rotate=200", "at most 180"),
        ("rotate=nan", "not 'nan'"),
        ("rotate", "does not say how much"),
        ("rotate=1:2", "does not say how much"),
        ("shift=1.5", "at most 1"),
        ("shift=0.1:-1", "at least 0"),
        ("scale=1", "below 1"),
        ("scale=0:2", "leaves nothing"),
        ("scale=2:1", "a factor from 2 up"),
        ("flip=sideways", "no direction 'sideways'"),
        ("flop", "did you mean `flip`"),
        ("", "no augmentation ``"),
    ],
)
def test_nonsense_is_refused(text, said):
    with pytest.raises(gc.GraphcError) as caught:
        augmentations(text)
    assert said in str(caught.value)


@pytest.mark.parametrize("given", [3, [3], gc.Flip, [gc.Flip(), "flip"]], ids=["3", "[3]", "a class", "a word"])
def test_what_is_no_augmentation_is_refused(given):
    with pytest.raises(gc.GraphcError, match="is no augmentation"):
        augmentations(given)


def test_numbers_of_numpy_are_numbers():
    assert augmentations([gc.Rotate(np.float32(5)), gc.Shift(np.int64(0))]) == [gc.Rotate(5), gc.Shift(0)]


def test_a_table_cannot_be_augmented():
    with pytest.raises(gc.GraphcError, match="`x` has 4 numbers for each example"):
        Augmented.of(ALL, fit_to(load("softmax-classifier"), Dataset.of(np.ones((9, 4)), np.arange(9) % 3)), 0)


def test_channels_that_come_last_are_told():
    with pytest.raises(gc.GraphcError, match="channels come first"):
        Augmented.of(ALL, fit_to(load("logistic"), Dataset.of(np.ones((4, 16, 16, 3)), np.arange(4) % 2)), 0)


def test_a_target_that_is_another_kind_of_picture_is_refused():
    feed = fit_to(net(MASKS), make("phantoms", rows=4))
    smaller = replace(feed.columns["t"], source=feed.columns["t"].source[..., ::2, ::2], shape=(1, 16, 16), axes=())
    with pytest.raises(gc.GraphcError, match=r"`t` has 1 × 16 × 16 numbers .*\n.*32 × 32"):
        Augmented.of(ALL, replace(feed, columns={**feed.columns, "t": smaller}), 0)
