"""The layer table and `graphc show`."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from graphc.cli import main
from graphc.graph.network import load
from graphc.present.boxes import columns
from graphc.present.table import Row, layer_table
from graphc.present.terminal import table_lines

from .networks import dense, network


def row(table_of: str, name: str) -> Row:
    return next(row for row in layer_table(load(table_of)).rows if row.name == name)


def lines(model: str, width: int) -> list[str]:
    return ["".join(piece.text for piece in line).rstrip() for line in table_lines(layer_table(load(model)), width)]


@pytest.mark.parametrize(("inputs", "params"), [(784, 7_850), (256**2, 655_370), (256**3, 167_772_170)])
def test_a_dense_layer_has_a_weight_for_each_pair_and_a_bias_for_each_neuron(inputs: int, params: int) -> None:
    table = layer_table(dense(inputs, 10))
    assert (table.params, table.links) == (params, params)


@pytest.mark.parametrize(
    ("model", "links", "params"),
    [
        ("net1", 2570, 2570),
        ("net2", 3214, 3214),
        ("net3", 1226, 1226),
        ("net4", 2266, 1132),
        ("net5", 5194, 1060),
        ("mlp-2-4-1", 17, 17),
        ("lenet5", 423_038, 61_706),
        ("vgg16", 15_483_821_032, 138_357_544),
    ],
)
def test_the_figures_of_the_slides_come_out(model: str, links: int, params: int) -> None:
    table = layer_table(load(model))
    assert (table.links, table.params) == (links, params)


def test_full_local_and_shared_connections_differ_in_parameters_and_padding_counts_as_a_link() -> None:
    shown = [row("connections", name) for name in ("full", "local", "shared")]
    assert [each.params for each in shown] == [22_500, 450, 3]
    assert [each.links for each in shown] == [22_500, 450, 450]


def test_a_shared_parameter_counts_once_and_its_links_at_each_use() -> None:
    assert [row("siamese", name).params for name in ("hu", "hv")] == [80, 0]
    assert [row("siamese", name).links for name in ("hu", "hv")] == [80, 80]


def test_counts_are_text_in_the_sizes_that_are_free() -> None:
    table = layer_table(load("logistic"))
    assert (table.params, table.links) == ("m + 1", "m + 1")


def test_the_first_free_size_of_an_input_is_no_batch_where_a_parameter_has_it() -> None:
    assert layer_table(load("deep3")).links == "d*p + p*q + q"


def test_a_sequence_axis_is_no_batch() -> None:
    net = network("input x[b, s, 4]\nparam W[4, 2]\noutput y[b,s,k] = sum[d](x[b,s,d]*W[d,k])")
    assert layer_table(net).links == "8*s"


def test_a_penalty_on_the_weights_has_no_links() -> None:
    net = network(
        "input x[n, 2]\nparam W[2, 3]\noutput y = x @ W\npenalty = sum(W**2)\nloss L = mean(y**2) + penalty + sum(W)"
    )
    assert layer_table(net).links == 6


@pytest.mark.parametrize(
    ("equations", "links"),
    [
        ("y = w + 1", 5),
        ("y = w", 5),
        ("y[i] = x[i] + sum(w)", 5),
        ("loss L = sum(w)", 5),
        ("y[i] = x[i]*w[0]\nloss L = sum(y) + sum(w**2)", 1),
    ],
)
def test_where_nothing_is_marked_what_nothing_reads_is_an_output(equations: str, links: int) -> None:
    assert layer_table(network(f"input x[n]\nparam w[5]\n{equations}")).links == links


def test_an_equation_by_index_keeps_its_brackets_though_it_uses_no_index() -> None:
    table = layer_table(network("ones[i<3] = 1\ntwo = 2"))
    assert [row.left for row in table.rows] == ["ones[i]", "two"]


def test_the_list_of_models_fits_80_columns(capsys: pytest.CaptureFixture[str]) -> None:
    assert main.run(["list"]) == 0
    assert max(map(len, capsys.readouterr().out.splitlines())) <= 80


def test_no_summary_of_a_command_is_cut(capsys: pytest.CaptureFixture[str]) -> None:
    assert main.run(["--help"]) == 0
    assert "..." not in capsys.readouterr().out.partition("Commands:")[2]


def test_a_python_file_is_asked_for_its_network(capsys: pytest.CaptureFixture[str]) -> None:
    assert main.run(["show", "m.py"]) == 2
    assert "hint: write m.py:NAME" in capsys.readouterr().err


def test_a_parameter_that_nothing_reads_still_counts() -> None:
    table = layer_table(network("input x[n]\nparam w[5]\noutput y = 2*x"))
    assert table.params == 5
    assert [(row.name, row.kind) for row in table.rows] == [("x", "input"), ("w", "param"), ("y", "output")]


def test_formulas_stand_as_they_were_written() -> None:
    assert row("lenet5", "c1").formula == "relu(conv2d(x, K1)[n,o,p,q] + b1[o])"
    assert row("lenet5", "c1").left == "c1[n,o,p,q]"
    assert row("lenet5", "h3").left == "h3"
    assert row("logistic", "a").left == "a[i]"


@pytest.mark.parametrize("width", [80, 100, 200])
@pytest.mark.parametrize("model", ["lenet5", "vgg16", "attention", "logistic", "distill", "activations"])
def test_the_table_fits_its_terminal(model: str, width: int) -> None:
    assert max(map(columns, lines(model, width))) <= width


def test_formulas_stand_in_a_column_where_there_is_room_and_below_where_not() -> None:
    assert any("h3 " in line and "relu(f @ W3 + b3)" in line for line in lines("lenet5", 120))
    assert "    = relu(f @ W3 + b3)" in lines("lenet5", 70)


def test_totals_stand_below_their_columns() -> None:
    total = next(line for line in lines("lenet5", 80) if line.startswith("total"))
    assert total.split() == ["total", "61,706", "423,038"]


def test_a_title_cannot_command_the_terminal() -> None:
    net = network("# evil - \x1b[2Jgone\ninput x[n]\noutput y = x\n")
    assert "\x1b" not in "".join(piece.text for line in table_lines(layer_table(net), 80) for piece in line)


def test_show_as_json_has_the_agreed_form(capsys: pytest.CaptureFixture[str]) -> None:
    assert main.run(["show", "mlp", "--json"]) == 0
    shown = json.loads(capsys.readouterr().out)
    assert (shown["schema"], shown["model"], shown["params"], shown["links"]) == ("graphc/show/1", "mlp", 17, 17)
    hidden = next(node for node in shown["nodes"] if node["name"] == "h")
    expected = {"name": "h", "formula": "relu(x @ W1 + b1)", "shape": ["n", 4], "params": 12, "links": 12}
    assert expected.items() <= hidden.items()
    assert sum(node["params"] for node in shown["nodes"]) == shown["params"]


def test_show_writes_to_a_file(tmp_path: Path) -> None:
    out = tmp_path / "mlp.txt"
    assert main.run(["show", "mlp", "-o", str(out)]) == 0
    assert "relu(x @ W1 + b1)" in out.read_text(encoding="utf-8")
