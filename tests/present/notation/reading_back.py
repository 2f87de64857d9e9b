"""Readers of what the printers write, so that a test can ask whether a formula still means the same.

Each turns its form into tokens; one small reader makes numbers of these, with the usual precedence: signs, then
products and, in a terminal, what is set apart by blanks around its dot looser than a stroke.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from xml.etree import ElementTree

from graphc.language import expression as e

VALUES = {"a": 0.7, "b": 1.3, "c": 2.1, "x": 0.4, "W1": 1.7, "yhat": 0.6, "theta": 0.9}
SHOWN = {"a": 0.7, "b": 1.3, "c": 2.1, "x": 0.4, "W₁": 1.7, "ŷ": 0.6, "θ": 0.9}


def sigma(z: float) -> float:
    return 1 / (1 + math.exp(-z)) if z > -700 else 0.0


FUNCTIONS: dict[str, Callable[..., float]] = {"exp": lambda z: math.exp(min(z, 50)), "σ": sigma, "max": max}


def value(part: e.Expression) -> float:
    """What an expression of these names is."""
    inner = [value(child) for child in part.children] if not isinstance(part, e.Compare) else []
    match part:
        case e.Number():
            return float(part.value)
        case e.Name():
            return VALUES[part.name]
        case e.Sum():
            return sum(inner)
        case e.Product():
            return math.prod(inner)
        case e.Negative():
            return -inner[0]
        case e.Quotient():
            return over(*inner)
        case e.Power():
            return power(*inner)
        case e.Call(function="sqrt"):
            return root(inner[0])
        case e.Call(function="abs"):
            return abs(inner[0])
        case e.Call():
            return FUNCTIONS[{"sigma": "σ"}.get(part.function, part.function)](*inner)
    raise AssertionError(part)


def over(a: float, b: float) -> float:
    return a / b if b else 0.0


def power(a: float, b: float) -> float:
    return math.copysign(min(abs(a) ** max(-5.0, min(5.0, b)), 1e9), a) if a else 0.0


def root(a: float) -> float:
    return math.sqrt(abs(a))


Token = str | float | tuple[str, float]


class Reader:
    """Numbers out of tokens: floats, signs, and ("power", exponent) or ("function", …) pairs."""

    def __init__(self, tokens: list[Token]) -> None:
        self.tokens, self.place = tokens, 0

    def peek(self) -> Token | None:
        return self.tokens[self.place] if self.place < len(self.tokens) else None

    def take(self) -> Token:
        self.place += 1
        return self.tokens[self.place - 1]

    def all(self) -> float:
        found = self.sum()
        assert self.peek() is None, self.tokens[self.place :]
        return found

    def sum(self) -> float:
        found = self.term()
        while self.peek() in ("+", "-"):
            sign = self.take()
            term = self.term()
            found += term if sign == "+" else -term
        return found

    def term(self) -> float:
        """A minus takes the whole product behind it."""
        if self.peek() == "-":
            self.take()
            return -self.term()
        found = self.stroke()
        while self.peek() == " · ":
            self.take()
            found *= self.stroke()
        return found

    def stroke(self) -> float:
        found = self.product()
        while self.peek() == "/":
            self.take()
            found = over(found, self.factor())
        return found

    def product(self) -> float:
        found = self.factor()
        while self.peek() == "·" or isinstance(self.peek(), float) or self.peek() in ("(", "|(", "√", *FUNCTIONS):
            if self.peek() == "·":
                self.take()
            found *= self.factor()
        return found

    def factor(self) -> float:
        if self.peek() == "-":  # only in front of all
            self.take()
            return -self.factor()
        token = self.take()
        if token == "(":
            found = self.sum()
            assert self.take() == ")"
        elif token == "|(":
            found = abs(self.sum())
            assert self.take() == ")|"
        elif isinstance(token, str) and token in FUNCTIONS:
            assert self.take() == "("
            arguments = [self.sum()]
            while self.peek() == ",":
                self.take()
                arguments.append(self.sum())
            assert self.take() == ")"
            found = FUNCTIONS[token](*arguments)
        elif token == "√":
            found = root(self.factor())
        else:
            assert isinstance(token, float), token
            found = token
        after = self.peek()
        if isinstance(after, tuple):
            self.take()
            return power(found, after[1])
        if after == "^":
            self.take()
            return power(found, self.factor())
        return found


SMALL = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻", "0123456789-")
TEXT = re.compile(r" · | [+−] |[·/()^√,|−+]|[⁰¹²³⁴⁵⁶⁷⁸⁹⁻]+|\d+\.?\d*|[a-zA-Zŷθσ]+[₀-₉]*|\s")


def of_text(written: str) -> float:
    tokens: list[Token] = []
    bars = 0
    for piece in TEXT.findall(written):
        if piece == "|":
            tokens.append(")|" if bars else "|(")
            bars = 1 - bars
        elif piece == " · ":
            tokens.append(piece)
        elif piece.strip() in ("+", "−"):
            tokens.append(piece.strip().replace("−", "-"))
        elif piece[0] in "⁰¹²³⁴⁵⁶⁷⁸⁹⁻":
            tokens.append(("power", float(piece.translate(SMALL))))
        elif piece[0].isdigit():
            tokens.append(float(piece))
        elif piece == "abs":
            tokens.append("abs")
        elif piece.strip():
            tokens.append(SHOWN.get(piece, piece))
    return Reader(tokens).all()


def of_mathml(written: str) -> float:
    return Reader(_elements(ElementTree.fromstring(written))).all()


def _one(element: ElementTree.Element) -> float:
    return Reader(_element(element)).all()


def _elements(element: ElementTree.Element) -> list[Token]:
    return [token for child in element for token in _element(child)]


def _element(element: ElementTree.Element) -> list[Token]:
    text, parts = element.text or "", list(element)
    match element.tag:
        case "mi" | "mn":
            return [float(text) if text[0].isdigit() else SHOWN.get(text, text)]
        case "mo":
            return [{"−": "-", "⋅": "·", "|": "|(" if element.get("form") == "prefix" else ")|"}.get(text, text)]
        case "mspace":
            return []
        case "mfrac":
            return [over(_one(parts[0]), _one(parts[1]))]
        case "msqrt":
            return [root(Reader(_elements(element)).all())]
        case "mover":
            return [SHOWN[f"{parts[0].text}\u0302".replace("y\u0302", "ŷ")]]
        case "msub":
            return [SHOWN[f"{parts[0].text}{chr(0x2080 + int(parts[1].text or ''))}"]]
        case "msup":
            return [*_element(parts[0]), ("power", _one(parts[1]))]
        case "msubsup":
            return [SHOWN[f"{parts[0].text}{chr(0x2080 + int(parts[1].text or ''))}"], ("power", _one(parts[2]))]
    return _elements(element)


LATEX = re.compile(r"\\[a-zA-Z]+|\\,|[{}()+\-^_|,]|\d+\.?\d*|[a-zA-Z]")


def of_latex(written: str) -> float:
    pieces = LATEX.findall(written)
    tokens, rest = _latex(pieces, 0)
    assert rest == len(pieces)
    return Reader(tokens).all()


def _group(pieces: list[str], place: int) -> tuple[float, int]:
    """What stands in braces."""
    assert pieces[place] == "{"
    tokens, end = _latex(pieces, place + 1)
    return Reader(tokens).all(), end + 1


COMMANDS = {r"\left": "", r"\right": "", r"\,": "", r"\cdot": "·", r"\exp": "exp", r"\max": "max", r"\sigma": "σ"}


def _latex(pieces: list[str], place: int) -> tuple[list[Token], int]:
    tokens: list[Token] = []
    bars = 0
    while place < len(pieces) and pieces[place] != "}":
        piece = pieces[place]
        place += 1
        if piece == r"\frac":
            above, place = _group(pieces, place)
            below, place = _group(pieces, place)
            tokens.append(over(above, below))
        elif piece == r"\sqrt":
            inner, place = _group(pieces, place)
            tokens.append(root(inner))
        elif piece == r"\hat":
            place += 3
            tokens.append(SHOWN["ŷ"])
        elif piece == "^":
            exponent, place = _group(pieces, place)
            tokens.append(("power", exponent))
        elif piece == "{":
            inner, place = _group(pieces, place - 1)
            tokens.append(inner)
        elif piece == r"\theta":
            tokens.append(SHOWN["θ"])
        elif piece == "W":
            place += 4
            tokens.append(SHOWN["W₁"])
        elif piece == "|":
            tokens.append(")|" if bars else "|(")
            bars = 1 - bars
        elif piece in COMMANDS:
            tokens += [COMMANDS[piece]] if COMMANDS[piece] else []
        elif piece[0].isdigit():
            tokens.append(float(piece))
        else:
            tokens.append(SHOWN.get(piece, piece))
    return tokens, place
