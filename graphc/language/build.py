"""From the grammar's rules to expressions and statements: one method a rule, called by lark while it parses.

An expression travels as `(expression, span)`. Nothing here recurses, so a text may be as long as it likes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import pairwise
from typing import Any

from lark import Token

from .complaints import stray
from .constant import TooLarge, constant
from .errors import BadText
from .expression import (
    Bound,
    Call,
    Compare,
    Constant,
    Declaration,
    Definition,
    Ellipsis_,
    Equation,
    Expression,
    FloorQuotient,
    Mark,
    MatMul,
    Name,
    Negative,
    Number,
    Parameter,
    Power,
    Product,
    Quotient,
    Reduce,
    Span,
    Subscript,
    Sum,
    Tuple,
)
from .hints import near
from .names import first_stray, normalised
from .numerals import MAX_DIGITS, value
from .text import text

MAX_DEPTH = 1000
MAX_NAME = 255

REDUCTIONS = ("sum", "mean", "max", "min", "prod", "logsumexp")
ATTRIBUTES = {
    "integer": "integer",
    "one_hot": "one_hot",
    "distribution": "distribution",
    "in {0, 1}": "binary",
    "in (0, 1)": "unit",
}
# How the values that a parameter starts with may be drawn.
STARTS = ("glorot", "glorot_normal", "he", "he_uniform", "lecun", "lecun_uniform", "normal", "zeros")
PAIRS: dict[str, Callable[[Expression, Expression], Expression]] = {
    "/": Quotient,
    "//": FloorQuotient,
    "@": MatMul,
}

Parsed = tuple[Expression, Span]


class Build:
    """The methods are named as the rules of `grammar.lark`; each gets the rule's parts in order."""

    # expressions, loosest first

    def comparison(self, parts: list[Any]) -> Parsed:
        operands, operators = parts[::2], parts[1::2]
        compare = Compare(_expressions(operands), tuple(str(operator) for operator in operators))
        return _made(compare, operators[0], _spans(operands))

    def added(self, parts: list[Any]) -> Parsed:
        first, span = parts[0]
        terms, spans = _opened(first, span, Sum, "terms")
        for sign, (term, span) in zip(parts[1::2], parts[2::2], strict=True):
            if sign == "-":
                term, span = _made(Negative(term), sign, (span,))
            terms.append(term)
            spans.append(span)
        return _made(Sum(tuple(terms)), parts[1], tuple(spans))

    def multiplied(self, parts: list[Any]) -> Parsed:
        """`a*b/c*d` from the left: each run of `*` is one product, any other sign a pair of what came before it."""
        left, span = parts[0]
        pending: Token | None = None  # the first sign of a run of `*` whose factors are being gathered
        for sign, (right, right_span) in zip(parts[1::2], parts[2::2], strict=True):
            if sign == "*":
                if pending is None:
                    pending = sign
                    factors, spans = _opened(left, span, Product, "factors")
                factors.append(right)
                spans.append(right_span)
                continue
            if pending is not None:
                left, span = _made(Product(tuple(factors)), pending, tuple(spans))
                pending = None
            if sign != "@" and constant(right) == 0:
                raise BadText("a division by zero", _span(sign))
            left, span = _made(PAIRS[sign](left, right), sign, (span, right_span))
        return (left, span) if pending is None else _made(Product(tuple(factors)), pending, tuple(spans))

    def prefixed(self, parts: list[Any]) -> Parsed:
        sign, (operand, span) = parts
        return (operand, span) if sign == "+" else _made(Negative(operand), sign, (span,))

    def raised(self, parts: list[Any]) -> Parsed:
        (base, base_span), sign, (exponent, span) = parts
        made = _made(Power(base, exponent), sign, (base_span, span))
        try:
            constant(made[0])
        except TooLarge:
            raise BadText(f"this power would have more than {MAX_DIGITS} digits", made[1]) from None
        return made

    def name(self, parts: list[Any]) -> Parsed:
        return Name(str(parts[0])), _span(parts[0])

    def number(self, parts: list[Any]) -> Parsed:
        number = value(str(parts[0]))
        if number is None:
            raise BadText(f"this number would have more than {MAX_DIGITS} digits", _span(parts[0]))
        return Number(number), _span(parts[0])

    def call(self, parts: list[Any]) -> Parsed:
        function, *arguments = parts
        positional = [part for part in arguments if not isinstance(part[0], Token)]
        keywords = [part for part in arguments if isinstance(part[0], Token)]
        for before, after in pairwise(arguments):
            if isinstance(before[0], Token) and not isinstance(after[0], Token):
                hint = f"`{before[0]}=` names an argument; `{before[0]} == …` compares"
                raise BadText("arguments without a name come before those with one", after[1], hint)
        named = tuple((str(key), given) for key, (given, _) in keywords)
        spans = _spans(positional) + tuple(span._replace(keyword=_span(key)) for key, (_, span) in keywords)
        return _made(Call(str(function), _expressions(positional), named), function, spans)

    def argument(self, parts: list[Any]) -> Any:
        return parts[0]

    def keyword(self, parts: list[Any]) -> Any:
        return parts[0], parts[1]

    def subscripted(self, parts: list[Any]) -> Parsed:
        base, subscripts = parts
        expression, span = self.name([base]) if isinstance(base, Token) else base
        subscript = Subscript(expression, _expressions(subscripts))
        return _made(subscript, span, (span, *_spans(subscripts)))

    def reduction(self, parts: list[Any]) -> Parsed:
        kind, indices, (body, span) = parts
        if kind not in REDUCTIONS:
            hint = near(kind, REDUCTIONS) or "the reductions are " + ", ".join(REDUCTIONS)
            raise BadText(f"`{kind}[…](…)` would be a reduction, and `{kind}` is none", _span(kind), hint)
        bounds = [_bound(index) for index in indices]
        return _made(Reduce(str(kind), _expressions(bounds), body), kind, (*_spans(bounds), span))

    def subscripts(self, parts: list[Any]) -> list[Parsed]:
        return parts

    def ellipsis(self, parts: list[Any]) -> Parsed:
        return Ellipsis_(), _span(parts[0])

    def shape(self, parts: list[Any]) -> Parsed:
        items = [part for part in parts if not isinstance(part, Token)]
        return _made(Tuple(_expressions(items)), parts[0], _spans(items))

    # statements

    def declaration(self, parts: list[Any]) -> Declaration:
        kind, name, *rest = parts
        dims = next((part for part in rest if isinstance(part, list)), [])
        said = next((part for part in rest if not isinstance(part, list)), ())
        attributes = tuple(part for part in said if isinstance(part, str))
        starts = [part for part in said if not isinstance(part, str)]
        for number, (_, span) in enumerate(starts):
            if kind != "param":
                raise BadText("an input is given, so it has no start", span, "a start is for a `param`")
            if number:
                raise BadText("a parameter has one start", span)
        sizes = tuple(_size(dim) for dim in dims)
        start = starts[0][0] if starts else None
        return Declaration(str(kind), str(name), sizes, attributes, _span(name, _spans(dims)), start)

    def dims(self, parts: list[Any]) -> list[Parsed]:
        return parts

    def attributes(self, parts: list[Any]) -> tuple[str | Parsed, ...]:
        return tuple(parts)

    def attribute(self, parts: list[Any]) -> str | Parsed:
        """An assumption as one word, or the value of a start."""
        if parts[0] == "start":
            return _start(parts)
        written, *values = (str(part) if isinstance(part, Token) else text(part[0]) for part in parts)
        if values:
            opening, *inner, closing = (value for value in values if value != ",")
            written += f" {opening}{', '.join(inner)}{closing}"
        if written not in ATTRIBUTES:
            hint = (None if values else near(written, ATTRIBUTES)) or f"known are {', '.join(ATTRIBUTES)}"
            raise BadText(f"`{written}` is no known assumption", _span(parts[0]), hint)
        return ATTRIBUTES[written]

    def constant(self, parts: list[Any]) -> Constant:
        _, name, (right, span) = parts
        return Constant(str(name), right, _span(name, (span,)))

    def mark(self, parts: list[Any]) -> Mark:
        kind, *names = parts
        return Mark(str(kind), tuple(str(name) for name in names), _span(kind, tuple(_span(name) for name in names)))

    def equation(self, parts: list[Any]) -> Equation:
        mark = str(parts.pop(0)) if parts[0].type != "NAME" else None
        name, *indices, (right, span) = parts
        bounds = None
        if indices:
            for bound, place in indices[0]:
                if isinstance(bound, Ellipsis_):
                    hint = "`...` is for the functions that you define: f(x)[...,i] = …"
                    raise BadText("an equation names every axis of its left side", place, hint)
            bounds = _expressions(indices[0])
        spans = _spans(indices[0]) if indices else ()
        return Equation(str(name), bounds, right, _span(name, (*spans, span)), mark)

    def definition(self, parts: list[Any]) -> Definition:
        name, (right, span) = parts[0], parts[-1]
        parameters: dict[str, Parameter] = {}
        for part in parts:
            if isinstance(part, tuple) and isinstance(part[0], Parameter):
                parameter, place = part
                if parameters.setdefault(parameter.name, parameter) is not parameter:
                    raise BadText(f"argument `{parameter.name}` is named twice", place)
        indices = next((part for part in parts if isinstance(part, list)), None)
        _leading_ellipsis(indices or [])
        spans = _spans(indices or [])
        expressions = None if indices is None else _expressions(indices)
        return Definition(str(name), tuple(parameters.values()), expressions, right, _span(name, (*spans, span)))

    def parameter(self, parts: list[Any]) -> tuple[Parameter, Span]:
        if len(parts) == 1:
            return Parameter(str(parts[0])), _span(parts[0])
        _leading_ellipsis(parts[1])
        dims = tuple(dim[0] if isinstance(dim[0], Ellipsis_) else _size(dim) for dim in parts[1])
        return Parameter(str(parts[0]), dims), _span(parts[0])

    def optional(self, parts: list[Any]) -> tuple[Parameter, Span]:
        name, (default, place) = parts
        return Parameter(str(name), None, default, place), _span(name)

    def indices(self, parts: list[Any]) -> list[Parsed]:
        return parts

    def index(self, parts: list[Any]) -> Parsed:
        if parts[0].type == "ELLIPSIS":
            return self.ellipsis(parts)
        if len(parts) == 1:
            return Bound(str(parts[0]), None), _span(parts[0])
        name, _, (extent, span) = parts
        return _made(Bound(str(name), extent), name, (span,))


def _span(place: Token | Span, children: tuple[Span, ...] = ()) -> Span:
    return Span(place.line or 1, place.column or 1, children)


def _spans(parsed: Iterable[Parsed]) -> tuple[Span, ...]:
    return tuple([span for _, span in parsed])


def _expressions(parsed: Iterable[Parsed]) -> tuple[Any, ...]:
    return tuple([expression for expression, _ in parsed])


def _made(expression: Expression, place: Token | Span, children: tuple[Span, ...]) -> Parsed:
    span = _span(place, children)
    if expression.depth > MAX_DEPTH:
        hint = "give a part of it a name on a line of its own"
        raise BadText(f"this expression is nested too deeply (more than {MAX_DEPTH} levels)", span, hint)
    return expression, span


def _opened(
    expression: Expression, span: Span, kind: type[Expression], field: str
) -> tuple[list[Expression], list[Span]]:
    """What a chain starts with: `(a + b)` before `+ c` gives its terms, as `a + b + c` would."""
    if type(expression) is kind:
        return list(getattr(expression, field)), list(span.children)
    return [expression], [span]


def name_token(token: Token) -> Token:
    """A name as the lexer meets it: refused if long or if a character cannot be in a name, and composed."""
    if len(token) > MAX_NAME:
        raise BadText(f"this name has more than {MAX_NAME} characters", Span(token.line or 1, token.column or 1))
    if token.isascii():
        return token
    offset = first_stray(str(token))
    if offset is not None:
        raise stray(token[offset], Span(token.line or 1, (token.column or 1) + offset))
    return token.update(value=normalised(str(token)))


def _bound(parsed: Parsed) -> Parsed:
    """An index in a reduction's brackets, which the grammar takes for any expression."""
    expression, span = parsed
    match expression:
        case Name():
            return Bound(expression.name, None), span
        case Compare(operands=(Name() as index, extent), operators=("<",)):
            return _made(Bound(index.name, extent), span.children[0], span.children[1:])
    hint = "name the index, sum[i](…), with its extent where it is not plain from the reads: sum[i<3](…)"
    raise BadText(f"`{text(expression)}` is no index", span, hint)


def _size(parsed: Parsed) -> Expression:
    expression, span = parsed
    if isinstance(expression, Name) or (isinstance(expression, Number) and expression.value.denominator == 1):
        return expression
    raise BadText(f"`{text(expression)}` is no size: a size is a whole number or a name", span)


def _start(parts: list[Any]) -> Parsed:
    """`start(0.25)` or `start(he)`: what a parameter starts with."""
    _, *values = parts
    if len(values) != 3 or values[0] != "(":
        raise BadText("a start is one number or one rule", _span(parts[0]), "as in `start(0.25)` or `start(he)`")
    start, span = values[1]
    if isinstance(start, Name) and start.name in STARTS:
        return start, span
    if isinstance(start, Name):
        raise BadText(f"`{start.name}` is no rule to start by", span, near(start.name, STARTS) or _listed(STARTS))
    if constant(start) is None:
        raise BadText(f"`{text(start)}` is no number", span, "a start is a number, or " + _listed(STARTS))
    return start, span


def _listed(names: tuple[str, ...]) -> str:
    return f"{', '.join(names[:-1])} or {names[-1]}"


def _leading_ellipsis(parsed: list[Parsed]) -> None:
    for expression, span in parsed[1:]:
        if isinstance(expression, Ellipsis_):
            raise BadText("`...` comes first, or not at all", span)
