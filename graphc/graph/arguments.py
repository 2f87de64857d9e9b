"""What is wrong with one argument of a call, and where in the text that argument stands."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from ..language.errors import GraphcError
from ..language.expression import Call, Name, Source, Span


class ArgumentError(GraphcError):
    """`which` is the argument's number, or its name; `named` where it is the name that is wrong, not the value."""

    def __init__(self, which: int | str | None, message: str, hint: str | None = None, named: bool = False) -> None:
        super().__init__(message, hint)
        self.which, self.named = which, named


@contextmanager
def about(which: int | str) -> Iterator[None]:
    """What goes wrong in here is said of one argument."""
    try:
        yield
    except ArgumentError:
        raise
    except GraphcError as error:
        raise ArgumentError(which, error.message, error.hint) from None


def placed(error: ArgumentError, call: Call, span: Span, source: Source | None) -> GraphcError:
    """The error at its argument. In a formula without a text, what is handed on as it came is still that argument."""
    found = _found(error, call)
    if found is None:
        return error.at(source, span)
    place = span.children[found]
    if source is None:
        part = call.children[found]
        error.which, error.named = part.name if isinstance(part, Name) else None, False
        return error
    return error.at(source, place.keyword if error.named and place.keyword else start(place))


def _found(error: ArgumentError, call: Call) -> int | None:
    """The place of the argument among the call's children; None for one that is left out."""
    if isinstance(error.which, int):
        return error.which if error.which < len(call.arguments) else None
    keys = [key for key, _ in call.keywords]
    return len(call.arguments) + keys.index(error.which) if error.which in keys else None


def start(span: Span) -> Span:
    """Where an expression begins; the span of `i+1` is at its sign."""
    while span.children and span.children[0][:2] < span[:2]:
        span = span.children[0]
    return span
