"""Whether an exercise can be given to students: starter fails, reference passes, and inputs tell mistakes apart."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from textwrap import wrap
from typing import TYPE_CHECKING, Any

import graphc as gc

from .desk import Desk
from .exercise import Check, Exercise
from .grade import grade_one
from .killing import kills
from .kinds import grader_of
from .result import CheckResult
from .session import Session
from .submission import Submission, find, read

if TYPE_CHECKING:
    from .sandbox import Workers

SEED, WIDTH = 20_240_229, 80
REFERENCE = "reference.py"


@dataclass
class Checked:
    """What was found about one check: how many mistakes its inputs tell apart, and what is wrong with it."""

    name: str
    kind: str
    told: int | None = None
    mutants: int | None = None
    survivors: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)

    def json(self) -> dict[str, Any]:
        score = None if not self.mutants else round((self.told or 0) / self.mutants, 4)
        return {
            "name": self.name,
            "kind": self.kind,
            "mutants": self.mutants,
            "told_apart": self.told,
            "kill_score": score,
            "survivors": self.survivors,
            "problems": self.problems,
        }


@dataclass
class Report:
    """All checks of an exercise; `problems` are those of the exercise as a whole."""

    exercise: Exercise
    checks: list[Checked]
    problems: list[str]

    @property
    def fit(self) -> bool:
        return not self.problems and not any(check.problems for check in self.checks)

    def json(self) -> dict[str, Any]:
        return {
            "id": self.exercise.id,
            "fit": self.fit,
            "problems": self.problems,
            "checks": [check.json() for check in self.checks],
        }


def check(exercise: Exercise, workers: Workers, seed: int = SEED) -> Report:
    """Everything that can be found out without a student."""
    checks = [Checked(one.name, one.kind) for one in exercise.checks]
    problems = [] if exercise.task.is_file() else [f"there is no task: {exercise.task.name} is not there"]
    started = _starter(exercise, workers, seed, problems)
    for one, found in zip(exercise.checks, checks, strict=True):
        result = started.get(one.name)
        if result is not None and result.score >= result.max_score:
            found.problems.append("the starter passes: there is nothing to be done")
        try:
            OF_KIND[one.kind](exercise, one, found, workers, seed)
        except gc.GraphcError as error:
            found.problems.append(error.message)
    return Report(exercise, checks, problems)


def _starter(exercise: Exercise, workers: Workers, seed: int, problems: list[str]) -> Mapping[str, CheckResult]:
    """What becomes of what students are given to start from."""
    (id, found), *others = find([exercise.folder], exercise.own_files)
    submission = read(id, found)
    if others or submission.refused == "the folder is empty":
        problems.append("there is no starter, a file that students fill in")
        return {}
    if submission.refused is not None:
        problems.append(f"the starter cannot be read: {submission.refused}")
        return {}
    return {result.name: result for result in grade_one(exercise, submission, workers, seed).checks}


# -- the kinds


def _code(exercise: Exercise, check: Check, found: Checked, workers: Workers, seed: int) -> None:
    """The compiled reference is handed in like a student's, and mistakes are counted that the inputs tell apart."""
    reference = exercise.reference(check)
    program = reference.program.given
    strangers = [name for name in program.inputs if name not in check.arguments]
    if strangers:
        said = "cannot be computed from the arguments: it depends on"
        found.problems.append(f"{', '.join(check.returns)} {said} {', '.join(strangers)}")
        return
    submission = Submission(REFERENCE, exercise.folder, _as_student(check, program), name=REFERENCE)
    with Session(workers, submission) as session:
        result = grader_of(check.kind)(check, Desk(exercise, submission, session, seed))
    if result.score < result.max_score:
        found.problems.append(f"the reference fails: {result.message}")
    cases, told, all_ = reference.cases(seed), 0, 0
    for name in check.returns:
        with warnings.catch_warnings(action="ignore"):  # mistakes divide by 0 and overflow
            outcome = kills(reference, name, cases)
        told, all_ = told + outcome.killed, all_ + outcome.killed + len(outcome.survivors)
        found.survivors += [f"{name}: {mutant.code} at {mutant.where}, {mutant.said}" for mutant in outcome.survivors]
        if not any(_nonzero(case.expected[name]) for case in cases):
            found.problems.append(f"{name} is 0 whatever is given: a function that returns nothing but 0 would pass")
    found.told, found.mutants = told, all_
    if found.survivors:
        found.problems.append(f"the inputs cannot tell {len(found.survivors)} mistakes from the right answer")


def _as_student(check: Check, program: gc.Program) -> str:
    """The reference as a Python file with the function that is asked for."""
    call = f"def {check.function}({', '.join(check.arguments)}):\n    values = run({', '.join(program.inputs)})\n"
    back = "values[0]" if len(check.returns) == 1 else "tuple(values)"
    return f"{program.source}\n\n\n{call}    return {back}\n"


def _nonzero(value: Any) -> bool:
    return bool((value != 0).any())


def _formula(exercise: Exercise, check: Check, found: Checked, workers: Workers, seed: int) -> None:
    from .kinds.formula import equations

    judge = equations(exercise)
    judge.value(check.equals)
    if judge.compare(check.equals, check.equals).status != "true":
        found.problems.append(f"whether a formula is {check.equals} cannot be decided")
    if judge.compare(check.equals, "0").status == "true":
        found.problems.append(f"{check.equals} is 0, so that anybody would guess it")


def _derivation(exercise: Exercise, check: Check, found: Checked, workers: Workers, seed: int) -> None:
    from .kinds.formula import equations

    judge = equations(exercise)
    judge.value(check.show)
    if judge.compare(check.show, check.show).status != "true":
        found.problems.append(f"whether a line is {check.show} cannot be decided")


def _number(exercise: Exercise, check: Check, found: Checked, workers: Workers, seed: int) -> None:
    from .kinds.number import value

    value(exercise, check)


def _net(exercise: Exercise, check: Check, found: Checked, workers: Workers, seed: int) -> None:
    """The data must be there; no net is known that does what is required."""
    from .kinds.net import requirement

    for text in check.require:
        one = requirement(text)
        if one is not None and one.data is not None:
            gc.load_data(one.data)


OF_KIND: Mapping[str, Callable[[Exercise, Check, Checked, Any, int], None]] = {
    "code": _code,
    "formula": _formula,
    "derivation": _derivation,
    "number": _number,
    "net": _net,
}


# -- for people


def text(report: Report) -> str:
    """What an author reads: a line a check, and what to do."""
    lines = [f"{report.exercise.id} - {report.exercise.title}"]
    lines += [f"  ✗ {problem}" for problem in report.problems]
    for found in report.checks:
        lines.append(f"  {'✗' if found.problems else '✓'} {found.name} ({found.kind}){_told(found)}")
        for said in [*found.problems, *found.survivors]:
            lines += wrap(said, WIDTH, initial_indent="    ", subsequent_indent="    ")
    end = "it can be given to students" if report.fit else "it cannot be given to students as it is"
    return "\n".join([*lines, end, ""])


def _told(found: Checked) -> str:
    if not found.mutants:
        return ""
    share = 100 * (found.told or 0) / found.mutants
    return f": kill score {share:.3g} %, {found.told} of {found.mutants} mistakes told apart"
