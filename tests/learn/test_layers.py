"""Layers write equations: their shapes, their numbers beside NumPy's, and what they say when something does not fit."""

from __future__ import annotations

import math
from typing import Any, cast

import numpy as np
import pytest

import graphc as gc

RANDOM = np.random.default_rng(7)


def values_of(model: gc.Model) -> dict[str, np.ndarray]:
    return {str(leaf.name): RANDOM.standard_normal([e.value or 0 for e in leaf.extents]) for leaf in model.params}


def run(model: gc.Model, params: dict[str, np.ndarray], **given: Any) -> np.ndarray:
    (found,) = gc.compile(model.outputs, arguments=[*model.inputs, *model.params])(**params, **given)
    return np.asarray(found)


def parameters(model: gc.Model) -> int:
    return sum(math.prod(e.value or 0 for e in leaf.extents) for leaf in model.params)


@pytest.mark.parametrize(
    ("layer", "count"),
    [
        (gc.Dense(150, bias=False), 22_500),
        (gc.LocallyConnected(1, 3, pad=1, bias=False), 450),
        (gc.Conv1D(1, 3, pad="same", bias=False), 3),
    ],
)
def test_full_local_and_shared_connections_count_as_on_the_slide(layer: gc.Layer, count: int) -> None:
    model = gc.Sequential([layer], input=(1, 150))
    assert parameters(model) == count
    assert model["y"].shape == ("n", 1, 150)


@pytest.mark.parametrize(("shape", "count"), [((28, 28), 7_850), ((256, 256), 655_370), ((256, 256, 256), 167_772_170)])
def test_a_dense_layer_on_an_image_counts_as_on_the_slide(shape: tuple[int, ...], count: int) -> None:
    assert parameters(gc.Sequential([gc.Flatten(), gc.Dense(10, "softmax")], input=shape)) == count


def test_lenet_of_layers_has_the_parameters_of_the_slide() -> None:
    layers = [gc.Conv2D(6, 5, "relu"), gc.MaxPool(2), gc.Conv2D(16, 5, "relu"), gc.MaxPool(2), gc.Flatten()]
    dense = [gc.Dense(120, "relu"), gc.Dense(84, "relu"), gc.Dense(10, "softmax")]
    assert parameters(gc.Sequential([*layers, *dense], input=(1, 32, 32))) == 61_706


@pytest.mark.parametrize(
    ("name", "count", "second"),
    [
        ("net4", 1132, gc.LocallyConnected(1, 5, "tanh", stride=2, pad=2)),
        ("net5", 1060, gc.Conv2D(4, 5, "tanh", stride=2, pad=2, bias="each")),
    ],
)
def test_the_nets_of_1989_are_made_of_layers(name: str, count: int, second: gc.Layer) -> None:
    first = gc.Conv2D(2, 3, "tanh", stride=2, pad=1, bias="each")
    model = gc.Sequential([first, second, gc.Flatten(), gc.Dense(10, "tanh")], input=(1, 16, 16))
    assert parameters(model) == count
    values, slide = values_of(model), gc.load(name)
    x = RANDOM.standard_normal((2, 16, 16))
    own = {str(leaf.name): np.asarray(value) for leaf, value in zip(slide.params, values.values(), strict=True)}
    if "W2" in own:  # the slide has its places first
        own["W2"] = np.moveaxis(own["W2"][0], 0, 2)
    shapes = {str(leaf.name): [extent.value or 0 for extent in leaf.extents] for leaf in slide.params}
    (wanted,) = gc.compile([slide["y"]])(x=x, **{key: own[key].reshape(shape) for key, shape in shapes.items()})
    assert np.allclose(run(model, values, x=x[:, None]), wanted)


def windows(x: np.ndarray, size: int, stride: int, pad: int, dilation: int = 1) -> np.ndarray:
    """Windows along the last axis of [n, c, l]: [n, c, place, tap]."""
    x = np.pad(x, ((0, 0), (0, 0), (pad, pad)))
    count = (x.shape[2] - dilation * (size - 1) - 1) // stride + 1
    return np.stack([x[:, :, stride * p : stride * p + dilation * (size - 1) + 1 : dilation] for p in range(count)], 2)


@pytest.mark.parametrize(("stride", "pad", "dilation"), [(1, 0, 1), (2, 1, 1), (1, 2, 2), (3, 0, 2)])
def test_windows_are_where_their_options_say(stride: int, pad: int, dilation: int) -> None:
    x = RANDOM.standard_normal((3, 2, 11))
    seen = windows(x, 3, stride, pad, dilation)
    options: dict[str, Any] = {"stride": stride, "pad": pad, "dilation": dilation}
    shared = gc.Sequential([gc.Conv1D(4, 3, **options)], input=(2, 11))
    params = values_of(shared)
    wanted = np.einsum("ncpr,ocr->nop", seen, params["K1"]) + params["b1"][:, None]
    assert np.allclose(run(shared, params, x=x), wanted)
    local = gc.Sequential([gc.LocallyConnected(4, 3, "tanh", **options)], input=(2, 11))
    params = values_of(local)
    assert np.allclose(run(local, params, x=x), np.tanh(np.einsum("ncpr,ocpr->nop", seen, params["W1"]) + params["b1"]))


def test_a_bias_for_each_place_is_added_there() -> None:
    model = gc.Sequential([gc.Conv1D(2, 3, bias="each")], input=(1, 6))
    params = values_of(model) | {"K1": np.zeros((2, 1, 3))}
    assert np.array_equal(run(model, params, x=np.ones((1, 1, 6)))[0], params["b1"])


@pytest.mark.parametrize(("layer", "reduce"), [(gc.MaxPool, np.max), (gc.AvgPool, np.mean)])
@pytest.mark.parametrize("axes", [1, 2, 3])
def test_pooling_is_along_all_axes_but_the_first_two(layer: Any, reduce: Any, axes: int) -> None:
    x = RANDOM.standard_normal((2, 3, *[6] * axes))
    blocks = x.reshape(2, 3, *[3, 2] * axes)
    wanted = reduce(blocks, axis=tuple(range(3, 3 + 2 * axes, 2)))
    assert np.allclose(run(gc.Sequential([layer(2)], input=(3, *[6] * axes)), {}, x=x), wanted)


def test_windows_may_overlap() -> None:
    x = RANDOM.standard_normal((2, 1, 7))
    model = gc.Sequential([gc.MaxPool(3, stride=2)], input=(1, 7))
    assert np.allclose(run(model, {}, x=x), windows(x, 3, 2, 0).max(axis=3))


def test_volumes_are_convolved() -> None:
    x = RANDOM.standard_normal((2, 2, 4, 4, 4))
    model = gc.Sequential([gc.Conv3D(3, 2)], input=(2, 4, 4, 4))
    params = values_of(model)
    views = np.lib.stride_tricks.sliding_window_view(x, (2, 2, 2), axis=(2, 3, 4))
    wanted = np.einsum("ncuvpqrs,ocqrs->nouvp", views, params["K1"]) + params["b1"][:, None, None, None]
    assert np.allclose(run(model, params, x=x), wanted)


def test_norms_bring_rows_or_channels_to_mean_0_and_deviation_1() -> None:
    x = 3 + 2 * RANDOM.standard_normal((50, 4))
    params = {"gain1": np.ones(4), "bias1": np.zeros(4)}
    by_row = run(gc.Sequential([gc.LayerNorm()], input=(4,)), params, x=x)
    assert np.allclose(by_row.mean(axis=1), 0)
    assert np.allclose(by_row.std(axis=1), 1, atol=1e-3)
    by_channel = run(gc.Sequential([gc.BatchNorm()], input=(4,)), params, x=x)
    assert np.allclose(by_channel.mean(axis=0), 0)
    assert np.allclose(by_channel.std(axis=0), 1, atol=1e-3)


def test_an_embedding_takes_rows_of_its_table() -> None:
    model = gc.Sequential([gc.Embedding(9, 3), gc.Flatten(), gc.Dense(1)], input=(5,))
    assert "input x[n, 5] : integer" in model.to_net()
    alone = gc.Sequential([gc.Embedding(9, 3)], input=(5,))
    params, x = values_of(alone), RANDOM.integers(0, 9, (4, 5))
    assert np.array_equal(run(alone, params, x=x), params["E1"][x])


def test_the_slope_of_a_prelu_is_a_parameter_with_a_gradient() -> None:
    model = gc.Sequential([gc.PReLU()], input=(3,))
    x = RANDOM.standard_normal((4, 3))
    assert np.allclose(run(model, {"alpha1": np.array(0.1)}, x=x), np.where(x > 0, x, 0.1 * x))
    slope = gc.grad(gc.sum(model["y"]), [model["alpha1"]])
    (found,) = gc.compile(slope)(x=x, alpha1=np.array(0.1))
    assert np.allclose(found, x[x < 0].sum())


@pytest.mark.parametrize("function", ["relu", "sigmoid", "tanh", "softplus", "leaky_relu", "elu", "gelu", "silu"])
def test_an_activation_in_a_layer_is_the_one_behind_it(function: str) -> None:
    x = RANDOM.standard_normal((4, 3))
    inside = gc.Sequential([gc.Dense(2, function)], input=(3,))
    behind = gc.Sequential([gc.Dense(2), gc.Activation(function)], input=(3,))
    params = values_of(inside)
    assert np.allclose(run(inside, params, x=x), run(behind, params, x=x))


def test_an_activation_may_be_a_function_of_the_library() -> None:
    by_name = gc.Sequential([gc.Dense(2, "tanh"), gc.Activation("softmax")], input=(3,))
    by_function = gc.Sequential([gc.Dense(2, gc.tanh), gc.Activation(gc.softmax)], input=(3,))
    assert by_function.to_net() == by_name.to_net()


def test_an_activation_may_be_a_formula_of_its_own() -> None:
    model = gc.Sequential([gc.Dense(2, "bent(z) = (sqrt(z**2 + 1) - 1)/2 + z")], input=(3,))
    params, x = values_of(model), RANDOM.standard_normal((4, 3))
    a = x @ params["W1"] + params["b1"]
    assert np.allclose(run(model, params, x=x), (np.sqrt(a**2 + 1) - 1) / 2 + a)


def test_tensors_may_be_called_what_a_layer_calls_its_indices() -> None:
    image = gc.input("p", ("n", 1, 5, 5))
    model = gc.Model(image, gc.Conv2D(2, 3, "relu", name="o")(image))
    params = values_of(model)
    plain = gc.Sequential([gc.Conv2D(2, 3, "relu")], input=(1, 5, 5))
    x = RANDOM.standard_normal((2, 1, 5, 5))
    renamed = {"K1": params["K_o"], "b1": params["b_o"]}
    assert np.allclose(run(model, params, p=x), run(plain, renamed, x=x))


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: gc.Dense(0), "how many units a dense layer has is a whole number from 1 up, not 0"),
        (lambda: gc.Dense(2, "relus"), "there is no activation `relus`"),
        (lambda: gc.Dense(2, cast("Any", np.tanh)), "an activation is a name or a formula"),
        (lambda: gc.Dense(2, gc.concat), "there is no activation `concat`"),
        (lambda: gc.Conv2D(2, 3, "softmax"), "softmax is over the last axis"),
        (lambda: gc.Conv2D(2, 4, pad="same"), '`pad="same"` is for stride 1'),
        (lambda: gc.Dropout(1.0), "the rate of a dropout"),
        (lambda: gc.Sequential([gc.Conv2D(2, 3)], input=(8, 8)), "it reads [n, channels, h, w]"),
        (lambda: gc.Sequential([gc.Conv2D(2, 9)], input=(1, 8, 8)), "a kernel of 9 does not fit into 8"),
        (lambda: gc.Sequential([gc.MaxPool(9)], input=(1, 8, 8)), "a window of 9 does not fit into 8"),
        (lambda: gc.Sequential([gc.Reshape(7)], input=(8,)), "its 8 elements an example cannot become [7]"),
        (lambda: gc.Sequential([gc.Embedding(3, 2)], input=gc.input("x", ("n", 2))), "Embedding(3, 2) on x[n, 2]"),
        (lambda: gc.Dense(2)(gc.input("x", ("n", "m"))), "its last axis has the free size m"),
        (lambda: gc.Dense(2)(cast("Any", np.zeros((2, 2)))), "is called on a tensor, not on ndarray"),
    ],
)
def test_what_does_not_fit_is_said_in_the_words_of_the_layer(make: Any, message: str) -> None:
    with pytest.raises(gc.GraphcError) as error:
        make()
    assert message in str(error.value)


def test_a_shared_layer_refuses_an_input_of_another_width() -> None:
    layer = gc.Dense(2)
    layer(gc.input("x", ("n", 3)))
    with pytest.raises(gc.GraphcError, match="its parameters were made for another input"):
        layer(gc.input("z", ("n", 4)))
