"""A `.deriv` file as its shows: what was given and assumed, and the lines that are said to be equal.

The lines are those of the language, read by its own parser; what is new is the words they start with.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise

from ..graph.definitions import refuse_recursion
from ..language.errors import BadText, GraphcError
from ..language.expression import (
    Declaration,
    Definition,
    Equation,
    Expression,
    Mark,
    Source,
    Span,
)
from ..language.lines import MAX_TOKENS, TOKEN, Line, logical_lines
from ..language.parse import parse_line
from ..language.source import with_plain_ends
from .assumed import clause
from .givens import Assumption, Givens, Statement, assumption
from .points import number

WORD = re.compile(r"(given|where|show)(?![\w\[(]|\s*=(?!=))\s*")
NAMED = re.compile(r"(input|param|const|output|loss)\s+[^\W\d]")
DEFINED = re.compile(r"[^\W\d]\w*\s*(\[\s*[^\W\d]\w*(\s*,\s*[^\W\d]\w*)*\s*\])?")
PREFIX = "input "


@dataclass(frozen=True)
class Written:
    """One expression of a show: where it stands and what was typed."""

    expression: Expression
    span: Span
    line: int
    column: int
    text: str


@dataclass(frozen=True)
class Show:
    """Lines that are said to be equal, under their givens. `spans` says where each given stands."""

    givens: Givens
    spans: tuple[Span, ...]
    lines: tuple[Written, ...]


@dataclass
class _Block:
    """What one `given` starts, and what has been read of it."""

    statements: list[Statement] = field(default_factory=list)
    assumptions: list[Assumption] = field(default_factory=list)
    lines: dict[str, int] = field(default_factory=dict)
    kinds: dict[str, set[type]] = field(default_factory=dict)  # of the statements, by name
    shows: list[list[Written]] = field(default_factory=list)

    def finished(self, source: Source) -> Iterator[Show]:
        """The shows; each knows all that its block gives and assumes, whatever the order."""
        refuse_recursion({s.name: (s,) for s in self.statements if isinstance(s, Definition)}, source)
        axes = {s.name: s.dims for s in self.statements if isinstance(s, Declaration)}
        known = tuple(s for s in self.statements if not isinstance(s, Declaration))
        givens = Givens(known, axes, tuple(self.assumptions))
        spans = tuple(s.span for s in known)
        return (Show(givens, spans, tuple(lines)) for lines in self.shows)


def read(source: Source) -> tuple[Show, ...]:
    """All shows of a file, in order."""
    source = Source(source.file, with_plain_ends(source.text.removeprefix("\ufeff")))
    try:
        shows = tuple(_shows(source))
    except BadText as bad:
        raise GraphcError(bad.message, bad.hint).at(source, bad.span) from None
    if not shows:
        error = GraphcError("nothing is shown here", "a derivation is `show dL/dw`, then lines that start with `=`")
        raise error.at(source, Span(1, 1))
    return shows


def _shows(source: Source) -> Iterator[Show]:
    lines = list(logical_lines(source.text)) if len(source.text) > MAX_TOKENS else logical_lines(source.text)
    block, section = _Block(), ""
    for line in lines:
        word = WORD.match(line.text) or (re.fullmatch(r"(given|where|show)", line.text))
        if word is not None:
            if word[1] == "given" and (block.statements or block.shows or block.assumptions):
                yield from block.finished(source)
                block = _Block()
            section, start = word[1], line
            line = _from(line, word.end()) if word.re is WORD else line._replace(text="")
            if section == "show":
                block.shows.append([])
                if not line.text:
                    hint = "write what is to be shown beside it, as in show dL/dw"
                    raise BadText("nothing stands after `show`", Span(start.line, start.column), hint)
        if not line.text:
            continue
        if not section:
            hint = "a derivation starts with `given`, `where` or `show`"
            raise BadText("this line belongs to nothing", Span(line.line, line.column), hint)
        READERS[section](line, block, source, word is not None)
    yield from block.finished(source)


def _from(line: Line, offset: int) -> Line:
    """The rest of a logical line, from an offset on."""
    before, rest = line.text[:offset], line.text[offset:]
    breaks = before.count("\n")
    column = len(before) - before.rfind("\n") if breaks else line.column + len(before)
    blank = len(rest) - len(rest.lstrip())
    if blank:
        return _from(Line(rest, line.line + breaks, column), blank)
    return Line(rest, line.line + breaks, column)


def split(line: Line, sign: str) -> list[Line]:
    """The parts between `,` or `=` that stand outside all brackets."""
    depth, cuts = 0, [0]
    text = line.text
    for token in TOKEN.finditer(text):
        depth += (token.lastgroup == "open") - (token.lastgroup == "close")
        at = token.start()
        if depth or token[0] != sign:
            continue
        if sign == "=" and (text[at + 1 : at + 2] == "=" or text[max(at - 1, 0) : at] in ("=", "<", ">", "!")):
            continue
        cuts.append(token.end())
    cuts.append(len(text) + 1)
    parts = []
    for start, end in pairwise(cuts):
        part = _from(line, start)
        length = end - 1 - start - (len(text[start:]) - len(text[start:].lstrip()))
        parts.append(part._replace(text=part.text[: max(length, 0)].rstrip()))
    return parts


def _given(line: Line, block: _Block, source: Source, first: bool) -> None:
    if "=" not in line.text and not NAMED.match(line.text):
        for part in split(line, ",") if ":" not in line.text else [line]:
            _statement(_declared(part, source), block, source)
        return
    _statement(parse_line(line, "statement", source), block, source)


def _declared(line: Line, source: Source) -> Declaration:
    """`x[n, m]` or `t[n] : one_hot` on a line of its own; errors count the columns that were typed."""
    shifted = Line(PREFIX + line.text, line.line, line.column - len(PREFIX))
    declaration = parse_line(shifted, "statement", source)
    assert isinstance(declaration, Declaration)
    return declaration


def _statement(statement: Statement | Mark, block: _Block, source: Source) -> None:
    if isinstance(statement, Mark):
        return
    earlier = block.lines.setdefault(statement.name, statement.span.line)
    known = block.kinds.setdefault(statement.name, set())
    # a tensor may be declared with its axes and defined by an equation
    if known and not (known | {type(statement)} == {Declaration, Equation} and len(known) == 1):
        raise BadText(f"`{statement.name}` is already defined in line {earlier}", statement.span)
    known.add(type(statement))
    block.statements.append(statement)
    if isinstance(statement, Declaration):
        block.assumptions.extend(assumption(statement.name, attribute) for attribute in statement.attributes)


def _where(line: Line, block: _Block, source: Source, first: bool) -> None:
    waiting: list[str] = []
    for part in split(line, ","):
        defined = _definition(part, source)
        if defined is not None and defined.name not in block.kinds:
            _statement(defined, block, source)
            continue
        if not part.text:
            continue  # a comma at the end of a line
        found = clause(part, source, waiting)
        waiting = [] if found else [*waiting, part.text]
        block.assumptions.extend(found)
    if waiting:
        hint = "write y in {0, 1}, t one_hot, p distribution, n integer or a > 0"
        raise BadText(f"what is assumed of `{waiting[-1]}`?", Span(line.line, line.column), hint)


def _definition(part: Line, source: Source) -> Statement | None:
    """`where a = theta*x` defines, as it does in a sentence; `n = 3` and `p + q = 1` assume."""
    left, *right = split(part, "=")
    if (
        len(right) != 1
        or not DEFINED.fullmatch(left.text)
        or number(parse_line(right[0], "expression", source)[0]) is not None
    ):
        return None
    return parse_line(part, "statement", source)


def _show(line: Line, block: _Block, source: Source, first: bool) -> None:
    parts = split(line, "=")
    if first:
        if not parts[0].text:
            raise BadText("nothing stands between `show` and `=`", Span(line.line, line.column))
    elif parts[0].text:
        hint = "start it with `=`; to go on from the line before, put the whole formula in brackets"
        raise BadText("a line of a derivation starts with `=`", Span(line.line, line.column), hint)
    for part in parts if first else parts[1:]:
        if not part.text:
            raise BadText("nothing stands after this `=`", Span(line.line, line.column))
        expression, span = parse_line(part, "expression", source)
        block.shows[-1].append(Written(expression, span, part.line, part.column, " ".join(part.text.split())))


READERS = {"given": _given, "where": _where, "show": _show}
