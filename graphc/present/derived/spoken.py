"""Sentences about a step: what stands between ` marks in them is shown as the formulas show it."""

from __future__ import annotations

from collections.abc import Callable, Container, Sequence

from ...derivation.step import Derivation
from ...language.errors import GraphcError
from ...language.expression import Expression
from ...language.parse import parse_expression


def spoken(sentence: str, words: Callable[[str], str], formula: Callable[[Expression], str]) -> str:
    """`words` writes what is said, and `formula` what stands between the marks."""
    parts = sentence.split("`")
    return "".join(_formula(part, words, formula) if place % 2 else words(part) for place, part in enumerate(parts))


def conditions(found: Sequence[str], derivation: Derivation) -> str:
    """`t one_hot, relu′(0) = 0`, with the names of tensors marked."""
    known = {} if derivation.net is None else derivation.net.nodes
    return ", ".join(_named(one, known) for one in found)


def _named(condition: str, known: Container[str]) -> str:
    name, _, rest = condition.partition(" ")
    return f"`{name}` {rest}" if name in known and rest else condition


def _formula(part: str, words: Callable[[str], str], formula: Callable[[Expression], str]) -> str:
    try:
        return formula(parse_expression(part)[0])
    except GraphcError:
        return words(part)
