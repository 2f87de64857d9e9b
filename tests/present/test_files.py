"""Pictures as files: well formed, safe, and drawn where nothing is installed."""

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
from graphc.graph.node import Leaf, plain_map
from graphc.graph.scalar import Index, affine, mul
from graphc.graph.size import size
from graphc.language.errors import GraphcError
from graphc.present.boxes import columns, wrapped
from graphc.present.files import ENDINGS, draw
from graphc.present.picture import picture

HOSTILE = "</text><script>alert(1)</script>\"'&\x00\x1b]0;"


def hostile() -> Network:
    """Names that no `.net` file can hold, but nodes made in Python can."""
    x = Leaf("input", f"x{HOSTILE}", (size("n"),))
    w = Leaf("param", f"w{HOSTILE}", (size("n"),))
    at = (affine(Index(0)),)
    y = plain_map(f"y{HOSTILE}", (size("n"),), mul(x.read(at), w.read(at)), (f"i{HOSTILE}",))
    net = Network.of([y], name="net")
    net.title = HOSTILE
    return net


@pytest.fixture
def no_dot(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))


@pytest.mark.parametrize("model", models.names())
def test_the_svg_of_every_model_is_well_formed(model: str) -> None:
    root = ElementTree.fromstring(draw(picture(load(model)), ".svg"))
    assert root.tag.endswith("svg")
    texts = ["".join(text.itertext()) for text in root.iter("{http://www.w3.org/2000/svg}text")]
    assert any("parameters" in text for text in texts)


@pytest.mark.parametrize("ending", [".svg", ".html"])
def test_names_are_escaped(ending: str) -> None:
    text = draw(picture(hostile()), ending).decode()
    assert "<script" not in text
    assert "\x00" not in text
    assert "\x1b" not in text
    body = re.search(r"<svg.*</svg>", text, re.DOTALL)
    assert body is not None
    ElementTree.fromstring(body[0])


def test_names_are_escaped_for_dot() -> None:
    text = draw(picture(hostile()), ".dot").decode()
    assert "<script" not in text
    assert "\x00" not in text


@pytest.mark.skipif(shutil.which("dot") is None, reason="the program dot is not installed")
@pytest.mark.parametrize("net", [hostile, lambda: load("vgg16")])
@pytest.mark.parametrize(("ending", "start"), [(".png", b"\x89PNG"), (".pdf", b"%PDF")])
def test_dot_draws_what_we_write(net: object, ending: str, start: bytes) -> None:
    assert callable(net)
    assert draw(picture(net()), ending).startswith(start)


@pytest.mark.usefixtures("no_dot")
@pytest.mark.parametrize("ending", [".svg", ".html", ".dot"])
def test_pictures_are_drawn_where_dot_is_not_installed(ending: str) -> None:
    assert b"max_pool2d" in draw(picture(load("lenet5")), ending).replace(b"&#160;", b" ")


@pytest.mark.usefixtures("no_dot")
@pytest.mark.parametrize("ending", [".png", ".pdf"])
def test_without_dot_the_error_says_how_to_get_it(ending: str) -> None:
    with pytest.raises(GraphcError, match="needs the program `dot`") as caught:
        draw(picture(load("mlp")), ending)
    assert "graphviz" in str(caught.value)


def test_a_page_loads_and_runs_nothing() -> None:
    page = draw(picture(load("attention")), ".html").decode()
    assert not re.search(r"<script|<link|<img|src=|@import|url\((?!#)", page)
    assert "https://" not in page
    assert page.count("http://") == page.count('xmlns="http://www.w3.org/2000/svg"')
    assert "prefers-color-scheme: dark" in page
    assert "2,618" in page


def test_kinds_are_told_apart_by_shape_too() -> None:
    text = draw(picture(load("mlp")), ".svg").decode()
    assert text.count("<polygon") == 1
    assert text.count('class="ring') == 1


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("= short", ["= short"]),
        (
            "c1[n,o,p,q] = relu(conv2d(x, K1)[n,o,p,q] + b1[o])",
            ["c1[n,o,p,q] =", "  relu(conv2d(x, K1)[n,o,p,q] + b1[o])"],
        ),
        ("a" * 100, ["a" * 42, "a" * 42, "a" * 16]),
        ("", []),
    ],
)
def test_formulas_are_folded_outside_brackets_where_they_can_be(text: str, lines: list[str]) -> None:
    assert wrapped(text, 42, 4) == lines


def test_a_long_formula_is_cut() -> None:
    lines = wrapped(" + ".join(f"term{k}" for k in range(5000)), 40, 3)
    assert len(lines) == 3
    assert lines[-1].endswith("…")
    assert all(columns(line) <= 40 for line in lines)


def test_wide_characters_take_two_columns() -> None:
    assert all(columns(line) <= 20 for line in wrapped("損失 = 平均(二乗誤差(予測, 目標))", 20, 4))


@pytest.mark.parametrize("ending", [each for each in ENDINGS if each not in (".png", ".pdf")])
def test_render_writes_each_kind_of_file(ending: str, tmp_path: Path) -> None:
    out = tmp_path / f"mlp{ending}"
    assert main.run(["render", "mlp", "-o", str(out)]) == 0
    assert out.stat().st_size > 1000


def test_render_as_json_says_what_is_drawn(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "mlp.svg"
    assert main.run(["render", "mlp", "--json", "-o", str(out)]) == 0
    said = json.loads(capsys.readouterr().out)
    assert (said["schema"], said["file"]) == ("graphc/render/1", str(out))
    assert len(said["nodes"]) == 5
