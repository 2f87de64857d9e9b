"""Answers of students: no right one loses a point, no wrong one has all, and mistakes are called by their names."""

from __future__ import annotations

from collections import Counter, defaultdict

import pytest
from corpora import Graded, answers, graded
from sandboxed import layers_or_skip

QUICK = ("01-linear/gradients", "10-counting/parameters")
NAMED = 0.95  # of the mistakes that have a name; of a few answers, one may be left


def table(found: list[Graded]) -> str:
    """For each exercise how many answers came out how; then every miss with what the student was told."""
    rows: dict[str, Counter[str]] = defaultdict(Counter)
    for one in found:
        rows[one.answer.exercise][one.outcome] += 1
    outcomes = sorted({one.outcome for one in found})
    head = f"{'':28}" + "".join(f"{outcome:>10}" for outcome in outcomes)
    lines = [f"{name:28}" + "".join(f"{row[outcome]:>10}" for outcome in outcomes) for name, row in rows.items()]
    misses = [one.line for one in found if one.outcome not in ("right", "named", "nameless")]
    return "\n".join(["", head, *lines, "", *misses])


def assert_well_graded(found: list[Graded]) -> None:
    counted, seen = Counter(one.outcome for one in found), table(found)
    print(seen)
    assert not counted["lost"], f"right answers lost points{seen}"
    assert not counted["passed"], f"wrong answers have all points{seen}"
    assert not counted["misnamed"], f"mistakes were named that were not made{seen}"
    with_a_name = counted["named"] + counted["unknown"]
    assert counted["unknown"] <= max(1, (1 - NAMED) * with_a_name), f"too many mistakes are unknown{seen}"


def test_every_exercise_has_right_answers_in_several_styles_and_many_mistakes():
    right = Counter(answer.exercise for answer in answers() if answer.is_right)
    wrong = Counter(answer.exercise for answer in answers() if not answer.is_right)
    assert len(right) >= 10
    assert min(right.values()) >= 3
    assert min(wrong.values()) >= 6


def test_answers_to_two_exercises_are_graded_well():
    layers = layers_or_skip()
    assert_well_graded(list(graded([answer for answer in answers() if answer.exercise in QUICK], layers)))


@pytest.mark.slow
def test_all_answers_are_graded_well():
    assert_well_graded(list(graded(answers(), layers_or_skip(), jobs=2)))
