"""A number that a student worked out: a count of parameters or links, the line of a slip, or a value of the model."""

from __future__ import annotations

import re
from fractions import Fraction
from functools import lru_cache
from itertools import combinations
from typing import Any

import graphc as gc

from ..answers import written
from ..desk import Desk
from ..exercise import Check, Exercise
from ..naming import looked_for
from ..result import CheckResult, Diagnosis
from .formula import cut, equations

SOME = re.compile(r"params\(([^()]*)\)")  # `params(w, b)`
SHOWN = re.compile(r"^show\s+(.+?)\s*$", re.MULTILINE)
GROUPED = re.compile(r"\d{1,3}(,\d{3})+")
NAME = re.compile(r"[^\W\d]\w*")
FREE = "say at which sizes it is meant, as in sizes = [{m=3}]"
COUNTS = {
    "params": "Count tensor by tensor, along every axis; biases count too, and shared weights once.",
    "links": "Count how often each parameter is read for one example: a shared weight once at every place.",
}
LEFT_OUT = {
    "params": "Something is left out: what you have counted is right, and other tensors are parameters too.",
    "links": "Something is left out: what you have counted is right, and other layers have links too.",
    "": "Something is left out: what you have is right, and there is more that has to be added.",
}
MOST_TERMS = 16
SLIP = "Go line by line: is it what the line before says, put otherwise? Try it with small numbers."
VALUE = "Compute it once more, step by step."
NEAR = 1e-6  # of a value that is no count, unless the exercise says otherwise


def grade(check: Check, desk: Desk) -> CheckResult:
    """Counts are right or not; a value may be rounded as far as the tolerance allows."""
    answer = written(desk.submission, check.asked)
    if answer is None:
        text = f"there is no line `{check.asked} = …` in answers.txt and none in the Python file"
        missing = Diagnosis("missing", f"Write your number down as {check.asked}.", check.asked)
        return CheckResult(check.name, 0, check.points, "error", text, missing)
    found = constant(answer.right)
    right = value(desk.exercise, check)
    if found is None:
        text = f"{answer.place}: {cut(answer.right)} is no number"
        text += f": write {answer.right.replace(',', '')}" if GROUPED.fullmatch(answer.right) else ""
        return CheckResult(
            check.name, 0, check.points, "failed", text, Diagnosis("unknown", "A number is asked for.", check.asked)
        )
    if _same(found, right, check.tolerance):
        return CheckResult(check.name, check.points, check.points, "passed", f"{cut(answer.right)} is right")
    said = f"{cut(answer.right)} is not right" + (f", {shown(right)} is" if check.reveal else "")
    return CheckResult(check.name, 0, check.points, "failed", said, _diagnosis(desk.exercise, found, right, check))


def constant(text: str) -> Fraction | None:
    """The number that a text without names stands for: `64*10 + 10`, `0.25`, `1e-3`."""
    from graphc import syntax

    try:
        return syntax.constant(syntax.parse_expression(text)[0])
    except gc.GraphcError:
        return None


@lru_cache(256)
def value(exercise: Exercise, check: Check) -> int | float:
    """The right number; GraphcError where the model does not say it."""
    if check.slip is not None:
        return _false_line(exercise, check.slip)
    if _counts(check) is None:
        return _computed(exercise.network, check)
    counted = _counted(exercise, check)
    found = constant(_at_sizes(counted, check))
    if found is None:
        raise gc.GraphcError(f"the {_counts(check)} of the model depend on sizes that are left free: {counted}", FREE)
    return int(found)


def _counts(check: Check) -> str | None:
    """What is to be counted: params, links, or nothing."""
    return "params" if SOME.fullmatch(check.equals) else check.equals if check.equals in COUNTS else None


def _counted(exercise: Exercise, check: Check) -> str:
    """A count in the sizes of the model, as a text."""
    if SOME.fullmatch(check.equals):
        return " + ".join(_tensors(exercise, check))
    return str(getattr(gc.layer_table(exercise.network), check.equals))


def _tensors(exercise: Exercise, check: Check) -> list[str]:
    """How many numbers each parameter holds, of those that are asked about, as a product of its axes."""
    some = SOME.fullmatch(check.equals)
    params = {str(param.name): "*".join(map(str, param.shape)) or "1" for param in exercise.network.params}
    names = [name.strip() for name in some[1].split(",")] if some else list(params)
    for name in names:
        if name not in params:
            raise gc.GraphcError(f"the model has no parameter `{name}`", f"it has {', '.join(params)}")
    return [params[name] for name in names]


def _false_line(exercise: Exercise, file: str) -> int:
    """The number of the first line of a derivation that does not follow."""
    text = (exercise.folder / file).read_text(encoding="utf-8")
    shown = SHOWN.search(text)
    judged = equations(exercise).derivation(text, shown[1] if shown else "", file)
    if judged.report.first_false is None:
        raise gc.GraphcError(f"no line of {file} is false")
    return int(judged.report.first_false.line)


def _at_sizes(text: str, check: Check) -> str:
    """A text with the sizes that the check gives in the place of their names."""
    (sizes,) = check.sizes or ({},)
    return NAME.sub(lambda name: str(sizes.get(name[0], name[0])), text)


def _computed(network: Any, check: Check) -> float:
    """An expression of the model that needs no array: of constants, numbers and sizes."""
    from graphc import syntax

    name = "the_number_asked_for"
    right = _at_sizes(check.equals, check)
    extended = network.restated([*network.statements, syntax.parse_statement(f"{name} = {right}")])
    program = gc.compile(extended[name])
    if program.inputs:
        raise gc.GraphcError(f"{check.equals} is no number: it depends on {', '.join(program.inputs)}")
    result = program()
    if result.shape != ():
        raise gc.GraphcError(f"{check.equals} is no number, but of shape {result.shape}")
    return float(result)


def _same(found: Fraction, right: float, tolerance: float | None) -> bool:
    if isinstance(right, int) and tolerance is None:
        return found == right
    near = Fraction(NEAR if tolerance is None else tolerance)
    return abs(found - Fraction(right)) <= near * max(Fraction(1), abs(Fraction(right)))


def shown(number: float) -> str:
    return str(number) if isinstance(number, int) else f"{number:.6g}"


def _diagnosis(exercise: Exercise, found: Fraction, right: float, check: Check) -> Diagnosis:
    if found == -Fraction(right):
        return Diagnosis("sign", "The sign is turned.", check.asked)
    if looked_for(lambda: _left_out(found, _terms(exercise, check)), False):
        return Diagnosis("missing-term", LEFT_OUT[_counts(check) or ""], check.asked)
    return Diagnosis("unknown", SLIP if check.slip else COUNTS.get(_counts(check) or "", VALUE), check.asked)


@lru_cache(256)
def _terms(exercise: Exercise, check: Check) -> tuple[Fraction, ...]:
    """What adds up to the number: of parameters the tensors, of links the layers, of an expression its terms."""
    from graphc import syntax

    if counted := _counts(check):
        rows = gc.layer_table(exercise.network).rows
        counts = [row.links for row in rows] if counted == "links" else _tensors(exercise, check)
        parts = [constant(_at_sizes(str(count), check)) for count in counts]
    elif check.slip:
        parts = []
    else:
        expression, _ = syntax.parse_expression(_at_sizes(check.equals, check))
        parts = [syntax.constant(one) for one in expression.children] if isinstance(expression, syntax.Sum) else []
    known = [part for part in parts if part is not None]
    return tuple(part for part in known if part) if len(known) == len(parts) <= MOST_TERMS else ()


def _left_out(found: Fraction, terms: tuple[Fraction, ...]) -> bool:
    """Whether a number is the sum but for some of its terms, at most half of them."""
    return any(
        sum(terms) - sum(some) == found
        for count in range(1, len(terms) // 2 + 1)
        for some in combinations(terms, count)
    )
