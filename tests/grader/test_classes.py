"""A class: nothing is graded twice, nothing is lost, one submission's trouble is nobody else's."""

from __future__ import annotations

import contextlib
import io
import json
import os
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from rooms import MODEL, Room, plain

import graphc as gc
from grader.classes import Ledger, LedgerError, Shard, merge
from grader.classes.crew import Crew
from grader.classes.keys import check_keys, exercise_key, submission_key
from grader.exercise import read
from grader.report.changes import changes, text
from grader.sandbox import SandboxError, Workers
from grader.submission import find
from grader.submission import read as read_submission
from graphc.cli.grading_class import progress


@pytest.fixture
def room(tmp_path):
    return Room(tmp_path)


def test_what_was_graded_is_not_graded_again(room):
    room.hands_in("anna", "ben", twice=" * 2")
    room.hands_in("cleo")
    first = room.grade()
    assert [mark.score for mark in first.marks] == [2, 2, 6]
    assert room.runs == ["anna", "ben", "cleo"]
    assert plain(room.grade()) == plain(first)
    assert room.runs == ["anna", "ben", "cleo"]
    room.hands_in("ben")
    assert [mark.score for mark in room.grade().marks] == [2, 6, 6]
    assert room.runs == ["anna", "ben", "ben", "cleo"]


def test_a_sandbox_that_broke_is_told_and_not_kept(room, monkeypatch):
    room.hands_in("anna", "ben")

    def breaks(workers, *submission, **options):
        raise SandboxError("the sandbox does not answer")

    with monkeypatch.context() as broken:
        broken.setattr(Workers, "open", breaks)
        marks = room.grade().marks
    assert [(mark.status, mark.score) for mark in marks] == [("error", 0)] * 2
    assert all("the sandbox does not answer" in mark.message for mark in marks)
    assert [mark.score for mark in room.grade().marks] == [6, 6]


def test_another_seed_is_another_grading(room):
    room.hands_in("anna")
    room.grade(seed=3)
    room.grade(seed=4)
    assert room.runs == ["anna", "anna"]


def test_a_submission_that_moves_keeps_its_results(room):
    room.hands_in("anna")
    room.grade()
    (room.students / "anna").rename(room.students / "zoe")
    (mark,) = room.grade().marks
    assert (mark.id, mark.score) == ("zoe", 6)
    assert room.runs == ["anna"]


@pytest.mark.parametrize("jobs", [2, pytest.param(3, marks=pytest.mark.slow)])
def test_several_at_a_time_give_what_one_after_the_other_gives(jobs, room):
    room.hands_in("anna", "ben", twice=" * 2")
    room.hands_in("cleo")
    (room.students / "dora").mkdir()
    (room.students / "emil").mkdir()
    (room.students / "emil" / "a.ipynb").write_text("{")
    alone = room.grade(ledger=False)
    assert plain(room.grade(ledger=False, jobs=jobs)) == plain(alone)
    assert [mark.status for mark in alone.marks] == ["graded", "graded", "graded", "refused", "refused"]


def test_a_result_is_of_the_model_that_was_compiled(room):
    room.hands_in("anna")
    exercise, model = read(room.exercise), room.exercise / "model.net"
    before = check_keys(exercise, 3, ()), exercise_key(exercise)
    model.write_text(f"# in other words\n{MODEL}")
    assert (check_keys(read(room.exercise), 3, ()), exercise_key(read(room.exercise))) == before
    model.write_text(MODEL.replace("**2", "**3"))
    assert (check_keys(exercise, 3, ()), exercise_key(exercise)) == before
    assert check_keys(read(room.exercise), 3, ()) != before[0]
    assert exercise_key(read(room.exercise)) != before[1]


def test_a_notebook_whose_cells_have_other_numbers_is_another_submission(tmp_path):
    code, words = ({"cell_type": kind, "source": "f = 1"} for kind in ("code", "markdown"))
    keys = []
    for cells in ([code, words], [words, code], [code]):
        (tmp_path / "a.ipynb").write_text(json.dumps({"cells": cells}))
        ((id, found),) = find([tmp_path / "a.ipynb"])
        keys.append(submission_key(read_submission(id, found)))
    assert keys[0] == keys[2] != keys[1]


def test_a_changed_check_is_graded_anew_and_no_other(room):
    room.hands_in("anna", "ben")
    room.grade()
    room.asks('equals = "dL/dy[i]"', 'equals = "2*dL/dy[i]"')
    after = room.grade()
    assert room.runs == ["anna", "ben"]
    assert [mark.score for mark in after.marks] == [4, 4]
    assert [(c.before, c.after, c.checks) for c in changes(after)] == [(6, 4, (("delta", 2, 0),))] * 2
    assert text(after).splitlines()[0] == "2 of 2 marks that were given before have changed"
    room.asks('returns = ["dL/da"]', 'returns = ["L"]')
    assert [mark.score for mark in room.grade().marks] == [2, 2]
    assert room.runs == ["anna", "anna", "ben", "ben"]


def test_what_was_edited_is_compared_with_what_it_was(room):
    room.hands_in("anna", "ben", twice="*2")
    assert changes(room.grade()) == []
    room.hands_in("ben")
    (change,) = changes(room.grade())
    assert change.id.startswith("ben")
    assert (change.before, change.after) == (2, 6)


@pytest.mark.slow
def test_killed_at_any_moment_it_goes_on_and_grades_nothing_twice(room):
    ids = [f"s{number:02}" for number in range(12)]
    room.hands_in(*ids, wait="import time; time.sleep(0.03)")
    process = subprocess.Popen(
        room.command("--jobs", "2", "--json"), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    _wait(process, lambda: _kept(room) >= 4)
    family = _below(process.pid)
    process.kill()
    process.wait()
    _gone(family)
    kept = _kept(room)
    assert [mark.score for mark in room.grade(jobs=2).marks] == [6] * 12
    again = [id for id in ids if room.runs.count(id) > 1]
    assert set(room.runs) == set(ids)
    assert len(again) <= 12 - kept
    assert len(again) <= 2 + 2  # those that were under way, and those whose marks were


@pytest.mark.slow
def test_ctrl_c_says_how_far_it_came(room):
    room.hands_in(*[f"s{number:02}" for number in range(12)], wait="import time; time.sleep(0.03)")
    process = subprocess.Popen(room.command("--jobs", "2"), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    _wait(process, lambda: _kept(room) >= 2)
    family = _below(process.pid)
    process.send_signal(signal.SIGINT)
    out, said = process.communicate(timeout=60)
    _gone(family)
    assert process.returncode == 130, said
    assert out == ""
    assert "of 12 are graded; the same command goes on from there" in said
    assert "Traceback" not in said


def _wait(process: subprocess.Popen, until) -> None:
    deadline = time.monotonic() + 100
    while not until():
        assert process.poll() is None, "it ended by itself"
        assert time.monotonic() < deadline
        time.sleep(0.01)


def _below(parent: int) -> list[int]:
    """All processes that a process has started, and those that these have."""
    found = []
    for children in Path(f"/proc/{parent}/task").glob("*/children"):
        with contextlib.suppress(OSError):
            for child in map(int, children.read_text().split()):
                found += [child, *_below(child)]
    return found


def _gone(processes: list[int]) -> None:
    """Soon there is none of them."""
    assert processes
    deadline = time.monotonic() + 60
    while left := [one for one in processes if _runs(one)]:
        assert time.monotonic() < deadline, left
        time.sleep(0.02)


def _runs(process: int) -> bool:
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def _kept(room: Room) -> int:
    if not room.ledger.exists():
        return 0
    with contextlib.closing(sqlite3.connect(room.ledger)) as tables, contextlib.suppress(sqlite3.OperationalError):
        return int(tables.execute("SELECT count(*) FROM marks").fetchone()[0])
    return 0


def test_the_bar_runs_no_thread_and_replaces_no_stream_as_processes_are_forked_beside_it(monkeypatch):
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    monkeypatch.setattr(sys, "stderr", terminal := Terminal())
    monkeypatch.setenv("TERM", "xterm")
    threads, streams = threading.enumerate(), (sys.stdout, sys.stderr)
    with progress(20) as watch:
        watch(7, 20)
        assert threading.enumerate() == threads
        assert (sys.stdout, sys.stderr) == streams
    assert "7/20" in terminal.getvalue()


# -- parts of a class


def test_parts_put_together_are_the_whole(room, tmp_path):
    room.hands_in(*[f"s{number}" for number in range(7)])
    found = find([room.students], read(room.exercise).own_files)
    parts = [[(id, one) for id, one in found if Shard(number, 3).holds(id)] for number in (1, 2, 3)]
    files = [tmp_path / f"{number}.json" for number in (1, 2, 3)]
    for file, part in zip(files, parts, strict=True):
        file.write_text(json.dumps(room.grade(found=part, ledger=False).json()))
    assert plain(merge(files)) == plain(room.grade(ledger=False))
    with pytest.raises(gc.GraphcError, match=r"is in .*\.json and in"):
        merge([file for file, part in zip(files, parts, strict=True) if part][:1] * 2)


def test_parts_of_different_gradings_are_not_mixed(room, tmp_path):
    room.hands_in("anna")
    for seed in (1, 2):
        (tmp_path / f"{seed}.json").write_text(json.dumps(room.grade(seed=seed).json()))
    with pytest.raises(gc.GraphcError, match="another seed"):
        merge([tmp_path / "1.json", tmp_path / "2.json"])


@pytest.mark.parametrize("text", ["", "{", "[]", '{"schema": "graphc/grade/1"}', "[" * 5000, '{"schema": "x"}'])
def test_a_file_that_holds_no_marks_is_named(text, tmp_path):
    (tmp_path / "part.json").write_text(text)
    with pytest.raises(gc.GraphcError, match=r"part\.json holds no marks"):
        merge([tmp_path / "part.json"])


@pytest.mark.parametrize("status", ["graded", "passed"])
def test_a_part_with_a_status_that_there_is_not_holds_no_marks(status, room, tmp_path):
    room.hands_in("anna")
    written = json.dumps(room.grade(ledger=False).json())
    (tmp_path / "part.json").write_text(written.replace(f'"{status}"', '"<b>"'))
    with pytest.raises(gc.GraphcError, match=r"part\.json holds no marks"):
        merge([tmp_path / "part.json"])


@pytest.mark.parametrize("text", ["", "0/3", "4/3", "1/0", "a/b", "1", "-1/3"])
def test_a_part_that_is_none_is_refused(text):
    with pytest.raises(gc.GraphcError, match="--shard"):
        Shard.read(text)


def test_every_submission_is_in_one_part():
    ids = [f"group/{number}" for number in range(200)]
    parts = [[id for id in ids if Shard.read(f"{number}/4").holds(id)] for number in (1, 2, 3, 4)]
    assert sorted(id for part in parts for id in part) == sorted(ids)
    assert all(parts)


# -- the ledger and the processes


def test_a_file_that_is_no_ledger_is_left_alone(tmp_path):
    file = tmp_path / "notes.txt"
    file.write_text("x" * 5000)
    with pytest.raises(LedgerError, match=r"notes\.txt cannot be used"):
        Ledger(file)
    assert file.read_text() == "x" * 5000


def test_nobody_else_reads_what_is_kept(tmp_path):
    with Ledger(tmp_path / "new" / "l") as ledger:
        ledger.seed("e", 5)
        kept = list((tmp_path / "new").iterdir())
        assert len(kept) >= 2  # and what SQLite has not yet moved into it
        assert all(file.stat().st_mode & 0o077 == 0 for file in kept)


def test_a_ledger_of_another_form_is_refused(tmp_path):
    with Ledger(tmp_path / "l") as ledger:
        assert ledger.seed("e", 5) == ledger.seed("e", 6) == 5
    with contextlib.closing(sqlite3.connect(tmp_path / "l")) as tables:
        tables.execute("PRAGMA user_version = 99")
    with pytest.raises(LedgerError, match="another version"):
        Ledger(tmp_path / "l")


def test_a_process_that_ends_is_replaced_and_its_task_given_up_after_two_tries(tmp_path):
    @contextlib.contextmanager
    def work():
        def task(number: int) -> bytes:
            with (tmp_path / "tries").open("a") as log:
                log.write(f"{number}\n")
            if number == 3:
                os._exit(1)
            return b"%d" % (number * number)

        yield task

    with Crew(work, 2) as crew:
        found = dict(crew.done(range(8)))
    assert found == {number: None if number == 3 else b"%d" % (number * number) for number in range(8)}
    tries = (tmp_path / "tries").read_text().split()
    assert tries.count("3") == 2
    assert len(tries) == 9
