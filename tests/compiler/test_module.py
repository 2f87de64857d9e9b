"""The emitted module: it stands alone, reads like a program, and names the equation of every statement."""

from __future__ import annotations

import ast
import keyword
import subprocess
import sys
import traceback
from pathlib import Path

import numpy as np
import pytest
from from_text import program_of
from small import NAMES, ROOTS, arrays, at, expected

from graphc.compiler.program import compile
from graphc.graph.node import Leaf, plain_map
from graphc.graph.scalar import add, apply
from graphc.graph.size import size


def alone(tmp_path: Path, code: str, *arguments: str) -> subprocess.CompletedProcess:
    """Run a file where only NumPy can be imported."""
    file = tmp_path / "program.py"
    file.write_text(code, encoding="utf-8")
    numpy_only = tmp_path / "site"
    numpy_only.mkdir()
    packages = Path(np.__file__).parents[1]
    for entry in packages.iterdir():
        if entry.name.startswith("numpy"):
            (numpy_only / entry.name).symlink_to(entry)
    start = f"import sys, runpy; sys.path.insert(0, {str(numpy_only)!r}); sys.argv = {['program.py', *arguments]!r}; "
    start += f"runpy.run_path({str(file)!r}, run_name='__main__')"
    return subprocess.run(
        [sys.executable, "-I", "-S", "-W", "error", "-c", start],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_the_module_runs_alone_on_files(tmp_path):
    values = arrays()
    np.savez(tmp_path / "in.npz", **values)
    done = alone(tmp_path, compile(ROOTS, NAMES).source, str(tmp_path / "in.npz"), str(tmp_path / "out.npz"))
    assert done.returncode == 0, done.stderr
    with np.load(tmp_path / "out.npz") as out:
        assert sorted(out.files) == sorted(NAMES)
        for name, want in zip(NAMES, expected(**values), strict=True):
            np.testing.assert_allclose(out[name], want, rtol=1e-12)


@pytest.mark.parametrize("arguments", [(), ("in.npz",)])
def test_without_files_it_says_how_it_is_used(tmp_path, arguments):
    done = alone(tmp_path, compile(ROOTS, NAMES).source, *arguments)
    assert done.returncode == 1
    assert "usage: python" in done.stderr
    assert "Traceback" not in done.stderr


def test_it_imports_numpy_and_the_standard_library_alone():
    tree = ast.parse(compile(ROOTS, NAMES).source)
    imported = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    assert imported == {"sys", "numpy"}
    assert not any(isinstance(node, ast.ImportFrom) for node in ast.walk(tree))


def test_every_statement_stands_under_its_equation():
    lines = compile(ROOTS, NAMES).source.splitlines()
    start = next(k for k, line in enumerate(lines) if line.startswith("    def step("))
    step = lines[start + 1 :]
    assert step[0] == "        # a[i] = sum[j](x[i,j]*w[j])"
    comments = [line.strip() for line in step if line.strip().startswith("#")]
    assert "# y[i] = sigma(a[i] + b)" in comments
    assert any(comment.startswith("# dL/dw[j] = ") for comment in comments)


def test_the_users_names_are_variables():
    n = size("n")
    given = (
        Leaf("input", "θ", (n,)),
        Leaf("param", "lambda", (n,)),
        Leaf("param", "dL/dw", (n,)),
        Leaf("param", "np", (n,)),
    )
    body = add(*(at(leaf, 0) for leaf in given))
    hat = plain_map("ŷ", (n,), apply("tanh", body), "i")
    prime = plain_map("h'", (n,), apply("exp", at(hat, 0)), "i")
    program = compile([hat, prime])
    values = {leaf.name: np.ones(2) for leaf in given}
    np.testing.assert_allclose(program(**values)[1], np.exp(np.tanh([4.0, 4.0])))
    assert "np.tanh(ŷ, out=ŷ)" in program.source
    assert "h_prime" in program.source
    names = {node.id for node in ast.walk(ast.parse(program.source)) if isinstance(node, ast.Name)}
    assert not any(keyword.iskeyword(name) for name in names)
    assert {"θ", "lambda_", "dL_dw"} <= names


def test_a_size_and_a_tensor_of_one_name_do_not_meet():
    n = Leaf("input", "n", (size("n"),))
    out = plain_map("out", (size("n"),), apply("exp", at(n, 0)), "i")
    np.testing.assert_allclose(compile(out)(n=np.zeros(3)), np.ones(3))


def test_names_that_python_reads_as_one_are_kept_apart():
    n = size("n")
    same = Leaf("input", "ﬁ", (n,)), Leaf("input", "fi", (n,))
    out = plain_map("out", (n,), add(at(same[0], 0), apply("exp", at(same[1], 0))), "i")
    np.testing.assert_allclose(compile(out)(**dict(zip(["ﬁ", "fi"], np.array([[2.0], [0.0]]), strict=True))), [3.0])


def test_long_lines_are_broken():
    text = "input x[n,4]\nparam w[4]\n"
    text += "y[i] = " + " + ".join(f"sin(x[i,{k % 4}] + {k}*w[{k % 4}])*cos({k} - x[i,0])" for k in range(9))
    source = program_of(text + "\nL = sum(y)", "L,dL/dw").source
    assert max(map(len, source.splitlines())) <= 120
    assert any(line.strip().startswith("#     ") for line in source.splitlines())


def test_the_slices_of_a_window_are_one_loop():
    text = "input x[n,c,9,9]\nparam k[2,c,3,3]\nh = sin(x)\ny = conv2d(h, k)\nL = sum(y**2)"
    step = program_of(text, "L,dL/dx").source.partition("    def step(")[2]
    assert step.count("for tap, part in zip(") == 1


def test_the_same_graph_gives_the_same_text():
    assert compile(ROOTS, NAMES).source == compile(ROOTS, NAMES).source


def test_a_traceback_shows_the_line_of_the_program():
    program = compile(ROOTS, NAMES)
    try:
        program._run(*[np.ones((2, 2))] * 4)
    except ValueError:
        assert 'raise ValueError(f"`' in traceback.format_exc()
    else:
        pytest.fail("four matrices do not fit")
