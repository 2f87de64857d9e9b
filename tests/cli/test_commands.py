"""What every command does alike, and the small ones: list, doctor, compile."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from graphc.cli.main import COMMANDS

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("command", COMMANDS)
def test_help_has_an_example_that_starts_as_it_is_typed(graphc, command):
    answer = graphc(command, "--help")
    assert answer.code == 0
    assert f"Example: graphc {command}" in answer.out


def test_help_and_list_load_neither_sympy_nor_numpy():
    code = (
        "import sys, graphc.cli.main as m\n"
        "for a in (['--help'], ['list'], ['show', '--help']): m.run(a)\n"
        "assert not {'sympy', 'numpy', 'networkx', 'lark'} & set(sys.modules), sorted(sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, check=False)
    assert done.returncode == 0, done.stderr


def test_list_gives_every_model_a_title(graphc):
    models = graphc("list", "--json").data["models"]
    assert {"logistic", "lenet5", "vgg16", "attention"} <= {model["name"] for model in models}
    assert all(model["title"] for model in models)


def test_doctor_says_how_to_get_what_is_missing(graphc):
    for finding in graphc("doctor", "--json").data["checks"]:
        assert finding["ok"] or finding["advice"] or finding["name"].startswith("sandbox"), finding


def test_an_unknown_model_gets_a_suggestion_and_exit_code_2(graphc):
    answer = graphc("show", "lenet")
    assert answer.code == 2
    assert "lenet5" in answer.err


@pytest.mark.parametrize("arguments", [["shwo"], ["show"], ["run", "logistic", "--backend", "cuda"], ["show", "--no"]])
def test_bad_usage_is_one_message_and_exit_code_2(graphc, arguments):
    answer = graphc(*arguments)
    assert answer.code == 2
    assert answer.err
    assert "Traceback" not in answer.err


def test_an_answer_goes_to_the_file_that_o_names(graphc, tmp_path):
    answer = graphc("show", "logistic", "-o", tmp_path / "table.txt")
    assert (answer.code, answer.out) == (0, "")
    assert "binary cross-entropy" in (tmp_path / "table.txt").read_text("utf-8")


def test_a_file_that_cannot_be_written_is_said(graphc, tmp_path):
    answer = graphc("show", "logistic", "-o", tmp_path / "no" / "table.txt")
    assert answer.code == 2
    assert "cannot write" in answer.err


def test_a_compiled_module_needs_numpy_alone(graphc, logistic, tmp_path):
    graphc("compile", "logistic", "--of", "y,L,dL/dw", "-o", tmp_path / "logistic.py")
    graphc("run", "logistic", "--inputs", logistic, "--of", "y,L,dL/dw", "-o", tmp_path / "expected.npz")
    code = (
        "import sys\n"
        "for name in ('sympy', 'graphc', 'networkx', 'lark'): sys.modules[name] = None\n"
        "import numpy, logistic\n"
        f"values = logistic.run(**numpy.load({str(logistic)!r}))\n"
        "numpy.savez('got.npz', **dict(zip(logistic.OUTPUTS, values)))"
    )
    subprocess.run([sys.executable, "-c", code], check=True, cwd=tmp_path)
    got, expected = np.load(tmp_path / "got.npz"), np.load(tmp_path / "expected.npz")
    assert got.files == ["y", "L", "dL/dw"]
    for name in got.files:
        np.testing.assert_array_equal(got[name], expected[name])


def test_compile_without_a_request_computes_a_whole_step(graphc):
    data = graphc("compile", "mlp", "--json").data
    assert data["of"] == ["y", "L", "dL/dW1", "dL/db1", "dL/dW2", "dL/db2"]
    compile(data["source"], "mlp.py", "exec")


def test_a_network_may_come_from_python(graphc, tmp_path):
    file = tmp_path / "mine.py"
    file.write_text(
        "import graphc as gc\n"
        "x, W, b = gc.input('x', ('n', 2)), gc.param('W', (2, 1)), gc.param('b', (1,))\n"
        "y = gc.sigma(x @ W + b)\n",
        "utf-8",
    )
    data = graphc("show", f"{file}:y", "--json").data
    assert data["params"] == 3
    assert graphc("show", f"{file}:z").code == 2


def test_a_broken_python_file_is_one_message(graphc, tmp_path):
    file = tmp_path / "broken.py"
    file.write_text("1/0\n")
    answer = graphc("show", f"{file}:net")
    assert answer.code == 2
    assert "ZeroDivisionError" in answer.err
    assert "Traceback" not in answer.err


@pytest.mark.parametrize("arguments", [["list"], ["list", "--json"], ["show", "nowhere", "--json"]])
def test_a_full_disk_is_one_message(arguments):
    with open("/dev/full", "w") as full:
        command = [sys.executable, "-m", "graphc", *arguments]
        done = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, text=True, cwd=ROOT, check=False)
    assert done.returncode == 2
    assert done.stderr
    assert "Traceback" not in done.stderr


def test_a_file_that_prints_or_exits_spoils_no_answer(graphc, tmp_path):
    prints, exits = tmp_path / "prints.py", tmp_path / "exits.py"
    prints.write_text("import graphc as gc\nprint('hello')\nx = gc.input('x', 3)\ny = gc.exp(x)\n", "utf-8")
    exits.write_text("import sys\nsys.exit(7)\n", "utf-8")
    assert graphc("show", f"{prints}:y", "--json").data["nodes"] != []
    answer = graphc("show", f"{exits}:y")
    assert answer.code == 2
    assert "SystemExit" in answer.err
