"""Text to statements and expressions, with where each part stands. Reading runs no code, whatever is in the text."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from .complaints import complaint
from .errors import BadText, GraphcError
from .expression import Expression, NetText, Source, Span, Statement
from .lines import MAX_TOKENS, Line, logical_lines
from .source import read_source, with_plain_ends
from .tables import parser

__all__ = ["parse_expression", "parse_line", "parse_net", "parse_statement", "read_source"]


def parse_net(source: Source) -> NetText:
    """The statements of a `.net` file, in order."""
    with _reading(source) as source:
        lines: Iterable[Line] = logical_lines(source.text)
        if len(source.text) > MAX_TOKENS:  # it may be too long: that is seen before the first line is parsed
            lines = list(lines)
        return NetText(source, tuple(_parse(line, "statement") for line in lines))


def parse_statement(text: str, file: str = "<statement>") -> Statement:
    """The one statement of a text, as `gc.op` takes it."""
    with _reading(Source(file, text)) as source:
        lines = list(logical_lines(source.text))
        if not lines:
            raise BadText("there is no statement here", Span(1, 1))
        if len(lines) > 1:
            raise BadText("one statement is wanted, and here is another", Span(lines[1].line, lines[1].column))
        return _parse(lines[0], "statement")


def parse_expression(text: str, file: str = "<expression>") -> tuple[Expression, Span]:
    """The one expression of a text; line breaks in it are white space."""
    with _reading(Source(file, text)) as source:
        line = next(logical_lines(source.text, one=True), None)
        if line is None:
            raise BadText("there is no expression here", Span(1, 1))
        return _parse(line, "expression")


def parse_line(line: Line, start: str, source: Source) -> Any:
    """One logical line of a file that is made of other lines than a net: a "statement" or an "expression"."""
    try:
        return _parse(line, start)
    except BadText as bad:
        raise GraphcError(bad.message, bad.hint).at(source, bad.span) from None


def _parse(line: Line, start: str) -> Any:
    from lark.exceptions import UnexpectedInput

    parsing = parser().parse_interactive(line.text, start)
    # places count from where the line stands in its file
    state: Any = parsing.lexer_thread.state
    counter = state.line_ctr
    counter.line, counter.column, counter.line_start_pos = line.line, line.column, 1 - line.column
    try:
        for _ in parsing.iter_parse():
            pass
        return parsing.feed_eof()
    except UnexpectedInput as unexpected:
        raise complaint(unexpected, parsing.accepts(), line) from None


@contextmanager
def _reading(source: Source) -> Iterator[Source]:
    """The source with plain line ends, and without the byte order mark, which is no column of the first line."""
    source = Source(source.file, with_plain_ends(source.text.removeprefix("\ufeff")))
    try:
        yield source
    except BadText as bad:
        raise GraphcError(bad.message, bad.hint).at(source, bad.span) from None
