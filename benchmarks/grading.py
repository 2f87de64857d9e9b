"""`python -m benchmarks.grading [--count N]`: how fast a class is graded, and with how much memory.

The exercise has four checks of code on a net of two layers; three submissions in four are right, one forgot the mean.
The peer is what any grader that starts an interpreter for each submission pays at least: `python answer.py`, two at a
time, which imports NumPy and calls the four functions once; nothing is compared.
"""

from __future__ import annotations

import argparse
import os
import resource
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from functools import partial
from pathlib import Path
from statistics import median

import numpy as np

from .machine import machine
from .table import Row, duration, show
from .timing import wait_for_quiet

EXERCISE = Path(__file__).parent / "exercise"
JOBS = 2
CALLS = """
if __name__ == "__main__":
    random = np.random.default_rng(0)
    x, W, b, V, k = (random.normal(size=size) for size in ((6, 4), (4, 5), 5, (5, 3), 3))
    t = np.eye(3)[random.integers(0, 3, 6)]
    print(hidden(x, W, b), probabilities(x, W, b, V, k), last(x, t, W, b, V, k), first(x, t, W, b, V, k))
"""
FORMULA = """
title = "A slope as a formula"
task = "task.md"
model = "model.net"

[[check]]
name = "delta"
kind = "formula"
answer = "delta[i, j]"
equals = "dL/dz[i,j]"
points = 1
"""
FEW, MANY = 1000, 10_000
OURS, PEER = "graphc", "python answer.py"


def rows_of(count: int, rounds: int) -> Iterator[Row]:
    """Each also on stderr as soon as it is known."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        students = _class(folder / "class", count)
        for part in (
            _memory(folder),  # first, as a process counts as its own the memory of the one that started it
            _speed(folder, students, rounds),
            _killed(folder, students),
            _workers(rounds),
            _processor(students),
        ):
            for row in part:
                print("measured:", row.case, *row.cells.values(), row.ratio, sep="  ", file=sys.stderr, flush=True)
                yield row


def _class(folder: Path, count: int) -> Path:
    """No two files are alike, as nothing is graded twice."""
    right = (EXERCISE / "answer.py").read_text("utf-8") + CALLS
    wrong = right.replace(" / len(x)", "")
    assert wrong != right
    for number in range(count):
        (folder / f"s{number:05}").mkdir(parents=True)
        answer = wrong if number % 4 == 3 else right
        (folder / f"s{number:05}" / "answer.py").write_text(f"{answer}\n# {number}\n", "utf-8")
    return folder


# -- speed


def _speed(folder: Path, students: Path, rounds: int) -> Iterator[Row]:
    """Whole commands, from the shell's line to the marks in a file, taking turns with the peer."""
    count = len(list(students.iterdir()))
    seconds: dict[str, list[float]] = {OURS: [], PEER: [], "again": [], "start": []}
    one = folder / "one"
    shutil.copytree(students / "s00000", one)
    for turn in range(rounds):
        ledger = folder / f"ledger{turn}.sqlite"
        wait_for_quiet()
        seconds[OURS].append(_clock(partial(_graded, students, ledger)))
        wait_for_quiet()
        seconds["again"].append(_clock(partial(_graded, students, ledger)))
        wait_for_quiet()
        seconds["start"].append(_clock(lambda: _graded(one)))
        wait_for_quiet()
        seconds[PEER].append(_clock(lambda: _peer(students)))
    each = {name: [one / (1 if name == "start" else count) for one in times] for name, times in seconds.items()}
    ratio = f"{median(each[OURS]) / median(each[PEER]):.2f} ({min(each[OURS]) / min(each[PEER]):.2f})"
    rate = f"{1 / median(each[OURS]):.1f} a second ({1 / min(each[OURS]):.1f})"
    yield Row(
        f"a submission of {count}, {JOBS} at a time",
        {OURS: _cell(each[OURS]), PEER: _cell(each[PEER])},
        ratio,
        "≤ 66 ms",
    )
    yield Row("that is", {OURS: rate, PEER: f"{1 / median(each[PEER]):.1f} a second"}, "", "≥ 15 a second")
    yield Row("a submission that is known from the ledger", {OURS: _cell(each["again"])})
    yield Row("one submission alone, whole process", {OURS: _cell(each["start"])})


def _clock(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def _cell(seconds: list[float]) -> str:
    return f"{duration(median(seconds))} ({duration(min(seconds))})"


def _command(students: Path, ledger: Path | None, exercise: Path = EXERCISE) -> list[str]:
    kept = ["--ledger", str(ledger)] if ledger is not None else []
    words = ["grade", str(exercise), str(students), "--seed", "1", "--jobs", str(JOBS), "--format", "csv", *kept]
    return [sys.executable, "-m", "graphc", *words, "-o", os.devnull]


def _graded(students: Path, ledger: Path | None = None) -> None:
    done = subprocess.run(_command(students, ledger), capture_output=True, text=True, check=False)
    if done.returncode not in (0, 1) or done.stderr:
        raise RuntimeError(f"exit code {done.returncode}: {done.stderr}")


def _peer(students: Path) -> None:
    def run(file: Path) -> None:
        one_thread = {**os.environ, "OPENBLAS_NUM_THREADS": "1"}
        subprocess.run([sys.executable, file], check=True, stdout=subprocess.DEVNULL, env=one_thread)

    with ThreadPoolExecutor(JOBS) as pool:
        list(pool.map(run, sorted(students.glob("*/answer.py"))))


# -- a worker


def _workers(rounds: int) -> Iterator[Row]:
    """One after the other: a fresh worker and its first answer, and a further answer of the same one."""
    from grader.sandbox import Limits, Workers, probe

    first, more = [], []
    with Workers(probe()) as workers:
        for _ in range(20 * rounds):
            with workers.open("def f(x):\n    return 2 * x\n", {}, Limits()) as student:
                student.call("f", [np.ones(3)])
        for _ in range(20 * rounds):
            wait_for_quiet()
            start = time.perf_counter()
            with workers.open("def f(x):\n    return 2 * x\n", {}, Limits()) as student:
                student.call("f", [np.ones(3)])
                middle = time.perf_counter()
                student.call("f", [np.ones(3)])
                end = time.perf_counter()
            first.append(middle - start)
            more.append(end - middle)
    wait_for_quiet()
    bare = [_clock(lambda: subprocess.run([sys.executable, "-c", "import numpy"], check=True)) for _ in range(5)]
    ratio = f"{median(first) / median(bare):.2f} ({min(first) / min(bare):.2f})"
    yield Row(
        "a fresh worker, until its first answer (python -c 'import numpy')",
        {OURS: _cell(first), PEER: _cell(bare)},
        ratio,
    )
    yield Row("a further answer of it", {OURS: _cell(more)})


def _processor(students: Path) -> Iterator[Row]:
    """Processor time, of which a busy machine says more than of the clock: the grader's share and the worker's own."""
    from grader.exercise import read
    from grader.grade import grade_one
    from grader.sandbox import Limits, Workers, probe
    from grader.submission import find
    from grader.submission import read as submission

    exercise, layers = read(EXERCISE), probe()
    found = [submission(*one) for one in find([students], exercise.own_files)]
    worker, bare = [], []
    with Workers(layers) as workers:
        for one in found:  # what is compiled once is compiled
            grade_one(exercise, one, workers, 1)
        before = time.process_time()
        for one in found:
            grade_one(exercise, one, workers, 1)
        grader = (time.process_time() - before) / len(found)
        for one in found:
            with workers.open(f"{one.code}\n{SPENT}", {}, Limits()) as student:
                for check in exercise.checks:
                    for case in exercise.reference(check).cases(1):
                        student.call(check.function, case.arrays())
                worker.append(float(student.call("spent", []).values[0]))
    for file in sorted(students.glob("*/answer.py")):
        before = _children()
        subprocess.run([sys.executable, file], check=True, stdout=subprocess.DEVNULL)
        bare.append(_children() - before)
    ours = grader + median(worker)
    text = f"{duration(grader)} + {duration(median(worker))}"
    title = "processor time of a submission: the grader's, the worker's"
    yield Row(title, {OURS: text, PEER: duration(median(bare))}, f"{ours / median(bare):.2f}", "≤ 133 ms")


SPENT = "import time\ndef spent():\n    return time.process_time()\n"


def _children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


# -- killed in the middle


def _killed(folder: Path, students: Path) -> Iterator[Row]:
    """`kill -9` when half are graded, then the same command: each mark is written once."""
    ledger, count = folder / "killed.sqlite", len(list(students.iterdir()))
    process = subprocess.Popen(_command(students, ledger), stderr=subprocess.DEVNULL, start_new_session=True)
    while len(_seconds(ledger)) < count / 2 and process.poll() is None:
        time.sleep(0.02)
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    before = _seconds(ledger)
    seconds = _clock(lambda: _graded(students, ledger))
    again = sum(_seconds(ledger)[key] > 0 for key in before)
    text = f"{len(before)} kept; {again} of them graded again, {count - len(before)} now, in {duration(seconds)}"
    yield Row(f"killed in the middle of {count}, and the same command", {OURS: text}, "", "none again")


def _seconds(ledger: Path) -> dict[str, float]:
    """How long each submission was graded when its mark was last written: not at all where it was known."""
    if not ledger.exists():
        return {}
    try:
        with closing(sqlite3.connect(ledger)) as tables:
            rows = tables.execute("SELECT id, json_extract(mark, '$.seconds') FROM marks").fetchall()
    except sqlite3.OperationalError:
        return {}
    return dict(rows)


# -- memory


def _memory(folder: Path) -> Iterator[Row]:
    """The largest process of the command at two sizes of the class; small submissions without code."""
    exercise = folder / "formula"
    shutil.copytree(EXERCISE, exercise)
    (exercise / "exercise.toml").write_text(FORMULA, "utf-8")
    peaks = {}
    for count in (FEW, MANY):
        students = folder / f"small{count}"
        for number in range(count):
            (students / f"s{number:05}").mkdir(parents=True)
            (students / f"s{number:05}" / "answers.txt").write_text(
                f"delta[i,j] = (p[i,j] - t[i,j])/n + {number % 7}*0\n"
            )
        process = subprocess.Popen(_command(students, folder / f"small{count}.sqlite", exercise))
        _, status, used = os.wait4(process.pid, 0)
        if os.waitstatus_to_exitcode(status) not in (0, 1):
            raise RuntimeError(f"exit code {os.waitstatus_to_exitcode(status)}")
        peaks[count] = used.ru_maxrss / 1024
        yield Row(f"peak memory of the largest process, {count:,} submissions", {OURS: f"{peaks[count]:.0f} MB"})
    grown = (peaks[MANY] - peaks[FEW]) * 1024 / (MANY - FEW)
    yield Row("growth for a submission more", {OURS: f"{grown:.1f} kB"}, f"{peaks[MANY] / peaks[FEW]:.2f}", "≤ 1.3")


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.grading", description=__doc__)
    parser.add_argument("--count", type=int, default=200, help="submissions of the class (default 200)")
    parser.add_argument("--rounds", type=int, default=3, help="turns that each gets (default 3)")
    parser.add_argument("-o", type=Path, metavar="FILE", help="write the table and the machine to a file as well")
    asked = parser.parse_args()
    load = f"Load at the start {os.getloadavg()[0]:.1f}."
    text = f"{show(list(rows_of(asked.count, asked.rounds)), [OURS, PEER])}\n\n{machine()} {load}\n"
    print(text, end="")
    if asked.o:
        asked.o.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
