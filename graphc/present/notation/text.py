"""Mathematics for a terminal: `∂L/∂w[j] = Σᵢ (y[i] − t[i])·x[i,j]`.

Each kind of box says in one row how it is written; a work list takes the place of recursion. Factors that are
fractions, sums or derivatives stand apart, `a/b · c`, so that no bracket is needed to see what is divided by what.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence

from ...derivation.step import Derivative
from ...language.expression import Expression
from .board import MOST, Box, board
from .meaning import Notation
from .symbols import ACCENTS, DIRECT, GREEK, Symbol

DEEPEST = 1000
# how tightly a kind holds together; a place that wants more puts brackets round it
CASES, COMPARE, SUM, SPACED, FRACTION, PRODUCT, SIGN, POWER, ATOM = range(9)
LEVEL = {
    "cases": CASES, "compare": COMPARE, "sum": SUM, "partial": FRACTION, "fraction": FRACTION, "matmul": PRODUCT,
    "power": POWER, "root": POWER, "transpose": POWER,
}  # fmt: skip
APART = frozenset({"partial", "fraction", "reduce", "product", "matmul"})
LAST = {"reduce": SPACED, "matmul": PRODUCT}  # what reaches to the end of a product needs no brackets there
BIG = {"sum": "Σ", "prod": "∏"}
SIGNS = {"<": "<", "<=": "≤", ">": ">", ">=": "≥", "==": "=", "!=": "≠"}
FUNCTIONS = {"sigmoid": "σ"}
BELOW = dict(zip("0123456789aehijklmnoprstuvx", "₀₁₂₃₄₅₆₇₈₉ₐₑₕᵢⱼₖₗₘₙₒₚᵣₛₜᵤᵥₓ", strict=True))
ABOVE = dict(zip("0123456789-", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻", strict=True))

Piece = str | tuple[Box, int]
IN, OUT = "\x00in", "\x00out"  # where compact writing starts and ends


def text(
    expression: Expression, derivatives: Mapping[str, Derivative] | None = None, notation: Notation | None = None
) -> str:
    """One line; `notation` is that of the whole text in which the expression stands."""
    return written(board(expression, notation or Notation([expression], derivatives), DEEPEST))


def short(expression: Expression, notation: Notation, longest: int) -> str:
    """The same, cut where it is deepest until it has about so many letters."""
    most = MOST
    found = text(expression, notation=notation)
    while len(found) > longest and most > 1:
        most //= 2
        found = written(board(expression, notation, DEEPEST, most))
    return found


def written(root: Box) -> str:
    out: list[str] = []
    work: list[Piece] = [(root, CASES)]
    inside = 0
    while work:
        piece = work.pop()
        if isinstance(piece, str):
            inside += (piece == IN) - (piece == OUT)
            if piece not in (IN, OUT):
                out.append(piece)
            continue
        box, wanted = piece
        more = WRITERS[box.kind](box, inside > 0)
        if level(box, inside > 0) < wanted:
            more = ["(", *more, ")"]
        work.extend(reversed(more))
    return "".join(out)


def level(box: Box, compact: bool) -> int:
    loosest = ATOM
    while box.kind == "negative":
        loosest, box = SIGN, box.parts[0]
    own = LEVEL.get(box.kind, ATOM)
    if box.kind == "product":
        own = SPACED if not compact and _apart(box) else PRODUCT
    elif box.kind == "reduce" and box.data in BIG:
        own = SPACED
    return loosest if own <= SUM and loosest == SIGN else min(own, loosest)


def _apart(product: Box) -> bool:
    """A matrix product at the end needs no room, as it is read last anyway."""
    *others, last = product.parts
    return any(factor.kind in APART for factor in others) or (last.kind in APART and last.kind != "matmul")


def minus_first(box: Box) -> bool:
    """Whether what is written starts with a minus."""
    while box.kind in ("product", "fraction", "matmul") and box.parts:
        box = box.parts[0]
    return box.kind == "negative"


def name(symbol: Symbol) -> str:
    """ŷ, W₁, W_out."""
    letter = unicodedata.normalize("NFC", symbol.stem + ACCENTS.get(symbol.accent, ""))
    if symbol.tag.isdigit():
        return letter + "".join(BELOW[digit] for digit in symbol.tag)
    return f"{letter}_{symbol.tag}" if symbol.tag else letter


def _listed(boxes: Iterable[Box], compact: bool, wanted: int = CASES) -> list[Piece]:
    pieces: list[Piece] = []
    for box in boxes:
        pieces += ["," if compact else ", ", (box, wanted)]
    return pieces[1:]


def _brackets(boxes: Sequence[Box]) -> list[Piece]:
    return [IN, "[", *_listed(boxes, True), "]", OUT] if boxes else []


def _below(boxes: Sequence[Box]) -> str | None:
    """Indices as small letters below, where there are such letters."""
    found = [_letter(box) for box in boxes]
    return "".join(BELOW[one] for one in found) if all(one in BELOW for one in found) else None


def _letter(box: Box) -> str:
    return box.data.name if box.kind in ("symbol", "bound") and not box.parts else str(box.data)


def _sum(box: Box, compact: bool) -> list[Piece]:
    plus, minus = ("+", "−") if compact else (" + ", " − ")
    pieces: list[Piece] = [(box.parts[0], SPACED)]
    for taken, term in zip(box.data[1:], box.parts[1:], strict=True):
        pieces += [minus if taken else plus, (term, ATOM if minus_first(term) else SPACED)]
    return pieces


def _product(box: Box, compact: bool) -> list[Piece]:
    apart = not compact and _apart(box)
    pieces: list[Piece] = []
    for place, factor in enumerate(box.parts):
        wanted = FRACTION if apart else SIGN
        if place:
            sign = "∘" if box.data[place - 1] else "·"
            pieces.append(f" {sign} " if apart else sign)
            wanted = ATOM if minus_first(factor) else wanted
        last = place == len(box.parts) - 1 and not compact
        if last and not minus_first(factor) and factor.kind in LAST:
            wanted = LAST[factor.kind]
        pieces.append((factor, wanted))
    return pieces


def _negative(box: Box, compact: bool) -> list[Piece]:
    operand = box.parts[0]
    return ["−", (operand, ATOM if minus_first(operand) else SPACED)]


def _fraction(box: Box, compact: bool) -> list[Piece]:
    return [(box.parts[0], PRODUCT), "/", (box.parts[1], POWER)]


def _power(box: Box, compact: bool) -> list[Piece]:
    base, exponent = box.parts
    sign, size = ("-", exponent.parts[0]) if exponent.kind == "negative" else ("", exponent)
    small = sign + size.data if size.kind == "number" else ""
    if small and all(character in ABOVE for character in small):
        return [(base, ATOM), "".join(ABOVE[character] for character in small)]
    return [(base, ATOM), "^", IN, (exponent, ATOM), OUT]


def _reduce(box: Box, compact: bool) -> list[Piece]:
    *indices, body = box.parts
    if box.data not in BIG:
        return [box.data, *_brackets(indices), "(", (body, CASES), ")"]
    below = _below(indices)
    start: list[Piece] = [BIG[box.data] + below] if below else [BIG[box.data], *_brackets(indices)]
    return [*start, " ", (body, ATOM if minus_first(body) else SPACED)]


def _call(box: Box, compact: bool) -> list[Piece]:
    function, keys = box.data
    plain = len(box.parts) - len(keys)
    pieces = _listed(box.parts[:plain], compact)
    for key, value in zip(keys, box.parts[plain:], strict=True):
        pieces += [", " if pieces else "", f"{key}=", (value, CASES)]
    return [FUNCTIONS.get(function) or GREEK.get(function, function), "(", *pieces, ")"]


def _compare(box: Box, compact: bool) -> list[Piece]:
    pieces: list[Piece] = [(box.parts[0], SUM)]
    for sign, operand in zip(box.data, box.parts[1:], strict=True):
        pieces += [SIGNS[sign] if compact else f" {SIGNS[sign]} ", (operand, SUM)]
    return pieces


def _cases(box: Box, compact: bool) -> list[Piece]:
    condition, yes, no = box.parts
    return [(yes, COMPARE), " if ", (condition, COMPARE), " else ", (no, CASES)]


def _partial(box: Box, compact: bool) -> list[Piece]:
    of, by, split, direct = box.data
    bar = [f"|{DIRECT}"] if direct else []
    return ["∂", name(of), *_brackets(box.parts[:split]), "/∂", name(by), *_brackets(box.parts[split:]), *bar]


def _kronecker(box: Box, compact: bool) -> list[Piece]:
    below = _below(box.parts)
    return ["δ" + below] if below else ["δ", *_brackets(box.parts)]


def _matmul(box: Box, compact: bool) -> list[Piece]:
    """Side by side; after a name a blank, lest it look like a function's."""
    left, right = box.parts
    close = left.kind != "symbol" and level(right, compact) < POWER
    first: Piece = (left, PRODUCT if left.kind == "matmul" else SIGN)
    return [first, "" if close else " ", (right, ATOM if minus_first(right) else POWER)]


def _root(box: Box, compact: bool) -> list[Piece]:
    return (
        ["√", (box.parts[0], ATOM)]
        if box.parts[0].kind in ("symbol", "number", "subscript")
        else ["√(", (box.parts[0], CASES), ")"]
    )


WRITERS: dict[str, Callable[[Box, bool], list[Piece]]] = {
    "dots": lambda box, compact: ["…"],
    "symbol": lambda box, compact: [name(box.data)],
    "number": lambda box, compact: [box.data],
    "bound": lambda box, compact: [name(box.data), *([IN, "<", (box.parts[0], SUM), OUT] if box.parts else ())],
    "subscript": lambda box, compact: [(box.parts[0], ATOM), *_brackets(box.parts[1:])],
    "partial": _partial,
    "kronecker": _kronecker,
    "indicator": lambda box, compact: ["1[", (box.parts[0], CASES), "]"],
    "cases": _cases,
    "compare": _compare,
    "sum": _sum,
    "product": _product,
    "negative": _negative,
    "fraction": _fraction,
    "floor": lambda box, compact: ["⌊", (box.parts[0], PRODUCT), "/", (box.parts[1], POWER), "⌋"],
    "power": _power,
    "root": _root,
    "magnitude": lambda box, compact: ["|", (box.parts[0], CASES), "|"],
    "transpose": lambda box, compact: [(box.parts[0], ATOM), "ᵀ"],
    "matmul": _matmul,
    "reduce": _reduce,
    "call": _call,
    "tuple": lambda box, compact: ["(", *_listed(box.parts, compact), ",)" if len(box.parts) == 1 else ")"],
}
