"""The exercises that ship: each starter has something left to do, and each right answer has all points."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import pytest
from sandboxed import layers_or_skip

from grader import catalogue
from grader.checking import check, text
from grader.exercise import read
from grader.grade import grade
from grader.sandbox import Workers

ANSWERS = Path(__file__).parent / "course"
IDS = catalogue.ids()
TRAINS = {"11-design/spiral"}
# many mistakes are compiled, to find the starter's among them
COMPILES = TRAINS | {"06-softmax/cross-entropy", "07-optimizers/steps"}
LINES = 45  # a page
WIDTH = 140


def without(slow: set[str]) -> list:
    """The exercises, some of them slow."""
    return [pytest.param(id, marks=pytest.mark.slow) if id in slow else id for id in IDS]


find = lru_cache(catalogue.find)


@pytest.fixture(scope="module")
def workers():
    with Workers(layers_or_skip(), 1) as workers:
        yield workers


@pytest.fixture(scope="module")
def marked(workers):
    """The mark of what lies in a folder."""

    def mark(id: str, folder: Path):
        (found,) = grade(find(id), [folder], 5, workers).marks
        return found

    return mark


def test_there_are_twelve_and_more():
    assert len(IDS) >= 12
    assert sorted(folder.relative_to(ANSWERS).as_posix() for folder in ANSWERS.glob("*/*")) == IDS


@pytest.mark.parametrize("id", without(TRAINS))
def test_a_right_answer_has_all_points(id, marked):
    mark = marked(id, ANSWERS / id)
    assert mark.score == mark.max_score, mark.json()


@pytest.mark.parametrize("id", without(COMPILES))
def test_the_starter_runs_and_every_check_of_it_says_what_to_do(id, marked):
    mark = marked(id, catalogue.find(id).folder)
    assert mark.status == "graded"
    assert mark.score < mark.max_score / 2
    lost = [one for one in mark.checks if one.status != "passed"]
    assert lost
    for one in lost:
        assert one.status == "failed", one
        assert one.message
        assert one.diagnosis is not None


@pytest.mark.slow
@pytest.mark.parametrize("id", IDS)
def test_it_can_be_given_to_students(id, workers):
    report = check(find(id), workers)
    assert report.fit, text(report)


@pytest.mark.parametrize("id", IDS)
def test_a_task_is_a_page_that_says_how_to_go_on(id):
    exercise = read(catalogue.find(id).folder)
    task = exercise.task.read_text(encoding="utf-8")
    assert task.startswith(f"# {exercise.title}\n")
    assert len(task.splitlines()) <= LINES
    assert max(map(len, task.splitlines())) <= WIDTH
    assert "graphc grade ." in task
    assert "graphc hint ." in task
    assert len(exercise.hints) >= 3
    for one in exercise.checks:
        if one.kind == "code":
            assert f"{one.function}({', '.join(one.arguments)})" in task, one.name
