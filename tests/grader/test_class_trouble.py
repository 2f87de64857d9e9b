"""A class while the disk fills, the exercise is edited, files vanish, and folders are called whatever students like."""

from __future__ import annotations

import contextlib
import csv
import io
import json
import re
import sqlite3
from concurrent.futures import ThreadPoolExecutor
from xml.etree.ElementTree import fromstring

import pytest
from rooms import MODEL, Room, plain

from grader.classes import Ledger, LedgerError
from grader.classes.ledger import usual_place
from grader.classes.records import Records
from grader.classes.shelf import ById, Shelf
from grader.classes.written import mark_of, mark_text
from grader.exercise import read
from grader.report import FORMATS, changes, folder, pieces
from grader.result import CheckResult, Grading, Mark, Part
from grader.submission import find
from graphc.cli.main import run

SHARE = Part("dL/dw", 1 / 3)
THIRD = Mark("a", "graded", (CheckResult("c", 4 / 3, 4, "failed", "no", None, (SHARE,)),), 4, 0.123456789)
LATE = Mark("a", "timeout", (CheckResult("c", 0, 4, "timeout", "late"),), 4)
OPEN = Mark("b", "graded", (CheckResult("c", 0, 4, "undecided", "open"),), 4)


@pytest.fixture
def room(tmp_path):
    """With a formula alone, which runs nobody's code."""
    made = Room(tmp_path)
    text = (made.exercise / "exercise.toml").read_text()
    head, _, formula = text.split("[[check]]")
    (made.exercise / "exercise.toml").write_text(f"{head}[[check]]{formula}")
    return made


def answers(room: Room, **formulas: str) -> None:
    for id, formula in formulas.items():
        (room.students / id).mkdir(parents=True, exist_ok=True)
        (room.students / id / "answers.txt").write_text(f"delta[i] = {formula}\n")


# -- marks that are not in memory


def test_marks_come_back_in_order_and_exactly_as_they_were():
    shelf = Shelf(5)
    for number in (3, 0, 4):
        shelf.put(number, Mark(f"s{number}", "graded", THIRD.checks, 4, 0.1 * number))
    assert [mark.id for mark in shelf] == ["s0", "s3", "s4"]
    assert len(shelf) == 3
    assert (shelf[0].id, shelf[-1].id) == ("s0", "s4")
    assert [mark.id for mark in shelf[1:]] == ["s3", "s4"]
    assert shelf[1].checks == THIRD.checks
    assert shelf[1].seconds == 0.1 * 3
    with pytest.raises(IndexError):
        shelf[3]


def test_a_mark_that_was_written_down_is_the_same_mark():
    odd = Mark("\ud800\n=1", "refused", (), 4 / 3, message="\x00\U0001f600")
    assert [mark_of(json.loads(mark_text(mark))) for mark in (THIRD, odd)] == [THIRD, odd]


def test_earlier_marks_are_found_by_id():
    before = ById(3)
    before.put(2, THIRD)
    assert list(before) == ["a"]
    assert before["a"] == THIRD
    assert "b" not in before


def test_rounded_points_that_do_not_add_up_are_not_lost():
    checks = tuple(CheckResult(name, 0.3333, 0.3333, "passed", "") for name in "abc")
    assert not Mark("a", "graded", checks, 1).lost
    assert Mark("a", "refused", (), 1).lost
    assert not OPEN.lost


# -- the ledger


def test_many_may_open_a_new_ledger_at_once(tmp_path):
    def use(number: int) -> int:
        with Ledger(tmp_path / "new" / "l") as ledger:
            ledger.add("e", f"state{number}", THIRD, {"c": f"key{number}"})
            return ledger.seed("e", number)

    with ThreadPoolExecutor(8) as pool:
        assert len(set(pool.map(use, range(8)))) == 1
    with Ledger(tmp_path / "new" / "l") as ledger:
        assert all(ledger.known({"c": f"key{number}"}) for number in range(8))


def test_what_was_too_slow_or_open_is_known_until_it_is_asked_for_again(tmp_path):
    with Records(tmp_path / "l", "e") as records:
        records.keep("s", LATE, {"c": "late"})
        records.keep("s", OPEN, {"c": "open"})
        records.keep("s", THIRD, {"c": "third"})
        assert all(records.known({"c": key}) for key in ("late", "open", "third"))
    with Records(tmp_path / "l", "e", again=True) as records:
        assert [bool(records.known({"c": key})) for key in ("late", "open", "third")] == [False, False, True]


def test_a_ledger_that_breaks_while_it_is_used_is_given_up_and_that_is_said_once(tmp_path):
    said: list[str] = []
    with Records(tmp_path / "l", "e", tell=said.append) as records:
        records.keep("s", THIRD, {"c": "key"})
        with contextlib.closing(sqlite3.connect(tmp_path / "l")) as tables, tables:
            tables.execute("UPDATE results SET result = '{\"name\": 3}'")
        assert records.known({"c": "key"}) == {}
        assert records.keep("s", THIRD, {"c": "key"}) is None
    (line,) = said
    assert line.startswith("marks are kept no longer: the ledger")
    assert line.endswith("an entry in it is broken")


def test_what_cannot_be_written_in_full_is_not_written_at_all(tmp_path):
    with Ledger(tmp_path / "l") as ledger:
        with contextlib.closing(sqlite3.connect(tmp_path / "l")) as tables:
            tables.execute("CREATE TRIGGER full BEFORE INSERT ON marks BEGIN SELECT RAISE(ABORT, 'full'); END")
        for _ in range(2):
            with pytest.raises(LedgerError, match="full"):
                ledger.add("e", "s", THIRD, {"c": "key"})
        assert ledger.known({"c": "key"}) == {}


def test_a_class_is_graded_though_its_ledger_fails(room):
    answers(room, anna="2*y[i]/n", ben="y[i]")
    said: list[str] = []
    room.ledger.mkdir()
    found = room.grade(tell=said.append)
    assert [mark.score for mark in found.marks] == [2, 0]
    assert len(said) == 1


def test_where_no_marks_can_be_kept_a_class_is_graded_all_the_same(room, tmp_path, monkeypatch, capsys):
    answers(room, anna="2*y[i]/n", ben="2/n*y[i]")
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "file"))
    assert usual_place().is_relative_to(tmp_path)
    assert run(["grade", str(room.exercise), str(room.students), "--sandbox", "none", "--format", "csv"]) == 0
    out, err = capsys.readouterr()
    assert out.count("graded") == 2
    assert "marks are not kept" in err


# -- things that change meanwhile


def test_an_exercise_that_is_edited_while_it_grades_is_the_one_that_was_read(room):
    answers(room, anna="2*y[i]/n", ben="2*y[i]/n", cleo="2*y[i]/n")

    def edit(done: int, of: int) -> None:
        if done == 1:
            (room.exercise / "model.net").write_text(MODEL.replace("**2", "**3"))

    assert [mark.score for mark in room.grade(watch=edit).marks] == [2, 2, 2]
    after = room.grade()
    assert [mark.score for mark in after.marks] == [0, 0, 0]
    assert len(changes.changes(after)) == 3
    (room.exercise / "model.net").write_text(MODEL)
    assert [mark.score for mark in room.grade().marks] == [2, 2, 2]


def test_a_submission_that_vanishes_is_refused_and_one_that_changes_is_graded_as_it_is_then(room):
    answers(room, anna="0", ben="0", cleo="0")
    found = find([room.students], read(room.exercise).own_files)
    (room.students / "anna" / "answers.txt").unlink()
    answers(room, ben="2*y[i]/n")
    marks = room.grade(found=found).marks
    assert [(mark.status, mark.score) for mark in marks] == [("refused", 0), ("graded", 2), ("graded", 0)]
    assert "cannot be read" in marks[0].message
    answers(room, anna="0")
    assert [mark.score for mark in room.grade().marks] == [0, 2, 0]


# -- names

NAMES = ("-rf", "=1+1", 'say "hi", <b>', "two\nlines", "名前" * 42, "x" * 255, "\x1b[2J", "a..b.", "a'b;c", "%s{0}")


def test_whatever_submissions_are_called_every_form_can_be_written_and_read(room):
    for name in NAMES:
        answers(room, **{name: "2*y[i]/n"})
    grading = room.grade()
    assert sorted(mark.id for mark in grading.marks) == sorted(NAMES)
    text = {form: "".join(pieces(grading, form)) for form in FORMATS}
    assert {one["id"] for one in json.loads(text["json"])["submissions"]} == set(NAMES)
    assert len(json.loads(text["gradescope"])) == len(NAMES)
    rows = list(csv.DictReader(io.StringIO(text["csv"])))
    assert {row["score"] for row in rows} == {"2"}
    assert not any(row["id"].startswith(("=", "-")) for row in rows)
    assert len(fromstring(text["junit"]).findall("testsuite")) == len(NAMES)
    assert max(map(len, text["table"].splitlines())) <= 80
    assert "\x1b" not in "".join(text.values()).replace("\\u001b", "")
    folder.write(grading, room.folder / "pages")
    names = [file.name for file in (room.folder / "pages").iterdir()]
    assert len(names) == len(NAMES) + 1
    assert not any(name.startswith((".", "-")) for name in names)


@pytest.mark.slow
def test_a_class_of_one_and_of_many_are_the_same_marks_for_any_number_of_jobs(room):
    answers(room, **{f"s{number}": "2*y[i]/n" if number % 2 else "y[i]" for number in range(6)})
    alone = room.grade(ledger=False)
    assert plain(room.grade(ledger=False, jobs=2)) == plain(alone)
    assert plain(Grading("e", "t", 3, alone.marks[:1])) == plain(alone)[:1]


@pytest.mark.parametrize("form", sorted(FORMATS))
def test_every_form_goes_to_a_file_as_it_goes_to_the_terminal(form, room, tmp_path, capsys):
    answers(room, anna="2*y[i]/n")
    words = ["grade", str(room.exercise), str(room.students), "--sandbox", "none", "--seed", "3", "--format", form]
    assert run(words) == 0
    shown = capsys.readouterr().out
    assert run([*words, "-o", str(tmp_path / "marks.txt")]) == 0
    written = (tmp_path / "marks.txt").read_text("utf-8")
    assert _timeless(written) == _timeless(shown)
    assert capsys.readouterr().out == ""


def _timeless(text: str) -> str:
    return re.sub(r'("(?:seconds|execution_time)": |time=")[\d.]+', r"\1", text)
