"""The page on the language leaves nothing out."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from graphc.graph.calls import names
from graphc.graph.library import formulas
from graphc.language.build import ATTRIBUTES, MAX_DEPTH, MAX_NAME, REDUCTIONS
from graphc.language.hints import KEYWORDS
from graphc.language.lines import MAX_BRACKETS, MAX_TOKENS
from graphc.language.numerals import MAX_DIGITS
from graphc.language.source import MAX_BYTES
from graphc.language.text import text

PAGE = (Path(__file__).parents[2] / "docs" / "language.md").read_text("utf-8")
SIGNATURES = dict(re.findall(r"`(\w+)\(([^`]*)\)`", PAGE))


def test_every_function_of_the_library_is_on_the_page():
    assert set(names()) <= set(SIGNATURES)


@pytest.mark.parametrize("name", [name for name in formulas() if "=" in SIGNATURES.get(name, "")])
def test_the_page_gives_the_defaults_of_the_formulas(name):
    parameters = formulas()[name][0].parameters
    written = [p.name if p.default is None else f"{p.name}={text(p.default)}" for p in parameters]
    assert SIGNATURES[name].replace("1e-5", "0.00001") == ", ".join(written)


@pytest.mark.parametrize("word", [*KEYWORDS, *ATTRIBUTES, *REDUCTIONS])
def test_every_word_of_the_language_is_on_the_page(word):
    assert f"`{word}" in PAGE


@pytest.mark.parametrize(
    "limit",
    [
        f"{MAX_BYTES // 1024**2} MB and {MAX_TOKENS:,} names",
        f"{MAX_BRACKETS} deep",
        f"{MAX_DEPTH:,} levels",
        f"{MAX_NAME} characters",
        f"{MAX_DIGITS:,} digits",
    ],
)
def test_every_limit_is_on_the_page(limit):
    assert limit in PAGE
