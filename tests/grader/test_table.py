"""What people read of their marks."""

from __future__ import annotations

from grader.result import CheckResult, Diagnosis, Grading, Mark, Part, status_of
from grader.table import table

MEAN = Diagnosis("missing-mean", "A mean is taken, and the answer looks as if there were a sum.", "L")
PARTS = (
    Part("dL/dw", 1.0),
    Part("dL/db", 0.0, "not the right number", MEAN),
    Part("dL/dc", 0.0, "not the right number", MEAN),
)
CHECKS = (
    CheckResult("gradients", 2, 6, "failed", "dL/dw right; dL/db, dL/dc: not the right number", MEAN, PARTS),
    CheckResult("delta", 0, 2, "undecided", "it could be neither proved nor refuted"),
    CheckResult("count", 1, 1, "passed", "33 is right"),
)


def mark(id: str = "ada", checks=CHECKS, **more) -> Mark:
    return Mark(id, "graded", checks, 9, **more)


def shown(*marks: Mark) -> str:
    text = table(Grading("02-logistic/gradients", "Gradients", 1, marks))
    assert all(len(line) <= 80 for line in text.splitlines())
    return text


def test_one_submission_is_told_in_full_what_was_right_first_and_each_mistake_once():
    text = shown(mark())
    assert "ada: 3 of 9 points, and 2 that somebody has to look at" in text
    assert text.index("✓ dL/dw") < text.index("✗ dL/db")
    assert text.count(MEAN.text[:40]) == 1
    assert "? delta" in text


def test_a_class_has_a_line_for_each_and_the_average():
    text = shown(*(mark(f"student {k}") for k in range(9)))
    assert text.count("✗ gradients (missing-mean)") == 9
    assert "9 submissions, 3 of 9 points on average" in text


def test_what_a_submission_says_is_nothing_that_a_terminal_obeys():
    evil = "\x1b[2J\x1b]0;title\x07\u202e"
    checks = (CheckResult("c", 0, 1, "error", f"raised {evil}", Diagnosis("missing", evil, evil)),)
    for text in (shown(mark(evil, checks)), shown(*(mark(evil + str(k), checks) for k in range(9)))):
        assert "\x1b" not in text
        assert "\u202e" not in text


def test_tabs_and_wide_spaces_are_no_danger():
    checks = (CheckResult("c", 0, 1, "error", "raised in\ta\u00a0b\u3000c", Diagnosis("missing", "x\ty", "")),)
    for text in (shown(mark("d\te\u3000f", checks)), shown(*(mark(f"d\te\u3000{k}", checks) for k in range(9)))):
        assert "\ufffd" not in text


def test_long_names_and_long_messages_stay_within_80_columns():
    checks = (CheckResult("a check " * 9, 0, 1, "failed", "word " * 99, Diagnosis("unknown", "w" * 300), PARTS),)
    shown(mark("n" * 300, checks))
    shown(*(mark("n" * 300, checks) for _ in range(7)))


def test_the_exit_code_says_whether_points_were_lost_or_somebody_has_to_look():
    def code(*checks: CheckResult) -> int:
        return Grading("e", "t", 0, [Mark("a", "graded", checks, sum(c.max_score for c in checks))]).exit_code

    assert [code(CHECKS[2]), code(CHECKS[0]), code(CHECKS[1]), code(*CHECKS)] == [0, 1, 4, 1]
    assert Grading("e", "t", 0, [Mark("a", "refused", (), 3)]).exit_code == 1


def test_a_submission_is_graded_if_anything_of_it_could_be_looked_at():
    def of(*statuses) -> str:
        return status_of([CheckResult("c", 0, 1, status, "") for status in statuses])

    assert [of("passed", "error"), of("timeout", "error"), of("error"), of("undecided")] == [
        "graded", "timeout", "error", "graded"
    ]  # fmt: skip
