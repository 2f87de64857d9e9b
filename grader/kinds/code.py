"""A student's function, called on inputs that tell mistakes apart, and compared with what the model says."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

from ..answers import functions, in_function
from ..desk import Desk
from ..exercise import Check
from ..following import Wrong, earlier, follows, may_follow
from ..naming import looked_for
from ..result import CheckResult, Diagnosis, Part
from ..session import LOST, Student

if TYPE_CHECKING:
    import numpy as np

    from ..references import Case, Reference

GIVEN_YOURS = "right for your own {own}, which is where the mistake was made"
MUTATES = "the values are right, but the call changed what it was given: {names}. Work on a copy."


@dataclass
class Heard:
    """What the function answered, case by case, until one had no value. `silent` is the answer that had none."""

    cases: list[tuple[Case, dict[str, Any]]] = field(default_factory=list)
    mutated: set[int] = field(default_factory=set)
    silent: Any = None
    during: Case | None = None
    misfit: str = ""


def grade(check: Check, desk: Desk) -> CheckResult:
    """Call the function on every case; a value counts if it is right in all of them."""
    reference = desk.exercise.reference(check)
    if not desk.submission.code:
        return _result(check, "error", f"`{check.function}` is asked for, and there is no Python file", NOTHING)
    student = desk.session.student(check)
    heard = _heard(check, reference, student, desk.seed)
    if heard.silent is not None and heard.silent.kind in LOST and student.used:
        student = desk.session.student(check, fresh=True)
        heard = _heard(check, reference, student, desk.seed)
    student.used = True
    if heard.silent is not None:
        return _without_value(check, heard, desk)
    if heard.misfit:
        return _result(check, "failed", heard.misfit, Diagnosis("wrong-shape", heard.misfit, check.function))
    return _compared(check, reference, heard, student, desk)


def _heard(check: Check, reference: Reference, student: Student, seed: int) -> Heard:
    heard = Heard()
    for case in reference.cases(seed):
        answer = student.call(check, case.arrays())
        heard.during = case
        if answer.kind != "value":
            heard.silent = answer
            return heard
        values, heard.misfit = named(check, answer)
        if heard.misfit:
            return heard
        heard.mutated.update(answer.mutated)
        heard.cases.append((case, values))
    return heard


def named(check: Check, answer: Any) -> tuple[dict[str, Any], str]:
    """The values by the names that were asked for, or why that cannot be."""
    asked = check.returns
    if len(asked) == 1:
        if answer.bare:
            return {asked[0]: answer.values[0]}, ""
        return {}, f"`{check.function}` returns {len(answer.values)} values, and one was asked for: {asked[0]}"
    values = answer.values
    if answer.bare:
        (one,) = values
        if one.shape[:1] != (len(asked),):
            text = f"`{check.function}` returns one value, and a tuple of {len(asked)} was asked for: {_list(asked)}"
            return {}, text
        values = tuple(one)  # `np.array([dw, db])` of values that have the same shape
    if len(values) != len(asked):
        return {}, f"`{check.function}` returns {len(values)} values instead of {len(asked)}: {_list(asked)}"
    return dict(zip(asked, values, strict=True)), ""


# -- nothing to compare

NOTHING = Diagnosis("missing", "Nothing came back that could be looked at.")


def _without_value(check: Check, heard: Heard, desk: Desk) -> CheckResult:
    answer, name = heard.silent, f"`{check.function}`"
    place = f" ({desk.submission.place(answer.line)})" if answer.line else ""
    on = f" when called on {heard.during.label}" if heard.cases and heard.during and heard.during.label else ""
    said: Mapping[str, Callable[[], str]] = {  # some look into the file: one is asked
        "absent": lambda: f"there is no function {name}{_instead(check, desk)}",
        "raised": lambda: (
            f"{_raiser(check, answer, desk)} raised {answer.message}{place}{on}{_given(check, heard, desk)}"
        ),
        "nothing": lambda: f"{name} returned None{on}: is a `return` missing?",
        "no-array": lambda: f"{name}{on}: {answer.message}",
        "timeout": lambda: f"{name} took longer than {check.seconds:g} seconds{on}",
        "memory": lambda: f"{name} took more than {check.memory_mb} MB of memory{on}",
        "died": lambda: f"the program ended while {name} was called{on}: {answer.message}",
        "wire": lambda: f"what came back from {name} could not be read{on}: {answer.message}",
    }
    status = "timeout" if answer.kind == "timeout" else "error"
    text = said[answer.kind]().rstrip(": ")
    missing = Diagnosis("missing", _said(text) + ("" if text.endswith("?") else "."), check.function)
    return _result(check, status, text, missing if answer.kind in ("absent", "nothing") else None)


def _given(check: Check, heard: Heard, desk: Desk) -> str:
    """The shapes of what the function was given, where that may be why it raised."""
    by_function = _raiser(check, heard.silent, desk) != desk.submission.name
    if heard.during is None or not by_function or not heard.silent.message.startswith(("ValueError", "IndexError")):
        return ""
    shapes = [f"{name} {heard.during.arguments[name].shape}" for name in check.arguments]
    return f"; the shapes were {_list(shapes)}"


def _raiser(check: Check, answer: Any, desk: Desk) -> str:
    """The function that raised, or the file that could not be run at all."""
    if answer.message.startswith(UNREAD) or (answer.line and not in_function(desk.submission, answer.line)):
        return desk.submission.name
    return f"`{check.function}`"


def _instead(check: Check, desk: Desk) -> str:
    """What may be the reason why a function is not there: another name, a cell that is no Python."""
    near = get_close_matches(check.function, functions(desk.submission), n=1)
    said = f"; is it `{near[0]}`, which is there?" if near else ""
    unread = None if desk.submission.notebook is None else desk.submission.notebook.unread()
    return f"{said}; {unread}" if unread else said


UNREAD = ("SyntaxError", "IndentationError", "TabError")


def _result(check: Check, status: Any, message: str, diagnosis: Diagnosis | None = None) -> CheckResult:
    return CheckResult(check.name, 0, check.points, status, message, diagnosis)


# -- values to compare


def _compared(check: Check, reference: Reference, heard: Heard, student: Student, desk: Desk) -> CheckResult:
    desk.single |= any(value.dtype == "float32" for _, values in heard.cases for value in values.values())
    verdicts = {name: _verdict(reference, name, heard, desk.single) for name in check.returns}
    wrong = [name for name, said in verdicts.items() if said]
    followed = _followed(check, reference, heard, wrong, desk)
    desk.wrong += [Wrong(check, name) for name in wrong if not followed[name]]
    found: Mapping[str, Diagnosis | None] = {}
    if not all(followed.values()):
        found = _diagnosed(check, reference, heard, student)
    changed = [check.arguments[place] for place in sorted(heard.mutated)]
    mutates = None
    if changed:
        mutates = Diagnosis("mutates-input", _said(MUTATES.format(names=_list(changed))), _list(changed))
    parts = []
    for name, message in verdicts.items():
        own = followed.get(name)
        if not message or own:
            said = mutates.text if mutates else GIVEN_YOURS.format(own=own) if own else ""
            parts.append(Part(name, 0.5 if mutates else 1.0, said, mutates))
        else:
            parts.append(Part(name, 0.0, message, found.get(name)))
    score = check.points * sum(part.share for part in parts) / len(parts)
    lost = mutates or not all(followed.values())
    diagnosis = next((part.diagnosis for part in parts if part.diagnosis and part.share == 0), mutates)
    return CheckResult(
        check.name, score, check.points, "failed" if lost else "passed", _told(parts), diagnosis, tuple(parts)
    )


def _diagnosed(check: Check, reference: Reference, heard: Heard, student: Student) -> Mapping[str, Diagnosis | None]:
    """The mistakes that were made."""
    found: Mapping[str, Diagnosis | None] = looked_for(
        lambda: reference.diagnose(heard.cases, lambda arrays: named_values(check, student, arrays)), {}
    )
    return found


def _followed(check: Check, reference: Reference, heard: Heard, wrong: list[str], desk: Desk) -> dict[str, str | None]:
    """For each wrong value the one of the student's own for which it is right, if there is one."""
    found: dict[str, str | None] = dict.fromkeys(wrong)
    for one in [*earlier(desk.wrong, check), *(Wrong(check, name) for name in wrong)] if wrong else ():
        waiting = [name for name in wrong if found[name] is None and may_follow(reference, name, one)]
        if waiting and (one.check is check or one in desk.wrong):
            own = _own_values(one, check, heard, desk)
            found |= {name: one.name for name in waiting if own and follows(reference, name, heard.cases, one, own)}
    return found


def _own_values(wrong: Wrong, check: Check, heard: Heard, desk: Desk) -> list[Any]:
    """What the student has for a wrong value in each of these cases; nothing where asking again has cost the worker."""
    if wrong.check is check:
        return [values[wrong.name] for _, values in heard.cases]
    asked, own = desk.session.student(wrong.check), []
    for case, _ in heard.cases:
        given = [case.arguments[argument].copy() for argument in wrong.check.arguments]
        own.append((named_values(wrong.check, asked, given) or {}).get(wrong.name))
    if asked.lost:
        desk.wrong.clear()  # the next one would be lost too, at the cost of its time
        return []
    return own


def _verdict(reference: Reference, name: str, heard: Heard, single: bool) -> str:
    """What is wrong in the first case that is not right, and what is special about it; nothing if all are right."""
    for place, (case, values) in enumerate(heard.cases):
        comparison = reference.compare(case, name, values[name])
        if single and not comparison.equal and values[name].dtype == "float64":
            comparison = reference.compare(case, name, _in_single(values[name]))
        if not comparison.equal:
            return f"{comparison.detail} (on {case.label})" if place and case.label else comparison.detail
    return ""


def _in_single(value: np.ndarray) -> np.ndarray:
    import numpy as np

    with np.errstate(over="ignore"):
        return value.astype(np.float32)


def named_values(check: Check, student: Student, arrays: list[Any]) -> dict[str, Any] | None:
    """The function on other inputs, for who looks for the mistake; None where no value came."""
    answer = student.call(check, arrays)
    return named(check, answer)[0] or None if answer.kind == "value" else None


def _told(parts: list[Part]) -> str:
    """What was right, then what was not; values of which the same is to be said are named together."""
    said: dict[str, list[str]] = {}
    for part in sorted(parts, key=lambda part: (-part.share, bool(part.message))):
        said.setdefault(part.message or ("right" if part.share == 1 else "different"), []).append(part.name)
    return "; ".join(
        f"{_list(names)} right" if text == "right" else f"{_list(names)}: {text}" for text, names in said.items()
    )


def _list(names: Any) -> str:
    return ", ".join(names)


def _said(text: str) -> str:
    return text[:1].upper() + text[1:]
