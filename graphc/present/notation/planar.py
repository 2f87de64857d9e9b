"""Boxes as mathematics in the plane: scripts, drawn fractions and roots, and brackets where they are needed.

What LaTeX and MathML have in common is decided here once; each of them then says in a short table how the few shapes
are written. A product is written side by side; a dot stands where two factors would run together.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from .board import Box
from .symbols import DIRECT, GREEK, Symbol

DEEPEST = 60  # boxes in each other: TeX has 255 levels of groups, and a fraction takes two or three
# how tightly a kind holds together; a place that wants more puts brackets round it
CASES, COMPARE, SUM, BIG, PRODUCT, SIGN, FRACTION, ATOM = range(8)
LEVEL = {
    "cases": CASES, "compare": COMPARE, "sum": SUM, "product": PRODUCT, "matmul": PRODUCT, "negative": SIGN,
    "fraction": FRACTION, "partial": FRACTION, "power": FRACTION, "transpose": FRACTION,
}  # fmt: skip
SUMS = {"sum": "∑", "prod": "∏"}
SIGNS = {"<": "<", "<=": "≤", ">": ">", ">=": "≥", "==": "=", "!=": "≠"}
DOTTED = frozenset({"partial", "fraction", "product"})  # beside these the sign of a product is written
UPRIGHT = {"sigma": "σ", "sigmoid": "σ"}


@dataclass(frozen=True)
class Shape:
    """`kind` is a row of the tables of LaTeX and MathML."""

    kind: str
    text: str = ""
    parts: tuple[Shape, ...] = field(default=())


def row(*parts: Shape) -> Shape:
    return parts[0] if len(parts) == 1 else Shape("row", "", parts)


def sign(text: str) -> Shape:
    return Shape("sign", text)


def fenced(inner: Shape, pair: str = "()") -> Shape:
    return Shape("fenced", pair, (inner,))


TALL = frozenset({"fraction", "big", "cases", "root"})


def tall(shape: Shape) -> bool:
    """Whether brackets round it have to grow."""
    return shape.kind in TALL or any(map(tall, shape.parts))


EMPTY, THIN, COMMA = Shape("row"), Shape("space"), sign(",")


def scripts(base: Shape, below: Shape = EMPTY, above: Shape = EMPTY) -> Shape:
    return base if below is EMPTY and above is EMPTY else Shape("scripts", "", (base, below, above))


def drawn(box: Box, wanted: int = CASES) -> Shape:
    """The shape of a box where something at least as tight as `wanted` is asked for."""
    shape = SHAPES[box.kind](box)
    return fenced(shape) if level(box) < wanted else shape


def level(box: Box) -> int:
    """Of a minus and a product or sum sign behind it the looser one."""
    signs = ATOM
    while box.kind == "negative":
        signs, box = SIGN, box.parts[0]
    own = BIG if box.kind == "reduce" and box.data in SUMS else LEVEL.get(box.kind, ATOM)
    return signs if own <= SUM and signs == SIGN else min(signs, own)


def minus_first(box: Box) -> bool:
    while box.kind in ("product", "matmul") and box.parts:
        box = box.parts[0]
    return box.kind == "negative"


def name(symbol: Symbol) -> tuple[Shape, Shape, Shape]:
    """The letter, what stands below it and what above."""
    letter = Shape("letter" if len(symbol.stem) == 1 else "word", symbol.stem)
    if symbol.accent:
        letter = Shape("accent", symbol.accent, (letter,))
    if not symbol.tag:
        return letter, EMPTY, EMPTY
    tag = Shape("number", symbol.tag) if symbol.tag.isdigit() else Shape("upright", symbol.tag)
    return (letter, EMPTY, fenced(tag)) if symbol.raised else (letter, tag, EMPTY)


def _listed(boxes: Sequence[Box], between: tuple[Shape, ...] = (COMMA,)) -> Shape:
    parts: list[Shape] = []
    for box in boxes:
        parts += [*between, drawn(box)] if parts else [drawn(box)]
    return row(*parts)


def _indexed(symbol: Symbol, subscripts: Sequence[Box]) -> Shape:
    letter, below, above = name(symbol)
    if not subscripts:
        return scripts(letter, below, above)
    if below is not EMPTY:
        letter, below = scripts(letter, below), EMPTY
    return scripts(letter, _listed(subscripts), above)


def _subscript(box: Box) -> Shape:
    base, *subscripts = box.parts
    if base.kind == "symbol":
        return _indexed(base.data, subscripts)
    return scripts(drawn(base, ATOM), _listed(subscripts))


def _sum(box: Box) -> Shape:
    parts = [drawn(box.parts[0], BIG)]
    for taken, term in zip(box.data[1:], box.parts[1:], strict=True):
        parts += [sign("−" if taken else "+"), drawn(term, ATOM if minus_first(term) else BIG)]
    return row(*parts)


def _product(box: Box) -> Shape:
    parts: list[Shape] = []
    for place, factor in enumerate(box.parts):
        last = place == len(box.parts) - 1
        wanted = BIG if last and level(factor) == BIG else PRODUCT
        if place:
            parts += _between(box.parts[place - 1], factor, box.data[place - 1])
            wanted = ATOM if minus_first(factor) else wanted
        parts.append(drawn(factor, wanted))
    return row(*parts)


def _between(left: Box, right: Box, elementwise: bool) -> list[Shape]:
    if elementwise:
        return [sign("∘")]
    if left.kind in DOTTED or right.kind in DOTTED or _starts_with_number(right) or "dots" in (left.kind, right.kind):
        return [sign("⋅")]
    return [] if level(right) < PRODUCT else [THIN]


def _starts_with_number(box: Box) -> bool:
    while box.kind in ("product", "power", "matmul") and box.parts:
        box = box.parts[0]
    return box.kind in ("number", "indicator")


def _negative(box: Box) -> Shape:
    operand = box.parts[0]
    return row(Shape("prefix", "−"), drawn(operand, ATOM if minus_first(operand) else BIG))


def _power(box: Box) -> Shape:
    base, exponent = box.parts
    above = drawn(exponent)
    if base.kind == "subscript" and base.parts[0].kind == "symbol":
        letter, below, tag = name(base.parts[0].data)
        if tag is EMPTY and below is EMPTY:
            return scripts(letter, _listed(base.parts[1:]), above)
    if base.kind == "symbol":
        letter, below, tag = name(base.data)
        if tag is EMPTY:
            return scripts(letter, below, above)
    if base.kind in ("symbol", "subscript"):
        return scripts(fenced(drawn(base)), EMPTY, above)
    return scripts(drawn(base, ATOM), EMPTY, above)


def _reduce(box: Box) -> Shape:
    *indices, body = box.parts
    below = _listed(indices)
    if box.data in SUMS:
        return row(Shape("big", SUMS[box.data], (below,)), drawn(body, ATOM if minus_first(body) else BIG))
    return row(Shape("big", box.data, (below,)), fenced(drawn(body)))


def _call(box: Box) -> Shape:
    function, keys = box.data
    plain = len(box.parts) - len(keys)
    arguments = [drawn(part) for part in box.parts[:plain]]
    arguments += [
        row(Shape("word", key), sign("="), drawn(value)) for key, value in zip(keys, box.parts[plain:], strict=True)
    ]
    inner = [part for argument in arguments for part in (COMMA, argument)][1:]
    return row(function_name(function), fenced(row(*inner)))


def function_name(function: str) -> Shape:
    greek = UPRIGHT.get(function) or GREEK.get(function)
    return Shape("letter", greek) if greek else Shape("upright", function)


def _compare(box: Box) -> Shape:
    parts = [drawn(box.parts[0], SUM)]
    for one, operand in zip(box.data, box.parts[1:], strict=True):
        parts += [sign(SIGNS[one]), drawn(operand, SUM)]
    return row(*parts)


def _cases(box: Box) -> Shape:
    """The value and its condition in turn, the last value alone."""
    parts: list[Shape] = []
    while box.kind == "cases":
        condition, yes, box = box.parts
        parts += [drawn(yes), drawn(condition)]
    return Shape("cases", "", (*parts, drawn(box)))


def _partial(box: Box) -> Shape:
    of, by, split, direct = box.data
    above, below = _indexed(of, box.parts[:split]), _indexed(by, box.parts[split:])
    fraction = Shape("fraction", "", (row(Shape("prefix", "∂"), above), row(Shape("prefix", "∂"), below)))
    return scripts(Shape("barred", "", (fraction,)), Shape("upright", DIRECT)) if direct else fraction


def _matmul(box: Box) -> Shape:
    left, right = box.parts
    first = drawn(left, PRODUCT if left.kind == "matmul" else SIGN)
    second = drawn(right, ATOM if minus_first(right) else SIGN)
    return row(first, second) if level(right) < SIGN else row(first, THIN, second)


def _kronecker(box: Box) -> Shape:
    return scripts(Shape("letter", "δ"), row(*map(drawn, box.parts)))


SHAPES: dict[str, Callable[[Box], Shape]] = {
    "dots": lambda box: sign("…"),
    "symbol": lambda box: _indexed(box.data, ()),
    "number": lambda box: Shape("number", box.data),
    "bound": lambda box: row(_indexed(box.data, ()), *((sign("<"), drawn(box.parts[0])) if box.parts else ())),
    "subscript": _subscript,
    "partial": _partial,
    "kronecker": _kronecker,
    "indicator": lambda box: row(Shape("upright", "1"), fenced(drawn(box.parts[0]), "[]")),
    "cases": _cases,
    "compare": _compare,
    "sum": _sum,
    "product": _product,
    "negative": _negative,
    "fraction": lambda box: Shape("fraction", "", (drawn(box.parts[0]), drawn(box.parts[1]))),
    "floor": lambda box: fenced(Shape("fraction", "", (drawn(box.parts[0]), drawn(box.parts[1]))), "⌊⌋"),
    "power": _power,
    "root": lambda box: Shape("root", "", (drawn(box.parts[0]),)),
    "magnitude": lambda box: fenced(drawn(box.parts[0]), "||"),
    "transpose": lambda box: scripts(drawn(box.parts[0], ATOM), EMPTY, Shape("transposed")),
    "matmul": _matmul,
    "reduce": _reduce,
    "call": _call,
    "tuple": lambda box: fenced(_listed(box.parts)),
}
