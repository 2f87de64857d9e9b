"""Every derivation of the corpus is judged as it should be: no wrong line passes, no right line fails."""

from __future__ import annotations

import pytest
from corpus_cases import Case, cases

from graphc.judge.equal import decide
from graphc.judge.reading import read
from graphc.language.expression import Source
from graphc.language.parse import parse_expression

CASES = tuple(cases())


def first_false(case: Case) -> int | None:
    """The first line that is not found true, by the judge alone."""
    for show in read(Source(case.name, case.text)):
        context = tuple(line.expression for line in show.lines)
        for before, after in zip(show.lines, show.lines[1:], strict=False):
            verdict = decide(before.expression, after.expression, show.givens, context=context, witness=False)
            assert verdict.status != "undecided", (after.text, verdict.note)
            if verdict.status == "false":
                return after.line
    return None


@pytest.mark.parametrize("case", CASES, ids=str)
def test_a_derivation_is_wrong_from_its_first_false_line_on_and_no_other(case: Case) -> None:
    assert first_false(case) == case.false_line


@pytest.mark.parametrize("case", [case for case in CASES if case.repair], ids=str)
def test_what_a_line_should_have_been_equals_the_line_before(case: Case) -> None:
    for show in read(Source(case.name, case.text)):
        for before, after in zip(show.lines, show.lines[1:], strict=False):
            if after.line == case.false_line:
                meant = parse_expression(case.repair)[0]
                assert decide(before.expression, meant, show.givens, witness=False).status == "true"


def test_about_half_of_the_corpus_is_wrong() -> None:
    wrong = sum(case.false_line is not None for case in CASES)
    assert len(CASES) >= 140
    assert abs(2 * wrong - len(CASES)) < len(CASES) / 4
