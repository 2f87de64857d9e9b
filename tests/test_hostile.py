"""Files that were made to break things: each ends within 5 seconds and 500 MB, with one message and exit code 2."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from graphc.cli.main import run

resource = pytest.importorskip("resource")

SECONDS, MEMORY = 5, 500 * 1024**2
ROOT = Path(__file__).parents[1]

DEEP = "brackets are more than 200 deep"
HUGE = {
    "100,000 brackets": ("y = " + "(" * 100_000, DEEP),
    "100,000 balanced brackets": ("y = " + "exp(" * 100_000 + "1" + ")" * 100_000, DEEP),
    "100,000 signs": ("y = " + "-" * 90_000 + "1", "nested too deeply"),
    "a tower of powers": ("y = 9**9**9**9", "more than 4000 digits"),
    "a tower of a function": ("f(x) = x**x\ny = f(f(f(f(9))))", "more than 4000 digits"),
    "a huge number": ("y = 1e999999999", "more than 4000 digits"),
    "a huge product": ("y = " + "*".join(["9" * 3900] * 4000), "more than 4000 digits"),
    "a huge size": (f"input x[{','.join('abcdefg')}]\ny[i<(((a+b+c+d+e+f+g)**8)**8)**8] = i", "more than 4,096 terms"),
    "doubling functions": (
        "f0(x) = x + x\n" + "".join(f"f{i + 1}(x) = f{i}(x) + f{i}(x)\n" for i in range(60)) + "input z\ny = f60(z)",
        "000 parts",
    ),
    "doubling functions in many statements": (
        "f0(x) = x + x\n"
        + "".join(f"f{i + 1}(x) = f{i}(x) + f{i}(x)\n" for i in range(10))
        + "input z\n"
        + "".join(f"y{i} = f10(z + {i})\n" for i in range(100)),
        "000 parts",
    ),
    "a ring of functions": (
        "".join(f"f{i}(x) = f{(i + 1) % 3000}(x)\n" for i in range(3000)) + "y = f0(1)",
        "`f0` calls itself through",
    ),
    "a ring of equations": ("".join(f"y{i} = y{(i + 1) % 3000}\n" for i in range(3000)), "a cycle: y0 needs y1"),
    "a 50 MB line": ("y = x" + " + x" * 12_500_000, "larger than 16 MB"),
    "a 15 MB line": ("y = x" + " + x" * 3_700_000, "too long"),
    "a million statements": ("y = 1\n" * 1_000_000, "too long"),
    "one name of 10 MB": ("a" * 10_000_000 + " = 1", "this name has more than 255 characters"),
    "a million comments in a bracket": ("y = (x" + "#\n" * 1_000_000 + " ^)", "expected"),
}
STRANGE = {
    "100,000 closing brackets": ("y = " + ")" * 100_000, "this `)` closes nothing"),
    "brackets 201 deep": ("y = " + "(" * 201 + "1" + ")" * 201, DEEP),
    "code in names": ("y = __import__('os').system('touch owned')", "`'` has no meaning here"),
    "code in calls": ("y = __import__(os)(open)", "expected an operator"),
    "a library's inside": ("y = exec(x.__class__)", "expected an operator, `,` or `)`, found `.__class__`"),
    "a NUL byte": ("y = 1\0", "a NUL byte"),
    "surrogates": (b"y = \xed\xa0\x80", "byte 0xed is not UTF-8"),
    "UTF-16": ("y = 1".encode("utf-16"), "is not UTF-8"),
    "a compressed file": (b"\x1f\x8b\x08\x00" + bytes(range(256)) * 100, "is not UTF-8"),
    "a program": (b"\x7fELF\x02\x01\x01\x00\x00", "a NUL byte"),
    "a terminal's commands": ("y = \x1b[0;31m] ^", "`U+001B` has no meaning here"),
}


def show(file: object, folder: Path) -> subprocess.CompletedProcess[str]:
    """`graphc show FILE` in a process that may take no more than it should."""

    def limited() -> None:
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
        resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))

    command = [sys.executable, "-m", "graphc", "show", str(file)]
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "OPENBLAS_NUM_THREADS": "1"}
    return subprocess.run(
        command, cwd=folder, env=environment, preexec_fn=limited, capture_output=True, encoding="utf-8", timeout=60
    )


def check_refused(code: int, out: str, err: str, file: str, message: str) -> None:
    assert code == 2, err
    assert out == ""
    assert err.startswith(f"{file}:")
    assert message in err
    assert len(err.splitlines()) <= 4  # what is wrong, the line, the caret, a hint
    assert all(character.isprintable() or character == "\n" for character in err)


def write(file: Path, content: str | bytes) -> None:
    file.write_bytes(content if isinstance(content, bytes) else content.encode())


@pytest.mark.parametrize("name", HUGE)
def test_a_huge_text_ends_with_one_message_within_its_limits(name, tmp_path):
    content, message = HUGE[name]
    write(tmp_path / "f.net", content)
    done = show("f.net", tmp_path)
    check_refused(done.returncode, done.stdout, done.stderr, "f.net", message)


@pytest.mark.parametrize("name", STRANGE)
def test_a_strange_text_ends_with_one_message_and_does_nothing(name, tmp_path, monkeypatch, capsys):
    content, message = STRANGE[name]
    monkeypatch.chdir(tmp_path)
    write(tmp_path / "f.net", content)
    code = run(["show", "f.net"])
    check_refused(code, *capsys.readouterr(), "f.net", message)
    assert [file.name for file in tmp_path.iterdir()] == ["f.net"]


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("pipe.net", "this is no ordinary file"),
        ("folder.net", "this is a folder"),
        ("missing.net", "there is no such file"),
        ("/dev/zero", "this is no ordinary file"),
        ("n" * 300 + ".net", "cannot be read: File name too long"),
    ],
)
def test_what_is_no_readable_file_is_refused(name, message, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    os.mkfifo("pipe.net")
    Path("folder.net").mkdir()
    code = run(["show", name])
    check_refused(code, *capsys.readouterr(), name, message)


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may read every file")
def test_a_file_that_may_not_be_read_is_refused(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    Path("f.net").touch(mode=0)
    code = run(["show", "f.net"])
    check_refused(code, *capsys.readouterr(), "f.net", "cannot be read: Permission denied")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "# a comment\n" * 1_000_000,
        "\r\r\r",
        "y = " + "(" * 200 + "1" + ")" * 200,
        "input x\ny = " + "tanh(1 - 2*" * 200 + "x" + ")" * 200,
    ],
    ids=["empty", "a million comments", "lone line ends", "brackets 200 deep", "formulas 200 deep"],
)
def test_what_is_odd_and_harmless_is_shown(text, tmp_path):
    (tmp_path / "f.net").write_text(text, newline="")
    done = show("f.net", tmp_path)
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("encoding", ["ascii", "latin-1"])
def test_an_output_without_the_text_s_characters_still_gets_the_message(encoding, tmp_path):
    (tmp_path / "ŷ.net").write_text("ŷ = x²", "utf-8")
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONIOENCODING": encoding, "PYTHONUTF8": "0"}
    command = [sys.executable, "-m", "graphc", "show", "ŷ.net", "--json"]
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, timeout=60)
    assert (done.returncode, done.stderr) == (2, b"")
    found = json.loads(done.stdout.decode(encoding.partition(":")[0]))
    assert (found["file"], found["line"], found["col"]) == ("ŷ.net", 1, 6)
    assert found["message"] == "`²` has no meaning here"
