"""Every file of `submissions` tries what its first sentence says. None gains, harms, stays, or takes too long.

An attack that reaches what it should not answers 666. Beside each attack stands another submission in the same sandbox,
which has to go on answering rightly.
"""

from __future__ import annotations

import ast
import os
import re
import socket
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from sandboxed import layers_or_skip, processes_below

from grader.sandbox import Answer, Limits, Workers

SUBMISSIONS = sorted(Path(__file__).with_name("submissions").glob("*.py"))
REACHED = 666.0
PORT = 47813  # the one that the attacks over the network try
LEFT = "left-by-an-attack"
ROUNDS = 3
GRACE_SECONDS = 30.0
HEAVY = {"memory_bomb", "memory_in_python", "memory_files", "endless_output", "endless_errors", "huge_message"}

BESIDE = {
    "shadowed_modules": dict.fromkeys(
        ["numpy.py", "sitecustomize.py", "json.py", "usercustomize.py"], b"SHADOW = True\n"
    )
}
NEIGHBOUR = "import numpy as np\ndef gradients(x, t, w, b): return ((x @ w + b - t)[:, None] * x).mean(axis=0)\n"


def described(path: Path) -> tuple[set[str], list[str], float]:
    """The kinds of answer that an attack may get, words of which one is in its message, and its limit in seconds."""
    text = ast.get_docstring(ast.parse(path.read_text())) or ""
    expected = re.search(r"^Expected: ([a-z, -]+?)(?: \((.*)\))?\.$", text, re.MULTILINE)
    seconds = re.search(r"^Seconds: ([0-9.]+)\.$", text, re.MULTILINE)
    assert expected, f"{path.name} does not say what it gets"
    words = expected[2].split(", ") if expected[2] else []
    return set(expected[1].split(", ")), words, float(seconds[1]) if seconds else 10.0


@pytest.fixture(scope="module", params=["every layer", pytest.param("without walls", marks=pytest.mark.slow)])
def workers(request) -> Iterator[Workers]:
    os.environ["GRAPHC_CANARY"] = "secret"
    left_out = () if request.param == "every layer" else ("bubblewrap",)
    with Workers(layers_or_skip(*left_out)) as workers:
        yield workers
    del os.environ["GRAPHC_CANARY"]


@pytest.fixture(scope="module")
def server() -> Iterator[socket.socket]:
    with socket.create_server(("127.0.0.1", PORT), reuse_port=True) as server:
        server.setblocking(False)
        yield server


@pytest.fixture(scope="module")
def neighbour(workers):
    with workers.open(NEIGHBOUR) as neighbour:
        yield neighbour


def asked(rng: np.random.Generator) -> list[np.ndarray]:
    return [rng.normal(size=(4, 3)), rng.normal(size=4), rng.normal(size=3), np.array(rng.normal())]


def right(x: np.ndarray, t: np.ndarray, w: np.ndarray, b: np.ndarray) -> np.ndarray:
    return ((x @ w + b - t)[:, None] * x).mean(axis=0)


def earns(answer: Answer, expected: np.ndarray) -> bool:
    values = answer.values
    return len(values) == 1 and values[0].shape == expected.shape and bool(np.allclose(values[0], expected))


def left_files() -> list[Path]:
    folders = (
        Path.cwd(),
        Path.home(),
        Path(tempfile.gettempdir()),
        Path("/"),
        Path("/dev/shm"),
        Path(np.__file__).parent,
    )
    return [folder / LEFT for folder in folders if (folder / LEFT).exists()]


def each() -> list:
    """The attacks; those that run until something stops them are slow."""
    until_stopped = [path for path in SUBMISSIONS if "\nSeconds: " in path.read_text() or path.stem in HEAVY]
    return [pytest.param(p, id=p.stem, marks=[pytest.mark.slow] * (p in until_stopped)) for p in SUBMISSIONS]


@pytest.mark.parametrize("path", each())
def test_gains_nothing_and_harms_nobody(path, workers, neighbour, server):
    kinds, words, seconds = described(path)
    rng = np.random.default_rng(1)
    begun = time.monotonic()
    limits = Limits(seconds=seconds, memory_mb=96)
    with workers.open(path.read_text(), BESIDE.get(path.stem), limits, forbid=("torch",)) as student:
        calls = [(arguments, student.call("gradients", arguments)) for arguments in (asked(rng) for _ in range(ROUNDS))]
    assert time.monotonic() - begun < seconds + GRACE_SECONDS

    answers = [answer for _, answer in calls]
    assert not any(earns(answer, right(*arguments)) for arguments, answer in calls)
    assert not any(np.any(value == REACHED) for answer in answers for value in answer.values)
    assert answers[-1].kind in kinds, answers[-1]
    if words:
        assert any(word in answers[-1].message for word in words), answers[-1].message
    for answer in answers:
        assert len(answer.message) <= 4000
        assert answer.message.replace("\n", "").replace("\t", "").isprintable()

    arguments = asked(rng)
    assert earns(neighbour.call("gradients", arguments), right(*arguments))
    with pytest.raises(BlockingIOError):
        server.accept()
    assert not left_files()
    assert ends(workers), "a process was left"


def ends(workers: Workers) -> bool:
    """Whether, after a while in which the kernel buries the dead, only those processes are there that should be."""
    of_the_cage = len({"bubblewrap", "zygote"} if "bubblewrap" in workers.layers else {"zygote"})
    of_the_others = 2 * len({"neighbour", "the one that waits"})  # each a keeper and a worker
    for _ in range(200):
        if len(processes_below(workers)) <= of_the_cage + of_the_others:
            return True
        time.sleep(0.05)
    return False


def test_there_are_many_attacks_and_each_says_what_it_tries():
    first = [(ast.get_docstring(ast.parse(path.read_text())) or "").split("\n")[0] for path in SUBMISSIONS]
    assert len(set(first)) == len(SUBMISSIONS) >= 30
    assert all(re.fullmatch(r"[A-Z][^.]+\.?.*\.", sentence) for sentence in first)
