"""The parser starts at once: from tables that fit the grammar, and without importing what a parser does not need."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import lark
import pytest

from graphc.language import tables
from graphc.language.parse import parse_expression

ROOT = Path(__file__).parents[2]


@pytest.fixture
def fresh_parser():
    tables.parser.cache_clear()
    yield
    tables.parser.cache_clear()


def test_the_stored_tables_fit_the_grammar():
    stored = json.loads(tables.TABLES.read_text("utf-8"))
    grammar = tables.GRAMMAR.read_text("utf-8")
    assert stored["fits"].split()[0] == tables.fits(grammar).split()[0], "run python -m graphc.language.tables"


def test_the_stored_tables_are_what_the_grammar_gives(fresh_parser, tmp_path, monkeypatch):
    """States are numbered anew each time, so the tables are compared by their size and by what they read."""
    computed, stored = json.loads(tables.computed()), json.loads(tables.TABLES.read_text("utf-8"))
    assert len(computed["data"]["parser"]["parser"]["states"]) == len(stored["data"]["parser"]["parser"]["states"])
    monkeypatch.setattr(tables, "TABLES", tmp_path / "none.json")
    written = "-sum[j](x[i,2*j-1]**2/w[j])"
    assert repr(parse_expression(written)[0]) == written


@pytest.mark.skipif(
    json.loads(tables.TABLES.read_text("utf-8"))["fits"].split()[-1] != lark.__version__,
    reason="tables of another lark are computed anew",
)
def test_the_stored_tables_are_used(fresh_parser, monkeypatch):
    monkeypatch.setattr(lark.Lark, "__init__", None)  # a parser made from the grammar would call it
    assert repr(parse_expression("a + b")[0]) == "a + b"


def test_the_language_imports_little():
    """The command line answers --help without a parser, and reads a file without NumPy or SymPy."""
    code = (
        "import sys, graphc.language.parse as p\n"
        "assert not {'lark', 'numpy', 'sympy', 'networkx'} & set(sys.modules)\n"
        "p.parse_expression('a + b')\n"
        "assert not {'numpy', 'sympy', 'networkx'} & set(sys.modules)\n"
    )
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True, timeout=60)
