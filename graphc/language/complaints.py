"""What a syntax error says: what was expected, in people's words, what is there, and what is likely meant."""

from __future__ import annotations

import re
from typing import Any

from .errors import BadText, shown
from .expression import Span
from .hints import SIGNS, hint
from .lines import Line, innermost, place

# How the grammar's terminals are called; the first that is possible stands for all that its row names.
WORDS: dict[str, tuple[str, set[str]]] = {
    "INPUT": ("a statement", {"PARAM", "CONST", "OUTPUT", "LOSS", "NAME"}),
    "NUMBER": ("an expression", {"NAME", "SIGN", "LPAR", "ELLIPSIS"}),
    "TIMES": ("an operator", {"SIGN", "POWER", "LESS", "COMPARE", "LSQB", "LPAR", "EQUAL"}),
    "NAME": ("a name", {"ELLIPSIS"}),
    "LESS": ("`<`", set()),
    "EQUAL": ("`=`", set()),
    "COLON": ("`:`", set()),
    "COMMA": ("`,`", set()),
    "LPAR": ("`(`", set()),
    "LSQB": ("`[`", set()),
    "LBRACE": ("`{`", set()),
    "RPAR": ("`)`", set()),
    "RSQB": ("`]`", set()),
    "RBRACE": ("`}`", set()),
    "$END": ("the end of the line", set()),
}


STRAY = re.compile(r"\.\w*|.", re.DOTALL)


def stray(character: str, span: Span) -> BadText:
    return BadText(f"`{shown(character)}` has no meaning here", span, SIGNS.get(character))


def complaint(unexpected: Any, accepted: set[str], line: Line) -> BadText:
    """What lark found unexpected, and the terminals that it would have taken, as an error for people."""
    token = getattr(unexpected, "token", None)
    if token is None:  # a character that starts no token
        offset, span = unexpected.pos_in_stream, Span(unexpected.line, unexpected.column)
        found = STRAY.match(line.text, offset).group()  # type: ignore[union-attr]
        if found[0] not in "^.":
            return stray(found, span)
    elif token.type == "$END":
        offset, found, span = len(line.text), "", _end(line)
    else:
        offset, found, span = token.start_pos, str(token), Span(token.line, token.column)
    what = f"`{shown(found)}`" if found else "the end of the line"
    tip = _still_open(offset, found, line) or hint(accepted, line.text[:offset], found)
    return BadText(f"expected {_either(_words(accepted))}, found {what}", span, tip)


def _end(line: Line) -> Span:
    """Just after the last token."""
    *before, last = line.text.split("\n")
    return Span(line.line + len(before), len(last) + (1 if before else line.column))


def _words(accepted: set[str]) -> list[str]:
    words, told = [], set[str]()
    for terminal, (word, others) in WORDS.items():
        if terminal in accepted and terminal not in told:
            words.append(word)
            told |= others
    return words


def _either(words: list[str]) -> str:
    return " or ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)


def _still_open(offset: int, found: str, line: Line) -> str | None:
    """Where a bracket left open has swallowed the next line, which is noticed at its first word or at its `=`."""
    start = line.text.rfind("\n", 0, offset) + 1
    swallowed = start and (found == "=" or not line.text[start:offset].strip())
    opened = innermost(line.text[:offset]) if swallowed else None
    if opened is None:
        return None
    span = place(line.text, opened)
    return f"the `{line.text[opened]}` at {line.line + span.line - 1}:{span.column} is still open"
