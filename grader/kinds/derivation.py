"""A derivation that a student wrote: every line must be true of the model, and the last one be what was to be shown."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from typing import Any

import graphc as gc

from ..desk import Desk
from ..exercise import Check, Exercise
from ..naming import for_at_most, looked_for
from ..result import CheckResult, Diagnosis
from .formula import SENTENCES, by_rule, changes, cut, equations, number
from .mistakes import mistake

PATIENCE = 3  # times the seconds of the check, as the judge is thorough and nothing of the student's runs
MOST = 200  # lines


def grade(check: Check, desk: Desk) -> CheckResult:
    """All points, or none: the first line that does not follow is named."""
    name = next((name for name in desk.submission.files if name.endswith(".deriv")), None)
    if name is None:
        missing = Diagnosis("missing", f"Write a derivation of {check.show} in a file that ends in .deriv.", check.show)
        return CheckResult(check.name, 0, check.points, "error", "there is no .deriv file", missing)
    try:
        text = desk.submission.files[name].decode("utf-8-sig")
        if text.count("\n") > MOST:
            return _failed(check, f"{name} has more than {MOST} lines")
        judged = equations(desk.exercise).derivation(text, check.show, name, PATIENCE * check.seconds)
    except UnicodeDecodeError:
        return _failed(check, f"{name} is not UTF-8")
    except gc.GraphcError as error:
        place = f"{name}, line {error.line}" if error.line else name
        hint = f" ({error.hint})" if error.hint else ""
        return _failed(check, f"{place}: {error.message}{hint}")
    return _result(desk, check, name, text, judged)


def _result(desk: Desk, check: Check, name: str, text: str, judged: Any) -> CheckResult:
    if judged.against:
        line, said = judged.against[0]
        return _failed(check, f"{name}, line {line}: {said}", Diagnosis("unknown", GIVEN, said))
    false = judged.report.first_false
    if false is not None:
        return _failed(
            check, f"{name}, line {false.line}: {_why(check, false)}", _slip(desk.exercise, check, text, false)
        )
    if judged.last.status == "false":
        said = f"{name}: every line is true, but the last one is not {check.show} of the exercise's model"
        return _failed(check, said, _slip(desk.exercise, check, text, judged.last))
    doubtful = [line.line for line in judged.report.lines if line.status == "undecided"]
    if doubtful or judged.last.status == "undecided":
        where = f"line {doubtful[0]}" if doubtful else "the last line"
        text = f"{name}: {where} could be neither proved nor refuted: it is not counted as wrong"
        return CheckResult(check.name, 0, check.points, "undecided", text)
    count = len(judged.report.lines)
    return CheckResult(check.name, check.points, check.points, "passed", f"{name}: all {count} lines are true")


GIVEN = "Start from what the exercise gives; you may add names of your own, and change none of its."


def _failed(check: Check, message: str, diagnosis: Diagnosis | None = None) -> CheckResult:
    found = diagnosis or Diagnosis("unknown", "The derivation cannot be followed to its end.", check.show)
    return CheckResult(check.name, 0, check.points, "failed", message, found)


def _why(check: Check, line: Any) -> str:
    said = f"`= {cut(line.text)}` does not follow from the line before it"
    if line.witness is not None:
        at = ", ".join(f"{name} = {number(value)}" for name, value in line.witness.at.items())
        said += f": at {at} that is {number(line.witness.before)}, and this {number(line.witness.after)}"
    elif line.note:
        said += f": {line.note}"
    if line.saving:
        said += f"; it would if {line.saving}, which the exercise does not say"
    return said + (f"; {line.repair} would follow" if check.reveal and line.repair else "")


def _slip(exercise: Exercise, check: Check, text: str, line: Any) -> Diagnosis:
    """The mistake in a line. The lines before it are true, so what is to be shown is what it should say."""
    where = f"line {line.line}"
    if sum(written.split()[:1] == ["show"] for written in text.splitlines()) == 1:
        found = looked_for(lambda: _by_value(exercise, check, line), None)
        found = found or looked_for(lambda: _by_change(exercise, check, text, line), None)
        if found is not None:
            return replace(found, where=where)
    return by_rule(line, where, "Go through this step once more.")


def _by_value(exercise: Exercise, check: Check, line: Any) -> Diagnosis | None:
    """By what the line comes to; that it comes to another tensor of the model says nothing about the step."""
    _, bracket, indices = check.show.partition("[")
    found = mistake(exercise, check.show, f"shown{bracket}{indices} = {line.text}")
    return None if found is None or found.code == "forward-instead" else found


def _by_change(exercise: Exercise, check: Check, text: str, line: Any) -> Diagnosis | None:
    """What would make the line true: its sign turned, or a factor more or less."""
    written = text.splitlines()
    for (code, changed), left in for_at_most(check.seconds, changes(line.text, exercise)):
        with suppress(gc.GraphcError):
            mended = "\n".join([*written[: line.line - 1], f"  = {changed}", *written[line.line :]])
            judged = equations(exercise).derivation(mended, check.show, "", left)
            if any(one.line == line.line and one.status == "true" for one in judged.report.lines):
                return Diagnosis(code, SENTENCES[code])
    return None
