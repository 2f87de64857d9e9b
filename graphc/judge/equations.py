"""The equations of a network as what is given: answers and whole derivations are judged under them.

Who answers may define more, never something else. What is only assumed by who answers does not count.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from math import inf
from time import monotonic
from typing import TYPE_CHECKING

from ..graph.operators import library_names
from ..language.errors import GraphcError
from ..language.expression import (
    Bound,
    Call,
    Constant,
    Declaration,
    Definition,
    Equation,
    Expression,
    Mark,
    Name,
    Source,
    Span,
    Statement,
    Subscript,
    Tuple,
)
from ..language.hints import near
from ..language.parse import parse_expression, parse_statement
from ..language.text import text
from .check import line_of, report_on
from .everywhere import leaves_out
from .facts import facts
from .frame import FORMS
from .givens import Givens, assumption
from .reading import Show, Written, read
from .repair_tree import renamed
from .report import Line, Report
from .total import Total, mentioned, parts
from .world import World

if TYPE_CHECKING:
    from ..graph.network import Network


@dataclass(frozen=True)
class Judged:
    """A derivation under given equations: its lines, what in it speaks against what is given, and its last line.

    `last` is that line beside what was to be shown.
    """

    report: Report
    against: tuple[tuple[int, str], ...]
    last: Line


class Equations:
    """What a network says, for judging what somebody else says about it."""

    def __init__(self, network: Network) -> None:
        said = [one for one in network.statements if not isinstance(one, Mark)]
        self.statements: tuple[Equation | Definition | Constant, ...] = tuple(
            one for one in said if not isinstance(one, Declaration)
        )
        declared = [one for one in said if isinstance(one, Declaration)]
        self.axes = {one.name: one.dims for one in declared}
        assumed = tuple(assumption(one.name, attribute) for one in declared for attribute in one.attributes)
        self.givens = Givens(self.statements, self.axes, assumed)
        self.world = World(self.givens, ())

    def compare(self, before: str, after: str) -> Line:
        """Whether one expression is another; where it is not, a witness and a repair."""
        return self._compare(self._written(before), self._written(after))

    def answer(self, asked: str, equals: str, written: str, explain: bool = True) -> Line:
        """An equation that somebody wrote down, `delta[k] = …`, beside what was asked for: `delta[i]`, which equals …

        GraphcError where it is no answer: of another name, with names that nobody knows, or with the question in it.
        """
        wanted, found = parse_statement(f"{asked} = 0"), parse_statement(written, "answer")
        assert isinstance(wanted, Equation)
        if not isinstance(found, Equation) or found.name != wanted.name:
            raise GraphcError(f"an equation of the form {asked} = … is asked for")
        if len(wanted.indices or ()) != len(found.indices or ()):
            raise GraphcError(f"`{found.name}` is asked for as {asked}")
        question, _ = parse_expression(equals)
        names = {one.name: other.name for one, other in zip(wanted.indices or (), found.indices or (), strict=True)}
        self._refuse_question(found.right, question)
        self._refuse_unknown(found.right, names.values())
        question = renamed(question, {old: new for old, new in names.items() if old != new})
        after = Written(found.right, found.span.children[-1], 1, 1, text(found.right))
        line = self._compare(self._as_written(question), after, explain)
        return self._everywhere(line, question, found.right, self.givens)

    def value(self, equals: str) -> Expression:
        """What is asked for, with each derivative made one; GraphcError where it means nothing here."""
        expression, _ = parse_expression(equals)
        found = World(self.givens, (expression,)).lines[0]
        self._refuse_unknown(found, facts(found).places)
        return found

    def derivation(self, written: str, show: str, file: str = "derivation", seconds: float = inf) -> Judged:
        """A whole derivation of `show`: every line under these equations, and its end beside the question."""
        source, end = Source(file, written), monotonic() + seconds
        against: list[tuple[int, str]] = []
        question, _ = parse_expression(show)
        shows = [self._held(one, question, against) for one in read(source)]
        report = report_on(source, shows, end - monotonic())
        last = shows[-1]
        final = last.lines[-1]
        own = {one.name: one for one in last.givens.statements if one not in self.statements}
        self._refuse_other_start(last, question, show)
        self._refuse_question(_opened(final.expression, own), question)
        ends = Show(last.givens, last.spans, (self._as_written(question), final))
        end_line = line_of(ends, 0, 1, source, explain=False)
        return Judged(report, tuple(against), self._everywhere(end_line, question, final.expression, last.givens))

    def _everywhere(self, line: Line, question: Expression, answer: Expression, givens: Givens) -> Line:
        """An answer that is right only where it is defined is not yet right where the question is."""
        if line.status != "true" or not leaves_out(question, answer, givens):
            return line
        return replace(line, status="false", note="it is right only where it is defined, and that is not everywhere")

    # -- what an answer may say

    def _refuse_unknown(self, answer: Expression, indices: Iterable[str] = ()) -> None:
        """Names that are nothing here would be any number at all."""
        bound = {index.name for part in parts(answer) for index in part.children if isinstance(index, Bound)}
        known = {*self.axes, *(one.name for one in self.statements), *self.world.sizes, *bound, *indices, "pi", "π"}
        for name in sorted(mentioned(answer) - known):
            raise GraphcError(f"the model has no `{name}`", near(name, [*self.axes, *self.world.equations]))

    def _refuse_question(self, answer: Expression, question: Expression) -> None:
        """An answer that has the question in it, as a derivative or by name, answers nothing."""
        world = World(self.givens, (answer, question))
        regrouped, wanted = world.lines
        left = next((part for part in parts(regrouped) if isinstance(part, Total)), None)
        if left is not None and any(isinstance(part, Total) for part in parts(wanted)):
            raise GraphcError(f"the answer still has the derivative d{text(left.of)}/d{text(left.by)} in it")
        base = wanted.base if isinstance(wanted, Subscript) else wanted
        if isinstance(base, Name) and base.name in world.equations:
            for name in world.used(regrouped):
                if base.name in world.order([name]):
                    raise GraphcError(f"the answer is written with `{name}`, which is made of `{base.name}` itself")

    def _refuse_other_start(self, show: Show, question: Expression, asked: str) -> None:
        start = show.lines[0].expression
        one, two = World(show.givens, (start, question)).lines
        if one is not two and not (isinstance(two, Total) and _whole(two) is one):
            raise GraphcError(f"the derivation starts with {text(start)}, and not with {asked}")

    # -- what somebody gives

    def _held(self, show: Show, question: Expression, against: list[tuple[int, str]]) -> Show:
        """The show with these equations in place of those that its author has of the same names."""
        own, spans = [], []
        for statement, span in zip(show.givens.statements, show.spans, strict=True):
            said = self._speaks_against(statement, question)
            if said:
                against.append((span.line, said))
            elif not self._is_mine(statement):
                own.append(statement)
                spans.append(span)
        axes = dict(self.axes)
        for name, dims in show.givens.axes.items():
            if name in self.axes and dims != self.axes[name]:
                against.append((show.lines[0].line, f"`{name}` is given as {name}{_dims(self.axes[name])}"))
            elif name not in self.axes and (name in self.world.equations or self._taken(name, question)):
                against.append((show.lines[0].line, f"`{name}` is something else in what is given"))
            axes.setdefault(name, dims)
        statements = (*self.statements, *own)
        givens = Givens(statements, axes, self.givens.assumptions)
        return Show(givens, (*(one.span for one in self.statements), *spans), show.lines)

    def _is_mine(self, statement: Statement) -> bool:
        name = getattr(statement, "name", "")
        return name in self.world.equations or name in self.axes or self._is_function(name)

    def _is_function(self, name: str) -> bool:
        return name in self.world.functions or name in FORMS or name in library_names()

    def _taken(self, name: str, question: Expression) -> bool:
        """Whether a name means something here, though it is no tensor: a size, a function, an index, `dL` of dL/dw."""
        slope = name[:1] == "d" and self.world.is_known(name[1:])
        return slope or name in self.world.sizes or name in mentioned(question) or self._is_function(name)

    def _speaks_against(self, statement: Statement, question: Expression) -> str:
        """Why a statement is not what is given; nothing if it is, or if it is about a name of its author's own."""
        name = getattr(statement, "name", "")
        if not self._is_mine(statement):
            return f"`{name}` means something else in what is given" if self._taken(name, question) else ""
        if isinstance(statement, Definition):
            return "" if self._same_function(statement) else f"`{name}` is a function that is given, and not this one"
        if name in self.axes:
            return f"`{name}` has no equation in what is given"
        if self._is_function(name):
            return f"`{name}` is a function in what is given"
        right = statement.value if isinstance(statement, Constant) else getattr(statement, "right", None)
        indices = getattr(statement, "indices", None)
        given = self.world.equations[name]
        if any(index.extent is not None for index in indices or ()) and indices != getattr(given, "indices", None):
            return f"`{name}` runs over other axes than the one that is given"
        left: Expression = (
            Subscript(Name(name), tuple(Name(index.name) for index in indices)) if indices else Name(name)
        )
        assert right is not None
        span = Span(1, 1)
        try:
            pair = (self._as_written(left), Written(right, span, 1, 1, text(right)))
            found = line_of(Show(self.givens, self._spans, pair), 0, 1, Source("given", ""), explain=False)
        except GraphcError as error:
            return f"`{name}` is not the one that is given: {error.message}"
        return "" if found.status == "true" else f"this `{name}` is not the one that is given"

    def _same_function(self, function: Definition) -> bool:
        """A function under its own name, applied to names that nobody else has, beside its formula."""
        if any(parameter.dims or parameter.default is not None for parameter in function.parameters):
            return False
        if function.indices is not None and not all(isinstance(index, Bound) for index in function.indices):
            return False
        names = {parameter.name: f"{parameter.name}_of_{function.name}" for parameter in function.parameters}
        call: Expression = Call(function.name, tuple(Name(name) for name in names.values()))
        if function.indices:
            call = Subscript(call, tuple(Name(index.name) for index in function.indices if isinstance(index, Bound)))
        right = renamed(function.right, names)
        functions = tuple(one for one in self.statements if isinstance(one, Definition))
        show = Show(
            Givens(functions), tuple(one.span for one in functions), (self._as_written(call), self._as_written(right))
        )
        try:
            return line_of(show, 0, 1, Source("given", ""), explain=False).status == "true"
        except GraphcError:
            return False

    # -- comparing

    @property
    def _spans(self) -> tuple[Span, ...]:
        return tuple(one.span for one in self.statements)

    def _written(self, said: str) -> Written:
        expression, span = parse_expression(said, "answer")
        return Written(expression, span, 1, 1, " ".join(said.split()))

    def _as_written(self, expression: Expression) -> Written:
        return Written(expression, Span(1, 1), 1, 1, text(expression))

    def _compare(self, before: Written, after: Written, explain: bool = True) -> Line:
        show = Show(self.givens, self._spans, (before, after))
        return line_of(show, 0, 1, Source("answer", after.text), explain)


def _opened(answer: Expression, own: dict[str, Equation | Definition | Constant | Declaration]) -> Expression:
    """An expression with what its author defined put beside it, so that nothing hides behind a name."""
    found: dict[Expression, None] = {answer: None}
    pending = [answer]
    while pending:
        for name in mentioned(pending.pop()):
            right = getattr(own.get(name), "right", None)
            if right is not None and right not in found:
                found[right] = None
                pending.append(right)
    return answer if len(found) == 1 else Tuple(tuple(found))


def _whole(total: Total) -> Expression:
    """dL/dw for dL/dw[j]."""
    bare = [part.base if isinstance(part, Subscript) else part for part in (total.of, total.by)]
    return Total(*bare)


def _dims(dims: Sequence[Expression]) -> str:
    return f"[{', '.join(map(text, dims))}]" if dims else ", a scalar"
