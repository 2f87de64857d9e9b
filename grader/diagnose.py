"""Which mistake was made: a stage explains all ordinary answers or says nothing; the most specific mistake is told."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from itertools import combinations
from typing import TYPE_CHECKING, Any

import numpy as np

from .fitting import Question
from .misconceptions.steps import title
from .misconceptions.table import BY_CODE, RANK, told
from .pairs import pairs
from .partly import by_row, partly
from .probes import close, deaf, nearly_right, some_sizes_only, truncated, unchanging
from .result import Diagnosis
from .scales import constant, scaled, scales
from .shapes import arrangements, not_added_up, reshaped
from .summands import otherwise_reduced, some_added
from .windows import windowed
from .witness import witness

if TYPE_CHECKING:
    from .inputs import Case
    from .references import Call, Reference

HARD = " For ordinary numbers it is right: look at small whole numbers, where values tie or are zero."
Evidence = Sequence[tuple["Case", Mapping[str, Any]]]


def diagnose(reference: Reference, evidence: Evidence, call: Call | None = None) -> dict[str, Diagnosis | None]:
    """A diagnosis for each wrong value, None for each right one."""
    return {name: _of(Question(reference, name, evidence, call)) for name in reference.returns}


def _of(question: Question) -> Diagnosis | None:
    if len(question.answers) == len(question.evidence) and all(map(question.right, question.answers)):
        return None
    for stage in STAGES:
        found = stage(question)
        if found is not None:
            return found
    return told("unknown", question.name, witness(question))


# -- what needs no model


def _missing(question: Question) -> Diagnosis | None:
    empty = all(values.get(question.name) is None for _, values in question.evidence)
    return told("missing", question.name) if empty else None


def _strange(question: Question) -> Diagnosis | None:
    """No numbers at all, or only whole ones."""
    if truncated(question) and not unchanging(question):
        return told("wrong-dtype", question.name)
    kinds = {np.asarray(values.get(question.name)).dtype.kind for _, values in question.evidence}
    return told("wrong-dtype", question.name) if kinds - set("fiub") - {"O"} else None


def _hard_points(question: Question) -> Diagnosis | None:
    """Where every ordinary answer is right, it is a hard point that is missed."""
    wrong = [answer for answer in question.answers if not question.right(answer)]
    if any(answer in question.ordinary for answer in wrong):
        return None
    plain = any(not answer.case.large and not question.kinked(answer.case) for answer in wrong)
    if not plain and any(answer.case.large for answer in wrong):
        return told("overflow", question.name)
    if any(not np.isfinite(answer.value).all() for answer in wrong):
        return told("non-finite", question.name)
    return told("unknown", question.name, HARD + witness(question)) if wrong else None


def _unchanging(question: Question) -> Diagnosis | None:
    return told("hard-coded", question.name) if unchanging(question) else None


def _of_ones(question: Question) -> Diagnosis | None:
    """Right for an upstream of ones, whatever it is."""
    mutants = question.reference.misconceptions.cheap(question.name)
    return _best(question, [mutant for mutant in mutants if mutant.code == "ignored-upstream"])


def _never_finite(question: Question) -> Diagnosis | None:
    """NaN in nearly every ordinary case: there is nothing to compare."""
    return (
        told("non-finite", question.name)
        if len(question.ordinary) < 2 and any(not np.isfinite(a.value).all() for a in question.answers)
        else None
    )


# -- mistakes in the graph


def _exchanged(question: Question) -> Diagnosis | None:
    """Two of the values that are returned, each in the place of the other."""
    for other in question.reference.returns:
        back = Question(question.reference, other, question.evidence, question.call)
        if other == question.name or not back.ordinary:
            continue
        there, here = partial(_right, other), partial(_right, question.name)
        if question.fits(there) and back.fits(here):
            return told("swapped", f"{question.name}, {other}")
    return None


def _right(name: str, case: Case) -> np.ndarray:
    return case.expected[name]


def _scaled(question: Question) -> Diagnosis | None:
    for scale in scales(question):
        if question.fits(scaled(question, scale)):
            return told(scale.code, _place(question, scale.code))
    return None


def _place(question: Question, code: str) -> str:
    """Where in the graph a mistake of that kind leads to this answer; the value itself where that is not one place."""
    mutants = question.reference.misconceptions.cheap(question.name)
    places = {mutant.where for mutant in mutants if mutant.code == code and question.fits(mutant.value)}
    return places.pop() if len(places) == 1 else question.name


def _backward(question: Question) -> Diagnosis | None:
    """A way that is left out comes before a factor without which nothing goes that way."""
    mutants = question.reference.misconceptions.cheap(question.name)
    between = [mutant for mutant in mutants if RANK[mutant.code] < RANK["dropped-factor"]]
    left_out = [mutant for mutant in mutants if mutant.code == "missing-term"]
    return _best(question, between) or _best(question, left_out) or _best(question, mutants)


def _equations(question: Question) -> Diagnosis | None:
    return _best(question, question.reference.misconceptions.written(question.name))


def _best(question: Question, mutants: Sequence[Any]) -> Diagnosis | None:
    """The most specific of the mutants that explain the answer."""
    ranked = sorted(mutants, key=lambda mutant: RANK[mutant.code])
    best = next((mutant for mutant in ranked if question.fits(mutant.value)), None)
    if best is None:
        return None
    return told("approximate", question.name) if nearly_right(question) else told(best.code, best.where)


def _forward_instead(question: Question) -> Diagnosis | None:
    """The value of a tensor of the model where a derivative was asked for."""
    misconceptions = question.reference.misconceptions
    tape = misconceptions.tape(question.name)
    if tape is None:
        return None
    for node in tape.nodes:
        if node.name is not None and question.fits(partial(_element, tape.values, node)):
            return told("forward-instead", title(node.name))
    return None


def _deaf(question: Question) -> Diagnosis | None:
    if not deaf(question):
        return None
    return told("ignored-upstream", question.reference.upstream.name)  # type: ignore[union-attr]


def _constant(question: Question) -> Diagnosis | None:
    factor = constant(question)
    if factor is None or not question.fits(lambda case: np.asarray(factor * case.expected[question.name])):
        return None
    written = question.reference.misconceptions.written(question.name)
    counted = [mutant for mutant in written if mutant.code in ("missing-mean", "extra-mean")]
    return _best(question, counted) or told("constant-factor", _place(question, "constant-factor"))


# -- right numbers, wrong places


def _arranged(question: Question) -> Diagnosis | None:
    if not question.ordinary:
        return None
    fitting = [(code, where) for code, where, candidate in arrangements(question) if question.fits(candidate)]
    if fitting:
        return told(*min(fitting, key=lambda found: RANK[found[0]]))
    if not_added_up(question):
        return told("missing-sum", question.name)
    return told("wrong-shape", question.name) if reshaped(question) else None


def _stopped(question: Question) -> Diagnosis | None:
    """What has arrived at a tensor on the way: the chain ends too early."""
    tape = question.reference.misconceptions.tape(question.name)
    if tape is None:
        return None
    for node in reversed(list(tape.active)):
        if node is not tape.by and question.fits(partial(_element, tape.arrived, node)):
            return told("dropped-factor", title(tape.where(node)))
    return None


def _added_otherwise(question: Question) -> Diagnosis | None:
    """The contributions to what is differentiated by, added up along another axis than the one that it lacks."""
    tape = question.reference.misconceptions.tape(question.name)
    if tape is None or not _differently_shaped(question):
        return None
    for node in tape.active:
        for count in range(1, node.rank + 1):
            for axes in combinations(range(node.rank), count):
                for change in (np.sum, np.mean):
                    if question.fits(partial(_summed, tape, node, axes, change)):
                        return told("wrong-axis", title(tape.where(node)))
    for edge in [edge for edge in tape.edges if edge.tensor is tape.by]:
        for axis in range(edge.node.rank):
            for over in range(1, edge.tensor.rank + 1):
                for change in (np.sum, np.mean):
                    if question.fits(partial(_contributed, tape, edge, axis, over, change)):
                        return told("wrong-axis", title(tape.where(edge.node)))
    return None


def _summed(tape: Any, node: Any, axes: tuple[int, ...], change: Callable[..., np.ndarray], case: Case) -> Any:
    arrived = tape.arrived(case).get(node)
    return None if arrived is None else change(arrived, axis=axes)


def _differently_shaped(question: Question) -> bool:
    """In some case at least: where two sizes happen to be alike, so are shapes."""
    return any(answer.value.shape != answer.case.expected[question.name].shape for answer in question.ordinary)


def _contributed(tape: Any, edge: Any, axis: int, over: int, change: Callable[..., np.ndarray], case: Case) -> Any:
    return change(tape.contributions(case, edge, axis), axis=over)


def _element(mapping: Callable[[Case], Mapping[Any, np.ndarray]], node: Any, case: Case) -> np.ndarray | None:
    return mapping(case).get(node)


def _windows(question: Question) -> Diagnosis | None:
    return told("off-by-one", question.name) if windowed(question) else None


def _partly(question: Question) -> Diagnosis | None:
    code = by_row(question) or partly(question)
    return None if code is None else told(code, question.name)


def _some_added(question: Question) -> Diagnosis | None:
    return told("missing-sum", question.name) if some_added(question) else None


def _otherwise_reduced(question: Question) -> Diagnosis | None:
    node = otherwise_reduced(question)
    return None if node is None else told("wrong-axis", title(node))


def _another_tensor(question: Question) -> Diagnosis | None:
    """The value of another tensor of the model."""
    if question.reference.misconceptions.wanted[question.name].is_derivative or not question.ordinary:
        return None
    return _best(question, list(question.reference.misconceptions.others(question.name)))


def _sizes(question: Question) -> Diagnosis | None:
    """Right for some sizes only; where the shape is what is wrong for the others, that is said."""
    if not some_sizes_only(question):
        return None
    wrong = [answer for answer in question.ordinary if not question.right(answer)]
    shaped = all(answer.value.shape == answer.case.expected[question.name].shape for answer in wrong)
    return told("hard-coded" if shaped else "wrong-shape", question.name)


def _close(question: Question) -> Diagnosis | None:
    if not close(question):
        return None
    finite = all(np.isfinite(answer.value).all() for answer in question.answers if not answer.case.large)
    return told("approximate" if finite else "non-finite", question.name)


def _pairs(question: Question) -> Diagnosis | None:
    for one, other, candidate in pairs(question):
        if question.fits(candidate):
            if one == other:
                return told(*one)
            first, second = sorted((one, other), key=lambda found: RANK[found[0]])
            more = BY_CODE[second[0]].text.format(where=f"`{second[1]}`", witness="")
            found = told(*first)
            return Diagnosis(found.code, f"{found.text} And there is a second mistake. {more}", found.where)
    return None


STAGES: tuple[Callable[[Question], Diagnosis | None], ...] = (
    _missing,
    _hard_points,
    _strange,
    _of_ones,
    _unchanging,
    _never_finite,
    _forward_instead,
    _deaf,
    _exchanged,
    _scaled,
    _backward,
    _constant,
    _arranged,
    _stopped,
    _added_otherwise,
    _windows,
    _otherwise_reduced,
    _equations,
    _another_tensor,
    _some_added,
    _close,
    _sizes,
    _partly,
    _pairs,
)
