"""A written derivation, line by line: each against the one before it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from math import inf
from time import monotonic

from ..language.errors import GraphcError
from ..language.expression import Expression, Source, Span
from .equal import BUDGET, MISFIT, Verdict, decide
from .mixed import aligned
from .reading import Show, Written, read
from .report import Explanation, Line, Report

NO_TIME = "the lines before it took all the time there was"
EXPLAINING = 12.0  # seconds for the first false lines of all shows of a file


def check(source: Source) -> Report:
    """The report on a `.deriv` file; GraphcError where it cannot be read."""
    return report_on(source, read(source))


def report_on(source: Source, shows: Iterable[Show], seconds: float = inf) -> Report:
    """The report on shows that were read from a file. What is left when the seconds are over is undecided."""
    found: list[Line] = []
    patience, end = EXPLAINING, monotonic() + seconds
    for show in shows:
        explained = False
        basis = 0  # the last line that means something, whatever its shape: what follows is compared with that
        for place, written in enumerate(show.lines):
            if not place:
                _readable(show, written, source)
                found.append(Line(written.line, written.text, "true"))
                continue
            start = monotonic()
            if start > end:
                found.append(Line(written.line, written.text, "undecided", "limits", NO_TIME))
                continue
            line = line_of(show, basis, place, source, explain=not explained and patience > 0)
            if line.status == "false":
                explained, patience = True, patience - (monotonic() - start)
            found.append(line)
            basis = place if line.method != MISFIT else basis
    return Report(source.file, tuple(found))


def _readable(show: Show, written: Written, source: Source) -> None:
    """Refuse what cannot be read, before anything is compared with it."""
    if len(show.lines) == 1:
        _decide(show, written, written, source)


def line_of(show: Show, basis: int, place: int, source: Source, explain: bool) -> Line:
    """The line at a place of a show, compared with the one at `basis`."""
    start = monotonic()
    before, after = _aligned(show, show.lines[basis], show.lines[place])
    verdict = _decide(show, before, after, source)
    line = Line(after.line, after.text, verdict.status, verdict.method, verdict.note, witness=verdict.witness)
    if verdict.status == "true":
        return replace(line, conditions=_conditions(show, before, after, verdict))
    if verdict.status == "false" and explain:
        left = max(0.2, BUDGET - (monotonic() - start))
        why = _explanation(show, before, after, left)
        saving = () if why.saving is None else (why.saving,)
        note = "; ".join(filter(None, (line.note, why.sentence)))
        return replace(line, rule=why.rule, repair=why.repair, saving=why.saving, conditions=saving, note=note)
    return line


def _aligned(show: Show, before: Written, after: Written) -> tuple[Written, Written]:
    context = tuple(line.expression for line in show.lines)
    one, two = aligned(before.expression, after.expression, show.givens, context, BUDGET / 4)
    return replace(before, expression=one), replace(after, expression=two)


def _decide(show: Show, before: Written, after: Written, source: Source) -> Verdict:
    context = tuple(line.expression for line in show.lines)
    try:
        if before is after:
            from .bench import Bench

            Bench(show.givens, (before.expression,), seconds=BUDGET)
            return Verdict("true", "read")
        return decide(before.expression, after.expression, show.givens, context=context)
    except GraphcError as error:
        raise placed(error, show, after, before, source) from None


def placed(error: GraphcError, show: Show, after: Written, before: Written, source: Source) -> GraphcError:
    """The error at the expression that is at fault: in this line, in the one before, or in a given."""
    culprit, name = getattr(error, "culprit", None), getattr(error, "equation", None)
    for statement, span in zip(show.givens.statements, show.spans, strict=True):
        if statement.name == name:
            return error.at(source, span)
    places = [(after.expression, after.span), (before.expression, before.span)]
    for statement, span in zip(show.givens.statements, show.spans, strict=True):
        right = getattr(statement, "right", None) or getattr(statement, "value", None)
        if right is not None:
            places.append((right, span.children[-1]))
    for expression, span in places:
        found = _span(culprit, expression, span) if culprit is not None else None
        if found is not None:
            return error.at(source, found)
    return error.at(source, _first(after.span))


def _span(culprit: Expression, expression: Expression, span: Span) -> Span | None:
    stack = [(expression, span)]
    while stack:
        part, place = stack.pop()
        if part is culprit:
            return place
        stack.extend(reversed(list(zip(part.children, place.children, strict=False))))
    return None


def _first(span: Span) -> Span:
    """Where an expression begins."""
    while span.children and span.children[0][:2] < span[:2]:
        span = span.children[0]
    return span


def _conditions(show: Show, before: Written, after: Written, verdict: Verdict) -> tuple[str, ...]:
    """The assumptions without which the line would not be found true."""
    needed = []
    for assumption in show.givens.assumptions:
        rest = tuple(other for other in show.givens.assumptions if other is not assumption)
        without = replace(show.givens, assumptions=rest)
        try:
            other = decide(before.expression, after.expression, without, 1.0, witness=False, twice=False)
        except GraphcError:
            continue
        if other.status != "true":
            needed.append(assumption.text)
    return tuple(needed)


def _explanation(show: Show, before: Written, after: Written, seconds: float) -> Explanation:
    from .slip_explained import explained

    context = tuple(line.expression for line in show.lines)
    return explained(before.expression, after.expression, after.text, show.givens, context, seconds)
