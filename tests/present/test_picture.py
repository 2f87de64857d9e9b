"""What is drawn: boxes, edges and folded repeats."""

from __future__ import annotations

import pytest

from graphc import models
from graphc.graph.network import load
from graphc.present.picture import Box, Picture, picture

from .networks import chain, network, recurrent, residual


def titles(drawn: Picture) -> list[list[str]]:
    return [[part.title for part in box.parts] for box in drawn.boxes]


def box(drawn: Picture, title: str) -> Box:
    return next(box for box in drawn.boxes if any(part.title == title for part in box.parts))


def test_a_layer_with_what_follows_in_a_line_is_one_box() -> None:
    assert titles(picture(load("lenet5"))) == [
        ["x"], ["t"], ["c1", "s1"], ["c2", "s2", "f"], ["h3"], ["h4"], ["z"], ["y"], ["L"],
    ]  # fmt: skip


def test_parameters_stand_in_the_box_of_the_layer_that_uses_them() -> None:
    (part,) = box(picture(load("mlp")), "h").parts
    assert [(chip.names, chip.shape, chip.shared) for chip in part.chips] == [
        (("W1",), (2, 4), False),
        (("b1",), (4,), False),
    ]


def test_edges_carry_shapes_from_where_a_tensor_is_made_to_where_it_is_read() -> None:
    drawn = picture(load("skip"))
    names = {each.key: each.parts[-1].title for each in drawn.boxes}
    edges = {(names[edge.source], names[edge.target]): edge.shape for edge in drawn.edges}
    assert edges["x", "h1"] == edges["x", "r"] == ("n", "m")
    assert edges["h1", "h2"] == ("n", 16)
    assert ("t", "L") in edges


@pytest.mark.parametrize("model", models.names())
def test_every_tensor_of_every_model_is_drawn_once_and_edges_lead_forward(model: str) -> None:
    net = load(model)
    drawn = picture(net)
    shown = [name for box in drawn.boxes for part in box.parts for name in part.names]
    assert sorted(shown) == sorted(set(net.nodes) - {leaf.name for leaf in (*net.params, *net.consts)})
    assert all(edge.source < edge.target for edge in drawn.edges)
    kinds = {name: box.kind for box in drawn.boxes for part in box.parts for name in part.names}
    assert {name for name, kind in kinds.items() if kind == "output"} == {
        node.name for node in net.outputs if node is not net.loss
    }


def test_equal_layers_in_a_row_are_one_with_a_count() -> None:
    drawn = picture(chain(60))
    folded = box(drawn, "h1 … h60").parts[0]
    assert folded.repeat == 60
    assert folded.chips[0].names == tuple(f"W{step}" for step in range(1, 61))
    assert len(drawn.boxes) == 3


def test_layers_of_other_shapes_stay_apart() -> None:
    drawn = titles(picture(load("vgg16")))
    assert ["c51 … c53", "s5", "f"] in drawn
    assert ["c11"] in drawn
    assert ["c12", "s1"] in drawn


def test_a_block_with_a_path_around_it_folds_as_a_whole() -> None:
    drawn = picture(residual(5))
    block = box(drawn, "u1 … u5")
    assert block.repeat == 5
    assert [part.title for part in block.parts] == ["u1 … u5", "r1 … r5"]


def test_a_layer_that_is_read_from_outside_its_run_is_not_folded_away() -> None:
    lines = ["input h0[n, 4]"]
    for step in range(1, 7):
        lines += [f"param W{step}[4, 4]", f"h{step} = tanh(h{step - 1} @ W{step})"]
    drawn = picture(network("\n".join([*lines, "output y = h6 + h3"])))
    assert titles(drawn) == [["h0"], ["h1 … h3"], ["h4 … h6"], ["y"]]


def test_a_short_recurrent_net_is_drawn_step_by_step() -> None:
    drawn = picture(load("rnn"))
    assert [part.repeat for box in drawn.boxes for part in box.parts] == [1] * 13
    assert all(chip.shared for chip in box(drawn, "h3").parts[0].chips)


def test_a_long_recurrent_net_is_folded_with_its_inputs() -> None:
    drawn = picture(recurrent(50))
    assert titles(drawn) == [["x0"], ["x1 … x49"], ["h0"], ["h1 … h49"], ["y"]]
    assert [(edge.source, edge.target) for edge in drawn.edges] == [(0, 2), (2, 3), (1, 3), (3, 4)]


def test_nodes_made_in_python_get_names_where_layers_end() -> None:
    import graphc as gc

    x, t = gc.input("x", ("n", 2)), gc.input("t", ("n", 1))
    y = gc.sigma(gc.relu(x @ gc.param("W", (2, 4))) @ gc.param("V", (4, 1)))
    drawn = picture(gc.Network.of([y, gc.mean(gc.binary_cross_entropy(y, t))]))
    assert titles(drawn) == [["x"], ["t"], ["h"], ["y"], ["L"]]


def test_the_picture_as_json_names_boxes_and_edges() -> None:
    data = picture(load("mlp")).data()
    assert [node["kind"] for node in data["nodes"]] == ["input", "input", "equation", "output", "loss"]
    assert {"from": 0, "to": 2, "name": "x", "shape": ["n", 2]} in data["edges"]
