"""The mistake in a formula that was written down: what it computes is looked at as what a function answers would be."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

import graphc as gc

from ..answers import LINE
from ..exercise import Check, Exercise
from ..fitting import Question
from ..misconceptions.table import told
from ..references import Reference
from ..result import Diagnosis

if TYPE_CHECKING:
    from ..inputs import Case

SEEDS = range(1, 4)  # of a single number, one drawing tells too little
TITLE = "answer_"
# mistakes of computing, not of deriving
OF_PROGRAMS = frozenset(
    {"overflow", "non-finite", "approximate", "hard-coded", "wrong-dtype", "wrong-shape", "unknown"}
)


def mistake(exercise: Exercise, equals: str, statement: str) -> Diagnosis | None:
    """The mistake by which `statement` comes out in place of `equals`; None where none of the usual ones fits."""
    asked = _asked(exercise, equals)
    if asked is None:
        return None
    name, reference = asked
    try:
        program = _compiled(reference, name, statement)
        cases = [case for seed in SEEDS for case in reference.cases(seed) if not case.large]
        evidence = [(case, {name: _value(program, case)}) for case in cases]
        found = reference.diagnose(evidence).get(name)
    except (gc.GraphcError, ValueError):  # no formula over the tensors of the model, or not of the shape asked for
        return None
    if found is None or found.code in OF_PROGRAMS:
        return None
    return _term(Question(reference, name, evidence, None), found) if found.code == "dropped-factor" else found


def _term(question: Question, found: Diagnosis) -> Diagnosis:
    """A whole term, where leaving out one comes to the same as leaving out a factor: on paper, terms stand apart."""
    for mutant in question.reference.mutants(question.name):
        if mutant.code == "missing-term" and mutant.where == found.where and question.fits(mutant.value):
            return told(mutant.code, mutant.where)
    return found


@lru_cache(32)
def _asked(exercise: Exercise, equals: str) -> tuple[str, Reference] | None:
    """What is asked for as a value of the model: `dL/da` for `dL/da[i]`."""
    name = "".join(equals.split("[")[0].split())
    leaves = [leaf.name for leaf in (*exercise.network.inputs, *exercise.network.params)]
    try:
        code = Check(equals, "code", 1.0, call=f"f({', '.join(map(str, leaves))})", returns=(name,))
        return name, Reference(exercise.network, code)
    except gc.GraphcError:
        return None


def _compiled(reference: Reference, name: str, statement: str) -> Any:
    """The formula beside the equations of the model."""
    from graphc import syntax

    found = LINE.fullmatch(statement)
    assert found is not None
    shape = reference.program.node(name).shape
    indices = [index.strip() for index in (found[2] or "[]")[1:-1].split(",") if index.strip()]
    if len(indices) != len(shape):
        raise ValueError(f"{len(indices)} indices for {len(shape)} axes")
    bound = ", ".join(f"{index}<{size}" for index, size in zip(indices, shape, strict=True))
    equation = syntax.parse_statement(f"{TITLE}[{bound}] = {found[3]}" if bound else f"{TITLE} = {found[3]}")
    network = reference.network.restated([*reference.network.statements, equation])
    return gc.compile(network[TITLE], arguments=reference.leaves)


def _value(program: Any, case: Case) -> Any:
    import numpy as np

    with np.errstate(all="ignore"):
        return program(**case.sizes, **case.drawn)
