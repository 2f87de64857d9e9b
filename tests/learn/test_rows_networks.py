"""Nets of the lectures beyond one chain of layers: skips and branches, windows over images, the nets of 1989, sums of
sigmoids, and points that a map into more dimensions makes separable."""

from __future__ import annotations

import numpy as np
import pytest

import graphc as gc
from graphc.graph.network import load
from graphc.judge.check import check
from graphc.language.source import Source
from graphc.learn.data.catalogue import make
from graphc.learn.data.fit_to import fit_to
from graphc.learn.fit import fit

RANDOM = np.random.default_rng(11)


# -- sequential and not


def test_one_after_the_other_is_a_special_case_of_inputs_and_outputs() -> None:
    layers = [gc.Dense(4, "tanh"), gc.Dropout(0.1), gc.Dense(1, "sigma")]
    sequential = gc.Sequential(layers, input=(2,))
    x = tensor = gc.input("x", ("n", 2))
    for layer in (gc.Dense(4, "tanh"), gc.Dropout(0.1), gc.Dense(1, "sigma")):
        tensor = layer(tensor)
    functional = gc.Model(x, tensor)
    assert functional.to_net() == sequential.to_net()
    histories = []
    for model in (sequential, functional):
        model.compile(gc.Adam(0.02), "binary_cross_entropy")
        histories.append(model.fit("moons", epochs=3, verbose=False).rows)
    assert histories[0] == histories[1]


def test_both_paths_around_a_block_carry_a_gradient() -> None:
    net = load("skip")
    (whole,) = gc.grad(net.loss, [net["x"]])
    arrays = {"x": RANDOM.normal(size=(6, 3)), "t": np.ones((6, 1))}
    params = {"W1": (3, 16), "b1": (16,), "W2": (16, 3), "b2": (3,), "W3": (3, 1), "b3": (1,)}
    values = {name: RANDOM.normal(size=shape) for name, shape in params.items()}
    program = gc.compile([whole])
    (both,) = program(**arrays, **values)
    (around,) = program(**arrays, **{**values, "W2": 0 * values["W2"]})  # nothing comes through the block
    moved = np.abs(both - around).max()
    assert np.abs(around).max() > 0
    assert moved > 0


def test_each_of_two_inputs_is_needed_by_both_outputs() -> None:
    net = load("branches")
    feed = fit_to(net, make("patients"))
    step = gc.TrainingStep(net, optimizer=gc.Adam(0.01), sizes=feed.sizes)
    last = fit(step, feed, epochs=40, validation=feed.held_out).last
    assert last["val_healthy_accuracy"] > 0.9
    assert last["val_severity_mse"] < 0.4
    arrays = feed.held_out.arrays()
    whole = step.predict(**arrays)
    for name in ("u", "v"):
        without = step.predict(**{**arrays, name: 0 * arrays[name]})
        for output, other, target in zip(whole, without, ("c", "s"), strict=True):
            near, far = (np.abs(one - arrays[target]).mean() for one in (output, other))
            assert far > 1.5 * near


# -- windows over images


def image(edge: str) -> np.ndarray:
    """Dark, then bright from the middle on: downwards or across."""
    half = np.zeros((1, 1, 8, 8))
    if edge == "upright":
        half[..., 4:] = 1
    else:
        half[..., 4:, :] = 1
    return half


UPRIGHT = np.array([[-1.0, 0, 1], [-2, 0, 2], [-1, 0, 1]])


@pytest.mark.parametrize("edge", ["upright", "level"])
def test_a_kernel_for_edges_finds_those_of_its_own_direction(edge: str) -> None:
    layer = gc.Conv2D(2, 3, bias=False)
    model = gc.Sequential([layer], input=(1, 8, 8))
    model.values["K1"][...] = np.stack([UPRIGHT, UPRIGHT.T])[:, None]
    upright, level = model.predict(image(edge))[0]
    found, other = (upright, level) if edge == "upright" else (level.T, upright)
    assert (found[:, 2:4] == 4).all()
    assert not found[:, :2].any()
    assert not found[:, 4:].any()
    assert not other.any()


def test_a_filter_reads_all_channels_and_padding_reads_zeros() -> None:
    x = RANDOM.normal(size=(2, 3, 7, 7))
    model = gc.Sequential([gc.Conv2D(5, 3, stride=2, pad=1)], input=(3, 7, 7))
    found = model.predict(x)
    assert found.shape == (2, 5, 4, 4)
    padded = np.pad(x, ((0, 0), (0, 0), (1, 1), (1, 1)))
    kernels = model.values["K1"]
    for p, q in np.ndindex(4, 4):
        window = padded[:, :, 2 * p : 2 * p + 3, 2 * q : 2 * q + 3]
        np.testing.assert_allclose(found[:, :, p, q], np.einsum("ncrs,ocrs->no", window, kernels), atol=1e-5)


def test_an_edge_kernel_is_learned_from_what_it_finds() -> None:
    x = RANDOM.normal(size=(60, 1, 8, 8))
    teacher = gc.Sequential([gc.Conv2D(1, 3, bias=False)], input=(1, 8, 8))
    teacher.values["K1"][...] = UPRIGHT
    model = gc.Sequential([gc.Conv2D(1, 3, bias=False)], input=(1, 8, 8))
    model.compile(gc.Adam(0.05), "mse")
    model.fit(x, teacher.predict(x), epochs=60, verbose=False)
    np.testing.assert_allclose(model.values["K1"][0, 0], UPRIGHT, atol=0.05)


# -- the nets of 1989


def test_a_net_of_1989_learns_digits_drawn_larger() -> None:
    pytest.importorskip("sklearn")
    net = load("net2")
    feed = fit_to(net, make("digits"))
    assert feed.arrays()["x"].shape[1:] == (16, 16)
    step = gc.TrainingStep(net, optimizer=gc.Adam(0.003), sizes=feed.sizes)
    assert fit(step, feed, epochs=4, validation=feed.held_out).last["val_accuracy"] > 0.7


# -- more dimensions, more neurons


KERNEL = """given
  phi(z)[i<3] = where(i == 0, z[0]**2, where(i == 1, sqrt(2)*z[0]*z[1], z[1]**2))
  x[2]
  z[2]
show sum[k](phi(x)[k]*phi(z)[k])
  = x[0]**2*z[0]**2 + 2*x[0]*x[1]*z[0]*z[1] + x[1]**2*z[1]**2
  = (x[0]*z[0] + x[1]*z[1])**2
  = sum[k](x[k]*z[k])**2
"""
COLLAPSE = """given
  x[n,d]
  W1[d,h]
  b1[h]
  W2[h,m]
  b2[m]
  y = (x @ W1 + b1) @ W2 + b2
show y[n,j]
  = sum[k]((sum[i](x[n,i]*W1[i,k]) + b1[k])*W2[k,j]) + b2[j]
  = sum[k,i](x[n,i]*W1[i,k]*W2[k,j]) + sum[k](b1[k]*W2[k,j]) + b2[j]
  = sum[i](x[n,i]*(W1 @ W2)[i,j]) + (b1 @ W2 + b2)[j]
"""


@pytest.mark.parametrize(
    ("text", "slip"),
    [(KERNEL, ("sqrt(2)*", "")), (COLLAPSE, ("+ (b1 @ W2 + b2)[j]", "+ (b1 + b2)[j]"))],
    ids=["the kernel trick", "two linear layers"],
)
def test_the_derivation_of_the_slide_is_right_and_a_slip_in_it_is_found(text: str, slip: tuple[str, str]) -> None:
    assert check(Source("slide.deriv", text)).verdict == "correct"
    assert check(Source("slip.deriv", text.replace(*slip))).verdict == "wrong"


def test_the_products_of_features_are_squares_of_products() -> None:
    net = load("kernel-trick")
    gram, kernel = gc.compile([net["gram"], net["kernel"]])(x=RANDOM.normal(size=(20, 2)))
    np.testing.assert_allclose(gram, kernel, atol=1e-12)


def test_a_circle_is_parted_by_a_plane_after_the_map_and_by_no_line_before() -> None:
    accuracies = {}
    for name in ("logistic", "kernel-trick"):
        net = load(name)
        feed = fit_to(net, make("circles"))
        step = gc.TrainingStep(net, optimizer=gc.Adam(0.05), sizes=feed.sizes)
        accuracies[name] = fit(step, feed, epochs=30, validation=feed.held_out).last["val_accuracy"]
    assert accuracies["logistic"] < 0.7
    assert accuracies["kernel-trick"] > 0.99


def test_the_error_of_an_approximation_falls_as_neurons_are_added() -> None:
    errors = []
    for neurons in (1, 4, 16):
        net = load("approximate")
        feed = fit_to(net, make("wave"), sizes={"m": neurons})
        step = gc.TrainingStep(net, optimizer=gc.Adam(0.1), sizes=feed.sizes)
        errors.append(fit(step, feed, epochs=120, metrics=[], validation=feed.held_out).last["val_loss"])
    one, four, sixteen = errors
    assert one > 0.2
    assert four < one / 2
    assert sixteen < four / 2


def test_health_and_severity_are_learned_from_the_same_two_biomarkers() -> None:
    net = load("biomarker")
    feed = fit_to(net, make("biomarker"))
    step = gc.TrainingStep(net, optimizer=gc.Adam(0.02), sizes=feed.sizes)
    last = fit(step, feed, epochs=60, validation=feed.held_out).last
    assert last["val_p_accuracy"] > 0.95
    explained = 1 - last["val_s_mse"] / feed.held_out.arrays()["severity"].var()
    assert explained > 0.85


@pytest.mark.parametrize("loss", ["cross_entropy_loss", "squared_loss"])
def test_each_of_the_two_losses_of_the_biomarkers_reaches_the_shared_layer(loss: str) -> None:
    net = load("biomarker")
    (gradient,) = gc.grad(net[loss], [net["W1"]])
    shapes = {"W1": (2, 8), "b1": (8,), "Wh": (8, 1), "bh": (1,), "Ws": (8, 1), "bs": (1,)}
    values = {name: RANDOM.normal(size=shape) for name, shape in shapes.items()}
    given = {"x": RANDOM.normal(size=(5, 2)), "healthy": np.ones((5, 1)), "severity": RANDOM.normal(size=(5, 1))}
    assert np.abs(gc.compile([gradient])(**given, **values)[0]).max() > 0
