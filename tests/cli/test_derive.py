"""`graphc derive` as a person meets it: models, names, forms, files, mistakes"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

import graphc as gc
from graphc.derivation.derive import derive
from graphc.derivation.step import Check
from graphc.present.coloured import coloured
from graphc.present.derived.text import render

ROOT = Path(__file__).parents[2]


def test_the_derivation_is_text_by_default_and_ends_in_the_gradient(graphc):
    answer = graphc("derive", "logistic", "--wrt", "w")
    assert (answer.code, answer.err) == (0, "")
    assert "∂y[i]/∂a[i]" in answer.out
    assert "chain rule" in answer.out
    assert "\x1b" not in answer.out


@pytest.mark.parametrize(
    ("form", "sign"),
    [("text", "∂L/∂w"), ("markdown", "# "), ("latex", r"\partial"), ("html", "<!DOCTYPE html>"), ("json", '"steps"')],
)
@pytest.mark.parametrize("zoom", ["graph", "index", "scalar"])
def test_every_form_is_written_at_every_zoom(graphc, form, sign, zoom):
    answer = graphc("derive", "logistic", "--format", form, "--zoom", zoom)
    assert (answer.code, answer.err) == (0, "")
    assert sign in answer.out
    assert answer.out.endswith("\n")


@pytest.mark.parametrize(
    ("name", "sign"), [("d.txt", "∂L"), ("d.md", "# "), ("d.tex", r"\partial"), ("d.html", "<math"), ("d.json", "{")]
)
def test_the_form_follows_the_ending_of_the_file(graphc, tmp_path, name, sign):
    answer = graphc("derive", "logistic", "-o", tmp_path / name)
    assert (answer.code, answer.out) == (0, "")
    assert sign in (tmp_path / name).read_text("utf-8")


def test_a_form_that_is_asked_for_is_stronger_than_the_ending(graphc, tmp_path):
    graphc("derive", "logistic", "--format", "latex", "-o", tmp_path / "d.txt")
    assert r"\partial" in (tmp_path / "d.txt").read_text("utf-8")


def test_json_is_the_json_form_and_has_all_zooms(graphc):
    short, long = graphc("derive", "logistic", "--json"), graphc("derive", "logistic", "--format", "json")
    assert short.data == long.data
    assert short.data["schema"] == "graphc/derive/1"
    assert (short.data["of"], short.data["wrt"]) == ("L", ["w", "b"])
    assert set(short.data["result"]) == {"dL/dw", "dL/db"}
    assert short.data["result"]["dL/dw"]["indices"] == ["j"]
    pending, zooms = list(short.data["steps"]), set()
    while pending:
        step = pending.pop()
        assert {"id", "rule", "title", "before", "after", "latex", "why", "uses", "conditions", "check"} <= set(step)
        assert step["check"]["ok"]
        zooms.add(step["zoom"])
        pending += step["children"]
    assert zooms == {"graph", "index", "scalar"}


def test_json_goes_to_stdout_and_to_the_file(graphc, tmp_path):
    answer = graphc("derive", "logistic", "--json", "-o", tmp_path / "d.json")
    assert json.loads((tmp_path / "d.json").read_text("utf-8")) == answer.data


def test_several_parameters_in_one_option_or_in_several(graphc):
    assert graphc("derive", "mlp", "--wrt", "W1,b2", "--json").data["wrt"] == ["W1", "b2"]
    assert graphc("derive", "mlp", "--wrt", "W1", "--wrt", "b2", "--json").data["wrt"] == ["W1", "b2"]


def test_any_tensor_may_be_differentiated_by_any_other(graphc):
    data = graphc("derive", "logistic", "--of", "y", "--wrt", "a", "--json").data
    assert (data["of"], data["wrt"]) == ("y", ["a"])
    assert "dy/da" in data["result"]
    assert set(graphc("derive", "deep3", "--wrt", "C", "--json").data["result"]) == {"dl/dC"}


def test_the_result_put_into_the_file_is_the_gradient(graphc, logistic, tmp_path):
    result = graphc("derive", "logistic", "--wrt", "w", "--json").data["result"]["dL/dw"]
    net = tmp_path / "with.net"
    text = (ROOT / "graphc" / "models" / "logistic.net").read_text("utf-8")
    net.write_text(f"{text}\ng[{','.join(result['indices'])}] = {result['text']}\n", "utf-8")
    values = graphc("run", net, "--inputs", logistic, "--of", "g,dL/dw", "--json").data["values"]
    assert values[0]["value"] == pytest.approx(values[1]["value"], rel=1e-12)


def test_a_network_from_python_is_derived_by_its_variables_names(graphc, tmp_path):
    file = tmp_path / "mine.py"
    file.write_text(
        "import graphc as gc\n"
        "x, t, w = gc.input('x', ('n',)), gc.input('t', ('n',)), gc.param('w')\n"
        "y = w*x\nL = gc.mean(gc.squared_error(y, t))\n",
        "utf-8",
    )
    answer = graphc("derive", f"{file}:L")
    assert answer.code == 0
    assert "∂L/∂w" in answer.out


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["lenet5", "--wrt", "W33"], "did you mean `W3`"),
        (["lenet5", "--of", "zz"], "no tensor `zz`"),
        (["attention", "--wrt", "tok"], "`tok` cannot be differentiated by: it holds integers"),
        (["logistc"], "logistic"),
        (["logistic", "--zoom", "atom"], "atom"),
        (["logistic", "--format", "pdf"], "pdf"),
    ],
)
def test_a_mistake_is_one_message_and_exit_code_2(graphc, arguments, said):
    answer = graphc("derive", *arguments)
    assert (answer.code, answer.out) == (2, "")
    assert said in answer.err
    assert "Traceback" not in answer.err


def test_a_step_that_is_not_confirmed_shows_and_gives_exit_code_4(graphc, monkeypatch):
    found = derive(gc.load("logistic").loss, [gc.load("logistic")["w"]])
    first = replace(found.steps[0], check=Check("random points, 50 digits", False))
    doubtful = replace(found, steps=(first, *found.steps[1:]))
    monkeypatch.setattr("graphc.cli.deriving._derived", lambda *given: doubtful)
    answer = graphc("derive", "logistic", "--wrt", "w")
    assert answer.code == 4
    assert "local derivative ✗" in answer.out
    assert "✗ Not confirmed: step 1." in answer.out


def test_what_the_loss_does_not_depend_on_is_derived_as_0(graphc, tmp_path):
    net = tmp_path / "a.net"
    net.write_text("input x[n]\nparam w\nparam spare[3]\nloss L = mean(w*x)\n", "utf-8")
    answer = graphc("derive", net, "--wrt", "spare")
    assert answer.code == 0
    assert "∂L/∂spare[i] = 0" in answer.out
    assert "L does not depend on spare: nothing that it is made from reads it." in " ".join(answer.out.split())
    assert gc.derive(gc.load(net), "spare").text() == answer.out
    assert graphc("derive", net, "--wrt", "spare", "--json").data["result"]["dL/dspare"]["text"] == "0"


def test_without_parameters_the_inputs_are_meant_and_without_a_loss_it_says_what_is_missing(graphc, tmp_path):
    net = tmp_path / "a.net"
    net.write_text("input x[n]\ny = exp(x)\n", "utf-8")
    assert "--of NAME" in graphc("derive", net).err
    assert set(graphc("derive", net, "--of", "y", "--json").data["result"]) == {"dy/dx"}
    net.write_text("c = 2\n", "utf-8")
    assert "`c` depends on nothing" in graphc("derive", net).err


def test_errors_as_json_stand_alone(graphc):
    answer = graphc("derive", "lenet5", "--wrt", "W33", "--json")
    assert answer.code == 2
    assert answer.data["schema"] == "graphc/error/1"


def test_a_derivation_can_be_read_where_only_ascii_is_shown():
    command = [sys.executable, "-m", "graphc", "derive", "logistic"]
    environment = {"PYTHONIOENCODING": "ascii", "PATH": "/usr/bin"}
    for arguments in ([], ["--json"]):
        done = subprocess.run(
            command + arguments, capture_output=True, env=environment, cwd=ROOT, text=True, encoding="ascii", check=True
        )
        assert done.stdout
    assert gc.load("logistic").name in json.loads(done.stdout)["model"]


def test_colour_changes_nothing_that_is_said():
    net = gc.load("logistic")
    derivation = derive(net.loss, net.params, net)
    text = render(derivation)
    lines = coloured(text, derivation)
    assert "\n".join("".join(piece.text for piece in line) for line in lines) + "\n" == text
    styles = {piece.text.strip(): piece.style for line in lines for piece in line}
    assert styles["chain rule"] == "cyan"
    assert styles["Result"] == "bold"


@pytest.mark.skipif(sys.platform == "win32", reason="there are no pseudo-terminals")
def test_progress_goes_to_a_terminal_alone_and_is_wiped():
    import pty

    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "graphc", "derive", "logistic", "--wrt", "w"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=theirs, cwd=ROOT) as process:
        out = process.stdout.read()
    os.close(theirs)
    assert b"\x1b" not in out
    assert os.read(ours, 4096).decode() == "deriving logistic …\r\x1b[K"
    os.close(ours)
