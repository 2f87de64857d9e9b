"""The built-in models load, have the shapes and counts of the slides, and give the slides' numbers."""

from __future__ import annotations

import math

import numpy as np
import pytest

from graphc.graph.network import load
from graphc.models import names
from tests.reference import evaluate


def value(model: str, of: str, **values: object) -> np.ndarray:
    return evaluate([load(model)[of]], {name: np.asarray(v, float) for name, v in values.items()})[0]


@pytest.mark.parametrize("model", names())
def test_every_model_loads(model: str) -> None:
    net = load(model)
    assert net.title
    assert net.outputs or net.loss is not None


def test_a_kernel_slid_over_the_image_of_the_slide_gives_its_numbers() -> None:
    image = [[1, 1, 1, 0, 0], [0, 1, 1, 1, 0], [0, 0, 1, 1, 1], [0, 0, 1, 1, 0], [0, 1, 1, 0, 0]]
    kernel = [[1, 0, 1], [0, 1, 0], [1, 0, 1]]
    assert value("conv-slide", "feature", image=image, kernel=kernel).tolist() == [[4, 3, 4], [2, 4, 3], [2, 3, 4]]


def test_pooling_the_matrix_of_the_slide_gives_its_numbers() -> None:
    x = [[1, 1, 8, 3], [4, 7, 1, 9], [5, 3, 1, 4], [2, 3, 6, 0]]
    assert value("pool-slide", "pooled", x=x).tolist() == [[7, 9], [5, 6]]


def test_one_neuron_gives_the_same_numbers_one_at_a_time_and_as_a_batch() -> None:
    w = [2.0, -3.6, 0.5]
    batch = value("batch-neuron", "y", x=[[0.4, -1.0], [-2.1, 3.0]], w=w)
    assert value("batch-neuron", "a", x=[[0.4, -1.0]], w=w) == pytest.approx([0.06])
    assert batch[0] == pytest.approx(1 / (1 + math.exp(-0.06)))
    assert batch[1] == value("batch-neuron", "y", x=[[-2.1, 3.0]], w=w)[0]


@pytest.mark.parametrize(
    ("model", "count"),
    [
        ("mlp-2-4-1", 17),
        ("lenet5", 61_706),
        ("vgg16", 138_357_544),
        ("net1", 2570),
        ("net2", 3214),
        ("net3", 1226),
        ("net4", 1132),
        ("net5", 1060),
    ],
)
def test_parameters_count_as_on_the_slides(model: str, count: int) -> None:
    assert sum(math.prod(int(e.value or 0) for e in p.extents) for p in load(model).params) == count


@pytest.mark.parametrize(
    ("model", "tensor", "shape"),
    [
        ("logistic", "y", ("n",)),
        ("mlp", "h", ("n", 4)),
        ("lenet5", "c1", ("n", 6, 28, 28)),
        ("lenet5", "s2", ("n", 16, 5, 5)),
        ("lenet5", "f", ("n", 400)),
        ("vgg16", "s5", ("n", 512, 7, 7)),
        ("attention", "look", ("n", 4, 8, 8)),
        ("connections", "shared", ("n", 150)),
        ("kernel-trick", "features", ("n", 3)),
        ("losses", "L", None),
    ],
)
def test_shapes_follow_from_the_declarations(model: str, tensor: str, shape: tuple[object, ...] | None) -> None:
    net = load(model)
    if shape is None:
        assert tensor not in net
    else:
        assert net[tensor].shape == shape


def test_a_dense_layer_with_relu_is_one_matrix_product_and_one_elementwise_node() -> None:
    h = load("mlp")["h"]
    (product,) = [node for node in h.inputs if node.name is None]
    assert h.reduce is None
    assert product.reduce == "sum"
    assert [leaf.name for leaf in product.inputs] == ["x", "W1"]
