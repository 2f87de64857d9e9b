"""The layers of the sandbox: what isolates, what is refused, what is seen inside, what is left when the grader dies."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from sandboxed import layers_or_skip, processes_below

from grader.kernel import landlock, seccomp
from grader.sandbox import NONE, Layers, NoSandbox, SandboxError, Workers, cage, interior, layers, probe
from grader.sandbox.cage import Cage
from graphc.cli.main import run

BOTH = [
    pytest.param((), id="every layer"),
    pytest.param(("bubblewrap",), id="without walls", marks=pytest.mark.slow),
]


def inside(workers: Workers, expression: str, **options) -> float:
    """What an expression is, computed inside."""
    code = f"import os, sys, numpy as np\ndef f(): return {expression}"
    with workers.open(code, **options) as student:
        answer = student.call("f", [])
    assert answer.kind == "value", answer
    return answer.values[0].tolist()


@pytest.fixture(scope="module")
def workers():
    with Workers(layers_or_skip(), jobs=2) as workers:
        yield workers


def without_walls(monkeypatch):
    monkeypatch.setattr(layers.shutil, "which", lambda name: None)


def test_what_is_missing_says_how_to_get_it(monkeypatch):
    without_walls(monkeypatch)
    monkeypatch.setattr(landlock, "version", lambda: 0)
    found = probe()
    assert not found.isolates
    assert {missing.layer for missing in found.missing} == {"bubblewrap", "landlock"}
    assert all(missing.why and missing.remedy for missing in found.missing)


def test_seccomp_and_landlock_isolate_together_and_not_alone():
    assert Layers(("bubblewrap", "rlimits")).isolates
    assert Layers(("seccomp", "landlock", "rlimits")).isolates
    assert not Layers(("seccomp", "rlimits")).isolates
    assert not Layers(("landlock", "rlimits")).isolates
    assert not Layers(("rlimits",)).isolates
    assert not NONE.isolates


def test_where_nothing_isolates_no_worker_is_started_and_grade_ends_with_3(monkeypatch, tmp_path, capsys):
    without_walls(monkeypatch)
    monkeypatch.setattr(seccomp, "available", lambda: False)
    with pytest.raises(NoSandbox, match="bubblewrap is not installed") as refused:
        Workers(probe())
    assert "apt install bubblewrap" in (refused.value.hint or "")
    (tmp_path / "solution.py").write_text("raise SystemExit('this ran')\n")
    assert run(["grade", "02-logistic/gradients", str(tmp_path / "solution.py")]) == 3
    assert "apt install bubblewrap" in capsys.readouterr().err


def test_walls_that_cannot_be_put_up_are_no_layer(monkeypatch, tmp_path):
    pretended = tmp_path / "bwrap"
    pretended.write_text("#!/bin/sh\necho no namespaces for you >&2\nexit 1\n")
    pretended.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=os.pathsep)
    found = probe()
    assert "bubblewrap" not in found.names
    (missing,) = (missing for missing in found.missing if missing.layer == "bubblewrap")
    assert "no namespaces for you" in missing.why


def test_no_sandbox_at_all_is_for_those_who_ask_for_it():
    with Workers(NONE) as workers:
        assert inside(workers, "float(os.path.exists('/proc/self'))") == 1.0


INSIDE = {
    "no other package": "float(any(os.path.exists(f'{p}/{n}') for p in sys.path for n in ('graphc', 'sympy', 'pip')))",
    "no exercise": f"float(os.path.exists({str(Path(__file__).parents[2])!r}))",
    "no processes": "float(os.path.exists('/proc/self'))",
    "no other user": "float(os.getuid() != 65534)",
    "its own process table": "float(os.getpid() != 1)",
    "a home that is empty": "float(len(os.listdir('.')))",
    "no system": "float(any(map(os.path.exists, ('/etc', '/bin', '/usr/bin', '/sys', '/tmp', '/var', '/root'))))",
    "no devices": "float(any(os.path.exists(f'/dev/{name}') for name in ('tty', 'ptmx', 'shm', 'mem', 'kmsg', 'vda')))",
    "no environment": "float(len(set(os.environ) & {'PYTHONPATH', 'SSH_AUTH_SOCK', 'GRAPHC_CANARY', 'USER'}))",
    "one thread for BLAS": "float(os.environ['OPENBLAS_NUM_THREADS'] != '1')",
    "no bytecode written": "float(not sys.dont_write_bytecode)",
    "no terminal": "float(os.isatty(0) or os.isatty(1))",
    "an empty standard input": "float(len(sys.stdin.read()))",
}


@pytest.mark.parametrize("expression", INSIDE.values(), ids=list(INSIDE))
def test_inside_there_is(expression, workers, monkeypatch):
    if "namespaces" not in workers.layers.names:
        pytest.skip("the layers here have no namespaces for each worker")
    monkeypatch.setenv("GRAPHC_CANARY", "secret")
    assert inside(workers, expression) == 0.0


def test_what_one_submission_writes_the_next_does_not_find(workers):
    assert inside(workers, "float(open('left.txt', 'w').write('abc'))") == 3.0
    assert inside(workers, "float(os.path.exists('left.txt'))") == 0.0


STANDARD = (
    "ast bisect cmath contextlib csv ctypes datetime decimal difflib enum fractions hashlib heapq inspect io json "
)
STANDARD += "logging math numbers pathlib pickle random re shutil statistics string tempfile textwrap threading timeit "
STANDARD += "types typing unittest uuid warnings zlib"


@pytest.mark.parametrize("left_out", BOTH)
def test_the_standard_library_and_all_of_numpy_work_inside(left_out):
    code = f"import {', '.join(STANDARD.split())}\nimport numpy as np\n" + (
        "def f(x):\n"
        "    rng = np.random.default_rng(0)\n"
        "    q = np.linalg.svd(x)[1].sum() + np.fft.fft(x).real.sum() + rng.normal() * 0\n"
        "    q += np.polyfit([0, 1], [0, 1], 1)[0]\n"
        "    threading.Thread(target=print, args=('from a thread',)).start()\n"
        "    with tempfile.TemporaryFile() if WRITES else io.BytesIO() as file: np.save(file, x)\n"
        "    return q + uuid.uuid4().int * 0 + len(np.testing.__name__) * 0\n"
    )
    with Workers(layers_or_skip(*left_out)) as workers, workers.open(f"WRITES = {not left_out}\n{code}") as student:
        answer = student.call("f", [np.eye(2)])
    assert answer.kind == "value", answer
    assert answer.values[0] == pytest.approx(5.0)


@pytest.mark.slow
def test_where_no_namespace_fits_into_another_each_submission_has_walls_of_its_own():
    found = layers_or_skip("namespaces")
    if "bubblewrap" not in found.names:
        pytest.skip("bubblewrap does not work here")
    with Workers(found, jobs=1) as workers:
        assert inside(workers, "float(open('left.txt', 'w').write('abc'))") == 3.0
        assert inside(workers, "float(os.path.exists('left.txt') + os.path.exists('/proc/self'))") in (0.0, 1.0)
        assert inside(workers, "float(os.path.exists('left.txt'))") == 0.0


def test_workers_wait_before_they_are_asked_for_and_none_is_used_twice(workers):
    seen = [
        inside(workers, "float(sys.modules.setdefault('mark', np) is np and 'seen' in os.environ)") for _ in range(3)
    ]
    assert seen == [0.0, 0.0, 0.0]
    assert len(processes_below(workers)) >= 2 * 2  # a keeper and a worker for each of two jobs


@pytest.mark.parametrize("left_out", BOTH)
def test_a_cage_that_was_killed_is_replaced(left_out):
    layers = layers_or_skip(*left_out)
    waiting = len({"the cage", "the keeper", "the worker"}) + ("bubblewrap" in layers.names)
    with Workers(layers) as workers:
        assert inside(workers, "1.0") == 1.0
        until(lambda: len(processes_below(workers)) >= waiting)  # none is being born that would not be killed
        for process in (killed := processes_below(workers)):
            with contextlib.suppress(ProcessLookupError):  # it has died with another
                os.kill(process, signal.SIGKILL)
        until(lambda: not killed & processes_below(workers))
        assert inside(workers, "2.0") == 2.0


def test_a_cage_of_its_own_that_was_killed_from_within_is_replaced():
    found = layers_or_skip("namespaces")
    if "bubblewrap" not in found.names:
        pytest.skip("bubblewrap does not work here")
    with Workers(found) as workers:
        assert inside(workers, "1.0") == 1.0
        forks_next = workers.processes[0]
        until(lambda: descendants(forks_next))
        for process, _ in descendants(forks_next):
            with contextlib.suppress(ProcessLookupError):
                os.kill(process, signal.SIGKILL)
        assert [inside(workers, f"{number}.0") for number in (2, 3)] == [2.0, 3.0]


def until(happened: Callable[[], object]) -> None:
    """Waits for it, not for ever."""
    end = time.monotonic() + 60
    while not happened():
        assert time.monotonic() < end
        time.sleep(0.02)


def test_several_threads_may_grade_at_once(workers):
    results: list[float] = []

    def grade(number: int) -> None:
        results.append(inside(workers, f"float({number})"))

    threads = [threading.Thread(target=grade, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(results) == [float(number) for number in range(8)]


ENDLESS = """
import sys
from grader.sandbox import Limits, Workers, probe
with Workers(probe(tuple(sys.argv[1:])), jobs=2) as workers:
    with workers.open("print('running')\\nwhile True: pass", limits=Limits(seconds=120)) as student:
        print("started", flush=True)
        student.call("f", [])
"""


@pytest.mark.parametrize("left_out", BOTH)
def test_a_grader_that_is_killed_leaves_no_process(left_out, tmp_path):
    layers_or_skip(*left_out)
    command = [sys.executable, "-c", ENDLESS, *left_out]
    there = {"cwd": Path(__file__).parents[2], "env": {**os.environ, "TMPDIR": str(tmp_path)}}
    with subprocess.Popen(command, stdout=subprocess.PIPE, **there) as grader:
        assert grader.stdout is not None
        try:
            assert grader.stdout.readline() == b"started\n"
            below = descendants(grader.pid)
        finally:
            grader.send_signal(signal.SIGKILL)
    assert len(below) >= 5
    for _ in range(400):
        if not any(runs(process, started) for process, started in below):
            return
        time.sleep(0.05)
    pytest.fail("processes of the sandbox outlived the grader")


def descendants(process: int) -> list[tuple[int, str]]:
    """(number, when it started) of each process below; the two together name it for ever."""
    listed = [(int(entry.name), *stat) for entry in Path("/proc").glob("[0-9]*") if (stat := facts(entry.name))]
    found, waiting = [], [process]
    while waiting:
        parent = waiting.pop()
        children = [(number, started) for number, above, started in listed if above == parent]
        found += children
        waiting += [number for number, _ in children]
    return found


def facts(name: str) -> tuple[int, str] | None:
    """(parent, start) of a process that lives."""
    try:
        state, parent, *rest = Path("/proc", name, "stat").read_text().rpartition(")")[2].split()
    except (OSError, ValueError):
        return None
    return None if state in "ZX" else (int(parent), rest[17])


def runs(process: int, started: str) -> bool:
    found = facts(str(process))
    return found is not None and found[1] == started


def test_closing_ends_everything_and_leaves_no_folder(tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    workers = Workers(layers_or_skip("bubblewrap"), jobs=2)
    inside(workers, "1.0", files={"a.txt": b"abc"})
    below = [(number, facts(str(number))) for number in processes_below(workers)]
    workers.close()
    for _ in range(200):
        if not any(found and facts(str(number)) == found for number, found in below):
            break
        time.sleep(0.05)
    else:
        pytest.fail("processes were left")
    assert not list(tmp_path.iterdir())


def test_a_sandbox_that_breaks_says_what_it_said(monkeypatch):
    monkeypatch.setattr(interior, "START", "raise SystemExit('broken inside')")
    monkeypatch.setattr(interior, "OPTIONS", ("-I", "-S", "-c", interior.START))
    broken = Cage(("rlimits",))
    with pytest.raises(SandboxError, match="broken inside"):
        broken.fork()
    broken.close()


def test_a_worker_that_cannot_close_itself_in_runs_nothing(monkeypatch):
    """Landlock is asked to open a path that is not there: the worker ends before the submission is loaded."""
    found = layers_or_skip("bubblewrap")
    monkeypatch.setattr(cage, "_paths", lambda home: [("/no/such/path", landlock.READ)])
    with Workers(found) as workers, pytest.raises(SandboxError, match=r"did not start.*no/such/path"):
        workers.open("print('this ran')")
