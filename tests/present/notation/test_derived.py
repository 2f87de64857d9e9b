"""Whole derivations in a terminal, in Markdown, in LaTeX and as data."""

from __future__ import annotations

import json as json_module
import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from sample_derivations import expression, logistic, step

import graphc as gc
from graphc.derivation.derive import derive
from graphc.derivation.step import Check, Derivation
from graphc.present.boxes import columns
from graphc.present.derived import json, latex, markdown, text

ZOOMS = ("graph", "index", "scalar")
MODELS = ("logistic", "deep3", "softmax-classifier", "rnn", "cnn2")
FORMS = (text, markdown, latex, json)


@pytest.fixture(scope="module", params=MODELS)
def derived(request: pytest.FixtureRequest) -> Derivation:
    net = gc.load(request.param)
    assert net.loss is not None
    return derive(net.loss, net.params[:2], net)


def in_order(found: str, pieces: list[str]) -> bool:
    place = 0
    for piece in pieces:
        place = found.find(piece, place) + 1
        if not place:
            return False
    return True


def test_the_lecture_s_chain_stands_in_the_terminal_line_by_line() -> None:
    assert in_order(
        text.render(logistic()),
        [
            "∂L/∂y[i]    = (−t[i]/y[i] + (1 − t[i])/(1 − y[i]))/n",
            "∂y[i]/∂a[i] = σ(a[i])·(1 − σ(a[i]))",
            "∂a[i]/∂w[j] = x[i,j]",
            "∂L/∂w[j] = Σᵢ ∂L/∂y[i] · ∂y[i]/∂a[i] · ∂a[i]/∂w[j]",
            "         = Σᵢ (−t[i]/y[i] + (1 − t[i])/(1 − y[i]))/n · σ(a[i])·(1 − σ(a[i]))",
            "         = Σᵢ (−t[i]/y[i] + (1 − t[i])/(1 − y[i]))/n · y[i]·(1 − y[i])",
            "Given: y[i] is neither 0 nor 1.",
            "Result",
            "∂L/∂w    = xᵀ(y − t)/n",
        ],
    )


@pytest.mark.parametrize("zoom", ZOOMS)
def test_no_line_is_wider_than_a_terminal(derived: Derivation, zoom: str) -> None:
    for line in text.render(derived, zoom).splitlines():
        assert columns(line) <= 80
        assert line == line.rstrip()


def test_a_narrow_terminal_is_respected_too() -> None:
    lines = text.render(logistic(), "scalar", width=60).splitlines()
    assert max(map(columns, lines)) <= 60


@pytest.mark.parametrize("form", [text, markdown, latex])
def test_a_closer_zoom_shows_what_unfolds_a_step(form: ModuleType) -> None:
    graph, scalar = form.render(logistic(), "graph"), form.render(logistic(), "scalar")
    assert "quotient rule" not in graph.lower()
    assert "quotient rule" in scalar.lower()
    if form is text:
        assert "--zoom scalar unfolds 1 more" in graph
        assert "--zoom" not in scalar


@pytest.mark.parametrize("form", [text, markdown, latex])
def test_folded_steps_are_one_line_that_says_how_many_they_are(form: ModuleType) -> None:
    whole = logistic()
    steps = tuple(replace(one, folded=one.id in ("5", "6")) for one in whole.steps)
    folded = form.render(replace(whole, steps=steps))
    assert "5 – 6" in folded or "5 -- 6" in folded
    assert "2 steps" in folded
    assert "name back" not in folded
    assert "name back" in form.render(replace(whole, steps=steps), "scalar").lower()


def test_a_step_that_is_not_confirmed_is_marked_and_named() -> None:
    whole = logistic()
    steps = tuple(replace(one, check=Check("random points", one.id != "4")) for one in whole.steps)
    found = text.render(replace(whole, steps=steps))
    assert re.search(r"chain rule ✗$", found, re.MULTILINE)
    assert "✗ Not confirmed: step 4." in found
    assert "✓ 7 of 8 steps are checked: 7 by random points." in found


def test_a_reason_is_said_once() -> None:
    found = text.render(logistic())
    assert found.count("The derivative of the function") == 1


def test_the_network_s_own_equations_come_first() -> None:
    net = gc.load("mlp")
    assert net.loss is not None
    found = text.render(derive(net.loss, [net["W1"]], net))
    assert in_order(found, ["h = relu(x W₁ + b₁)", "y = σ(h W₂ + b₂)", "L = mean(binary_cross_entropy(y, t))", "1  "])


# -- data


def test_the_data_have_the_keys_that_programs_rely_on(derived: Derivation) -> None:
    data = json_module.loads(json.render(derived))
    assert data["schema"] == "graphc/derive/1"
    assert data["of"] == derived.of
    assert data["wrt"] == list(derived.wrt)
    keys = {"id", "rule", "title", "before", "after", "latex", "why", "uses", "conditions", "check", "children"}
    steps = list(every(data["steps"]))
    assert all(keys <= one.keys() for one in steps)
    assert [one["id"] for one in steps] == [one.id for one in derived.walk()]
    assert len({one["id"] for one in steps}) == len(steps)
    for name, result in data["result"].items():
        assert {"text", "indices", "latex", "matrix"} <= result.keys()
        assert name in {f"d{derived.of}/d{by}" for by in derived.wrt}


def every(steps: list[Any]) -> Iterator[Any]:
    for one in steps:
        yield one
        yield from every(one["children"])


def test_what_the_data_call_text_is_the_language(derived: Derivation) -> None:
    by_id = {one.id: one for one in derived.walk()}
    data = json_module.loads(json.render(derived))
    for one in every(data["steps"]):
        assert expression(one["before"]) is by_id[one["id"]].before
        assert expression(one["after"]) is by_id[one["id"]].after
    for name, result in data["result"].items():
        assert expression(result["text"]) is derived.result[name].body


def test_a_tower_of_children_is_no_tower_of_calls() -> None:
    tower = step(0, "put_in", "a", "a")
    for number in range(1, 3000):
        tower = replace(tower, id=str(number), children=(tower,))
    assert len(list(every_flat(json.data(replace(logistic(), steps=(tower,)))["steps"]))) == 3000


def every_flat(steps: list[Any]) -> Iterator[Any]:
    pending = list(steps)
    while pending:
        one = pending.pop()
        yield one
        pending += one["children"]


# -- LaTeX and Markdown


def test_latex_is_plain_letters_and_closes_what_it_opens(derived: Derivation) -> None:
    found = latex.render(derived, "scalar")
    assert found.isascii()
    opened = re.findall(r"\\begin\{([^}]*)\}", found)
    assert sorted(opened) == sorted(re.findall(r"\\end\{([^}]*)\}", found))
    assert found.count("{") == found.count("}")
    assert found.count(r"\left") == found.count(r"\right")


def test_an_article_that_takes_the_latex_in_compiles(derived: Derivation, tmp_path: Path) -> None:
    compiler = shutil.which("pdflatex")
    if compiler is None:
        pytest.skip("there is no pdflatex here")
    (tmp_path / "derivation.tex").write_text(latex.render(derived, "scalar"))
    (tmp_path / "article.tex").write_text(
        "\\documentclass{article}\n\\usepackage{amsmath}\n\\begin{document}\n\\input{derivation}\n\\end{document}\n"
    )
    command = [compiler, "-interaction=nonstopmode", "-halt-on-error", "article.tex"]
    ran = subprocess.run(command, cwd=tmp_path, capture_output=True, timeout=60, check=False)
    assert ran.returncode == 0, ran.stdout.decode(errors="replace")[-2000:]


def test_markdown_has_no_backslash_before_a_sign_in_its_formulas(derived: Derivation) -> None:
    """GitHub takes such a backslash for its own; and a less-than sign may start a tag."""
    found = markdown.render(derived, "scalar")
    blocks = found.split("$$")[1::2]
    assert blocks
    assert not any(re.search(r"\\[^a-zA-Z]|<", block) for block in blocks)
    assert not any(word in found for word in ("operatorname", "mbox", "phantom"))
    assert found.count("<details>") == found.count("</details>") > 0


@pytest.mark.parametrize("form", FORMS)
def test_each_form_ends_its_last_line(form: ModuleType) -> None:
    found = form.render(logistic())
    assert found.endswith("\n")
    assert not found.endswith("\n\n")


def rows(found: str) -> list[str]:
    """The rows of all equations."""
    blocks = re.findall(r"\\begin\{align\*\}\n(.*?)\\end\{align\*\}", found, re.DOTALL)
    return [row for block in blocks for row in block.split(" \\\\\n")]


def test_long_equations_are_broken_into_rows_that_fit_a_page() -> None:
    wide = " + ".join(f"exp(-a[i])*(x[i,{n}] - sigma(b))/c" for n in range(12))
    inside = f"sum[i]((({wide})*y[i])/n)"
    chain = (
        step(1, "chain_rule", "dL_dw[j]", wide),
        step(2, "put_in", wide, inside),
        step(3, "cancel", inside, "x[0,j]"),
    )
    found = rows(latex.render(replace(logistic(), steps=chain, result={})))
    assert len(found) > 8
    assert max(len(row) for row in found) < 400
    assert sum(r"\tag" in row for row in found) == 3
    assert all("&" in row for row in found)


def test_what_a_sentence_says_is_no_command() -> None:
    odd = step(1, "chain_rule", "dL_dw[j]", "x[0,j]", r"50% of a_b & $c^2 \input{x} <b> *d* | ∂L/∂ŷ − Σᵢ é 字")
    whole = replace(logistic(), steps=(odd,))
    found = latex.render(whole)
    assert r"50\% of a\_b \& \$c\textasciicircum{}2 \textbackslash{}input\{x\} $<$b$>$" in found
    assert r"\<b\> \*d\* \|" in markdown.render(whole)
    assert "<b> *d* |" in text.render(whole)


@pytest.mark.parametrize("form", [text, markdown, latex])
def test_what_a_terminal_would_obey_is_not_passed_on(form: ModuleType) -> None:
    found = form.render(replace(logistic(), model="a\x1b[31m\nb"))
    assert all(character.isprintable() or character == "\n" for character in found)
    assert "a\n" not in found
