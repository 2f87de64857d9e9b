"""A formula that a student wrote down, compared with what the model says: as formulas, not at some numbers."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from functools import lru_cache
from typing import Any

import graphc as gc

from ..answers import written
from ..desk import Desk
from ..exercise import Check, Exercise
from ..naming import for_at_most, looked_for
from ..result import CheckResult, Diagnosis
from .mistakes import mistake

# What the judge calls the rule that was meant, and the code that says the same.
RULES = {
    "sign": "sign",
    "mean": "missing-mean",
    "constant factor": "constant-factor",
    "factor": "dropped-factor",
    "transpose": "transpose",
    "matrix product": "transpose",
    "order": "swapped",
    "sum rule": "missing-term",
    "summation": "missing-sum",
}
SENTENCES = {
    "sign": "The sign is turned.",
    "missing-mean": "The loss is a mean over the examples, and something that you have not divided by comes of it.",
    "extra-mean": "You divide by a number of elements once too often, or by one that the loss is not divided by.",
    "constant-factor": "It is right up to a constant factor.",
    "dropped-factor": "A factor is missing: go along the chain once more, link by link.",
    "transpose": "A transpose is missing, or the factors of a product stand the other way round.",
    "swapped": "Two parts have changed places.",
    "missing-term": "A term is missing: every path through the graph adds one.",
    "missing-sum": "What is summed over is not right.",
}


def grade(check: Check, desk: Desk) -> CheckResult:
    """Right if it is the same formula, however it is written."""
    found = written(desk.submission, check.asked)
    if found is None:
        text = f'there is no line `{check.answer} = …` in answers.txt and no `{check.asked} = "…"` in the Python file'
        missing = Diagnosis("missing", f"Write your formula down as {check.asked}.", check.asked)
        return CheckResult(check.name, 0, check.points, "error", text, missing)
    statement = found.text if "[" in found.left else f"{check.answer} = {found.right}"
    return _judged(desk.exercise, check, statement, found.right)


@lru_cache(2048)  # a class makes the same mistakes
def _judged(exercise: Exercise, check: Check, statement: str, right: str) -> CheckResult:
    """The result for an answer that was written down."""
    try:
        line = equations(exercise).answer(check.answer, check.equals, statement, explain=False)
    except gc.GraphcError as error:
        hint = f" ({error.hint})" if error.hint else ""
        unread = Diagnosis("unknown", f"This cannot be read as a formula for {check.answer}.", check.asked)
        return CheckResult(check.name, 0, check.points, "failed", f"{cut(right)}: {error.message}{hint}", unread)
    if line.status == "true":
        return CheckResult(check.name, check.points, check.points, "passed", f"{cut(right)} is right")
    if line.status == "undecided":
        text = f"whether {cut(right)} is right could be neither proved nor refuted: it is not counted as wrong"
        return CheckResult(check.name, 0, check.points, "undecided", text)
    diagnosis, line = _mistake(check, exercise, statement, line)
    return CheckResult(check.name, 0, check.points, "failed", _told(check, right, line), diagnosis)


def cut(formula: str) -> str:
    """A formula as it was written, if it is not too long to be read."""
    return formula if len(formula) <= LONGEST else f"{formula[: LONGEST - 1]}…"


LONGEST = 120
UNKNOWN = "No common mistake explains it: work it out at the values that are given, and compare."


@lru_cache(16)
def equations(exercise: Exercise) -> Any:
    """The model's equations as what is given."""
    return gc.Equations(exercise.network)


def _told(check: Check, right: str, line: Any) -> str:
    """Where it differs, without the right value."""
    said = f"{cut(right)} is not {check.equals}"
    if line.witness is None:
        return f"{said}: {line.note}" if line.note else said
    at = ", ".join(f"{name} = {number(value)}" for name, value in line.witness.at.items())
    right = number(line.witness.before) if check.reveal else "another number"
    said += f": at {at} yours is {number(line.witness.after)}, and {right} is right"
    if check.reveal:
        said += f"; {line.repair} would be right" if line.repair else ""
    return said


def number(value: Any) -> str:
    """A number as short as it can be, a tensor as nested lists."""
    if isinstance(value, list | tuple):
        return "[" + ", ".join(map(number, value)) + "]"
    return f"{value:.6g}" if isinstance(value, float) else str(value)


def _mistake(check: Check, exercise: Exercise, statement: str, line: Any) -> tuple[Diagnosis, Any]:
    """What is right after one change names the mistake, else what it computes; else the rule that the judge names."""
    found = looked_for(lambda: _by_change(check, exercise, statement), None)
    found = found or looked_for(lambda: mistake(exercise, check.equals, statement), None)
    if found is not None and not check.reveal:
        return found, line
    judge = equations(exercise)
    explained = looked_for(lambda: judge.answer(check.answer, check.equals, statement), line)
    return found or by_rule(explained, check.asked, UNKNOWN), explained


def _by_change(check: Check, exercise: Exercise, statement: str) -> Diagnosis | None:
    left, _, right = statement.partition("=")
    for (code, changed), _ in for_at_most(check.seconds, changes(right.strip(), exercise)):
        with suppress(gc.GraphcError):
            changed = f"{left.strip()} = {changed}"
            if equations(exercise).answer(check.answer, check.equals, changed, explain=False).status == "true":
                return Diagnosis(code, SENTENCES[code], check.asked)
    return None


def by_rule(line: Any, where: str, otherwise: str) -> Diagnosis:
    """The rule that the judge takes for the one that was meant."""
    code = RULES.get(line.rule or "", "unknown")
    text = SENTENCES.get(code) or (f"Think of this rule again: {line.rule}." if line.rule else otherwise)
    return Diagnosis(code, text, where)


def changes(right: str, exercise: Exercise) -> Iterator[tuple[str, str]]:
    """The answer times what students forget or have too much."""
    yield "sign", f"-({right})"
    leaves = (*exercise.network.inputs, *exercise.network.params)
    for size in dict.fromkeys(size for leaf in leaves for size in leaf.shape if isinstance(size, str)):
        yield "missing-mean", f"({right})/{size}"
        yield "extra-mean", f"({right})*{size}"
    for factor in ("2", "1/2", "-2", "-1/2"):
        yield "constant-factor", f"({right})*({factor})"
