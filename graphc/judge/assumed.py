"""What stands after `where`: `y in {0, 1}`, `t one_hot`, `p distribution`, `n integer`, `a > 0`."""

from __future__ import annotations

import re
from collections.abc import Sequence
from fractions import Fraction

from ..language.errors import BadText
from ..language.expression import Compare, Name, Source, Span
from ..language.hints import near
from ..language.lines import Line
from ..language.names import first_stray, normalised
from ..language.parse import parse_line
from .givens import Assumption
from .points import number

MEMBER = re.compile(r"(?P<name>.*?)\s*(?:\bin\b|∈)\s*(?P<open>[{(\[])(?P<inside>.*)[})\]]\s*", re.DOTALL)
ATTRIBUTE = re.compile(r"(?P<name>[^\s\[(]+)\s*(?:\[[^\]]*\])?\s*(?::|\bis\b|\s)\s*(?P<word>\w+)\s*", re.DOTALL)
WORDS = ("integer", "one_hot", "distribution")
SINGLE = re.compile(r"(?<![<>=!])=(?!=)")


def clause(line: Line, source: Source, names: Sequence[str]) -> list[Assumption]:
    """One assumption, of each of the names before it too: `a, b > 0`. Nothing for a name that stands alone."""
    member = MEMBER.fullmatch(line.text)
    if member is not None:
        return [_member(name, member, line, source) for name in (*names, member["name"])]
    attribute = ATTRIBUTE.fullmatch(line.text)
    if attribute is not None and attribute["word"] not in ("and", "or"):
        return [_attribute(name, attribute, line) for name in (*names, attribute["name"])]
    if _is_name(line.text):
        return []
    compared = SINGLE.sub("==", line.text)  # `n = 3` says what `n == 3` says
    expression, span = parse_line(line._replace(text=compared), "expression", source)
    if not isinstance(expression, Compare):
        hint = "write y in {0, 1}, t one_hot, p distribution, n integer or a > 0"
        raise BadText("this assumes nothing", Span(span.line, span.column), hint)
    others = expression.operands[1:]
    compares = [Compare((Name(name), *others), expression.operators) for name in names]
    return [Assumption("holds", holds=compare, text=repr(compare)) for compare in (*compares, expression)]


def _member(written: str, member: re.Match[str], line: Line, source: Source) -> Assumption:
    name = _name(written, line)
    opening, closing = member["open"], line.text.rstrip()[-1]
    start = member.start("inside")
    values = []
    for part in member["inside"].split(","):
        values.append(_number(part, start, line, source))
        start += len(part) + 1
    inside = member["inside"].strip()
    if opening == "{":
        kept = tuple(dict.fromkeys(values))
        return Assumption("values", name, kept, text=f"{name} in {{{inside}}}")
    if len(values) != 2 or values[0] >= values[1]:
        raise BadText("an interval has two ends, the lower one first", Span(line.line, line.column))
    kind = "closed" if opening == "[" and closing == "]" else "open"
    return Assumption(kind, name, tuple(values), text=f"{name} in {opening}{inside}{closing}")  # type: ignore[arg-type]


def _number(part: str, start: int, line: Line, source: Source) -> Fraction:
    blank = len(part) - len(part.lstrip())
    place = Span(line.line, line.column + start + blank)
    if not part.strip():
        raise BadText("a number is missing here", place, "as in y in {0, 1}")
    expression, span = parse_line(Line(part.strip(), place.line, place.column), "expression", source)
    value = number(expression)
    if value is None:
        raise BadText("the elements of a set are numbers", Span(span.line, span.column))
    return value


def _attribute(written: str, attribute: re.Match[str], line: Line) -> Assumption:
    name, word = _name(written, line), attribute["word"]
    if word not in WORDS:
        place = Span(line.line, line.column + attribute.start("word"))
        raise BadText(f"`{word}` is no known assumption", place, near(word, WORDS) or f"known are {', '.join(WORDS)}")
    return Assumption(word, name, text=f"{name} {word}")  # type: ignore[arg-type]


def _name(written: str, line: Line) -> str:
    """The tensor that is spoken of, `t` in `t[i]` too."""
    name = normalised(written.partition("[")[0].strip())
    if not _is_name(name):
        raise BadText(f"`{written.strip()}` is no name", Span(line.line, line.column))
    return name


def _is_name(written: str) -> bool:
    return bool(written) and first_stray(normalised(written)) is None
