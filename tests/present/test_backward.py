"""The backward graph: what lies on the path, what is written along it, and what stays quiet."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path
from xml.etree import ElementTree

import pytest

from graphc import models
from graphc.cli import main
from graphc.graph.network import Network, load
from graphc.graph.node import order
from graphc.present.backward import backward
from graphc.present.backward_flow import flow
from graphc.present.files import draw
from graphc.present.picture import Box, Picture, picture

from .networks import chain, network, recurrent, residual


def drawn(net: Network, *wrt: str, of: str | None = None) -> Picture:
    target = net.loss if of is None else net[of]
    variables = [net[name] for name in wrt]
    return backward(net, target, variables, flow(net, target, variables))


def tones(shown: Picture) -> dict[str, str]:
    return {part.title: box.tone for box in shown.boxes for part in box.parts}


def box(shown: Picture, title: str) -> Box:
    return next(box for box in shown.boxes if any(part.title == title for part in box.parts))


def slopes(shown: Picture) -> dict[tuple[str, str], str]:
    """By reader and source."""
    names = {box.key: box.parts[-1].title for box in shown.boxes}
    return {(names[edge.target], names[edge.source]): edge.slope for edge in shown.edges if edge.slope}


def test_the_path_leads_from_the_loss_to_the_parameter_and_all_else_is_quiet() -> None:
    assert tones(drawn(load("branches"), "Wu")) == {
        "Wu": "target", "u": "quiet", "v": "quiet", "c": "quiet", "s": "quiet", "hu": "path", "hv": "quiet",
        "trunk": "path", "healthy": "path", "severity": "path", "Lc": "path", "Ls": "path", "L": "path",
    }  # fmt: skip


def test_derivatives_flow_back_along_every_edge_of_the_path_and_no_other() -> None:
    assert set(slopes(drawn(load("skip"), "W1"))) == {("h1", "W1"), ("h2", "h1"), ("r", "h2"), ("y", "r"), ("L", "y")}
    assert ("r", "x") in slopes(drawn(load("skip"), "x"))


def test_a_slope_that_is_a_part_of_the_derivative_between_the_same_two_is_marked() -> None:
    shown = drawn(network("param a\ny = a*a\nz = y**2\nloss L = y*z + a"), "a")
    assert slopes(shown)["L", "y"] == "∂L/∂y|direct = z"
    assert slopes(shown)["z", "y"] == "∂z/∂y = 2·y"
    assert box(shown, "y").parts[-1].adjoint.startswith("∂L/∂y = ")


def test_what_an_output_beside_the_loss_reads_is_not_on_the_path() -> None:
    assert tones(drawn(load("lenet5"), "W5"))["y"] == "quiet"


def test_the_parameter_has_a_box_of_its_own_and_the_others_stay_with_their_layer() -> None:
    shown = drawn(load("logistic"), "w")
    assert box(shown, "w").kind == "param"
    assert [chip.names for chip in box(shown, "a").parts[0].chips] == [("b",)]


def test_adjoints_stand_in_the_boxes_where_they_are_short_and_go_by_name_where_not() -> None:
    shown = drawn(load("logistic"), "w")
    assert box(shown, "a").parts[0].adjoint == "∂L/∂a = (y − t)/n"
    assert box(shown, "w").parts[0].adjoint == "∂L/∂w = xᵀ(∂L/∂a)"
    assert box(shown, "L").parts[0].adjoint == "∂L/∂L = 1"
    assert box(shown, "y").parts[0].adjoint == "∂L/∂y"  # the arrow says it
    assert box(drawn(load("lenet5"), "W5"), "z").parts[0].adjoint == "∂L/∂z = (y − t)/n"  # the arrow says it longer
    assert box(drawn(load("lenet5"), "K1"), "c1").parts[0].adjoint == "∂L/∂c₁"


def test_local_derivatives_stand_on_the_edges_in_the_values_that_have_names() -> None:
    written = slopes(drawn(load("deep3"), "W0"))
    assert written["D", "C"] == "∂D/∂C = D·(1 − D)"
    assert written["C", "B"] == "∂C/∂B = W₁"
    assert written["A", "W0"] == "∂A/∂W₀ = x"
    assert slopes(drawn(load("mlp"), "W2"))["y", "W2"] == "∂y[i,j]/∂W₂[k,j]\n= y[i,j]·(1 − y[i,j])·h[i,k]"


def test_a_pooling_window_passes_its_derivative_to_the_maximum() -> None:
    assert slopes(drawn(load("lenet5"), "K1"))["s1", "c1"] == "∂s₁/∂c₁\n= 1 at the maximum, else 0"


def test_where_one_way_of_several_is_hidden_in_an_equation_the_edge_goes_by_its_name() -> None:
    assert slopes(drawn(load("attention"), "Wq"))["r1", "mixed"] == "∂r₁/∂mixed"


def test_several_parameters_are_all_targets() -> None:
    shown = drawn(load("mlp"), "W1", "b2")
    assert [title for title, tone in tones(shown).items() if tone == "target"] == ["W1", "b2"]


def test_a_tensor_in_the_middle_may_be_the_target() -> None:
    shown = drawn(load("deep3"), "C")
    assert tones(shown)["C"] == "target"
    assert tones(shown)["B"] == "quiet"


def test_repeated_layers_fold_around_the_one_that_is_looked_at() -> None:
    shown = drawn(chain(30), "W7", of="y")
    assert [part.title for box in shown.boxes for part in box.parts] == ["W7", "h0", "h1 … h6", "h7", "h8 … h30", "y"]
    folded = box(shown, "h8 … h30")
    assert folded.parts[0].repeat == 23
    assert folded.parts[0].adjoint == "∂y/∂h₈ … ∂y/∂h₃₀"
    assert folded.parts[0].slopes == ("∂h₉[i,j]/∂h₈[i,k]\n= (1 − h₉[i,j]²)·W₉[k,j]",)
    assert tones(shown)["h1 … h6"] == "quiet"


def test_a_block_with_a_path_around_it_has_its_inner_derivatives_in_the_box() -> None:
    block = box(drawn(residual(5), "r0", of="y"), "u1 … u5")
    assert len([slope for part in block.parts for slope in part.slopes]) >= 2


def test_a_shared_parameter_collects_from_every_step() -> None:
    assert {reader for reader, source in slopes(drawn(load("rnn"), "V")) if source == "V"} == {"h2", "h3", "h4", "h5"}
    assert "V" in tones(drawn(recurrent(20), "V", of="y"))


TRAINED = [name for name in models.names() if (net := load(name)).loss is not None and net.params]


@pytest.mark.parametrize("model", TRAINED)
def test_the_backward_graph_of_every_model_with_a_loss_is_well_formed(model: str) -> None:
    net = load(model)
    used = set(order([net.loss]))
    shown = drawn(net, *(param.name for param in net.params if param in used))
    assert set(tones(shown)) >= {net.loss.name}
    for ending in (".svg", ".html", ".dot"):
        assert draw(shown, ending)
    ElementTree.fromstring(draw(shown, ".svg"))


@pytest.mark.skipif(shutil.which("dot") is None, reason="the program dot is not installed")
@pytest.mark.parametrize(("ending", "start"), [(".png", b"\x89PNG"), (".pdf", b"%PDF")])
def test_dot_paints_the_backward_graph(ending: str, start: bytes) -> None:
    assert draw(drawn(load("vgg16"), "K11"), ending).startswith(start)


def test_the_forward_picture_has_nothing_of_it() -> None:
    text = draw(picture(load("mlp")), ".svg").decode()
    assert 'class="back"' not in text
    assert "∂" not in text


def test_names_are_escaped_in_the_backward_graph_too() -> None:
    net = network("input x[n]\nparam w[n]\nloss L = sum(w*x)")
    net.title = "</text><script>alert(1)</script>"
    assert "<script" not in draw(drawn(net, "w"), ".svg").decode()


def test_render_draws_the_way_back(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "back.svg"
    assert main.run(["render", "logistic", "--wrt", "w,b", "-o", str(out), "--json"]) == 0
    said = json.loads(capsys.readouterr().out)
    assert [node["tone"] for node in said["nodes"] if node["kind"] == "param"] == ["target", "target"]
    assert 'class="back"' in out.read_text("utf-8")


def test_a_wrong_parameter_gets_a_suggestion(capsys: pytest.CaptureFixture[str]) -> None:
    assert main.run(["render", "lenet5", "--wrt", "W33"]) == 2
    assert re.search(r"no tensor `W33`\nhint: did you mean `W3`", capsys.readouterr().err)


def test_what_the_loss_does_not_depend_on_is_drawn_with_the_sentence_that_says_so() -> None:
    net = network("input x[n]\nparam w\nparam P\ny = w*x\nz = P*y\nloss L = mean(y)\n")
    alone = drawn(net, "P")
    assert alone.backward == "L does not depend on P: ∂L/∂P = 0."
    assert {tones(alone)[name] for name in ("y", "z", "L")} == {"quiet"}
    both = drawn(net, "w", "P")
    assert "from L to w." in both.backward
    assert both.backward.endswith("L does not depend on P: ∂L/∂P = 0.")


def test_a_loss_by_itself_is_drawn_as_1() -> None:
    shown = drawn(network("input x[n]\nloss L = mean(x)\n"), "L")
    assert shown.backward == "∂L/∂L = 1: nothing lies in between."


@pytest.mark.parametrize("wrt", ["y", "L"])
def test_render_and_derive_answer_alike_where_there_is_no_way(
    wrt: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = str(tmp_path / "out.svg")
    assert main.run(["render", "lenet5", "--wrt", wrt, "-o", out]) == main.run(["derive", "lenet5", "--wrt", wrt]) == 0
    assert {"y": "∂L/∂y[i,j] = 0", "L": "∂L/∂L = 1"}[wrt] in capsys.readouterr().out


def test_integers_have_no_derivative(capsys: pytest.CaptureFixture[str]) -> None:
    assert main.run(["render", "attention", "--wrt", "tok"]) == 2
    assert "holds integers" in capsys.readouterr().err
