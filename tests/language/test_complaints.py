"""What a person reads after a slip: the place, what is wrong, the line with a caret, and what was likely meant."""

from __future__ import annotations

from pathlib import Path

import pytest

from graphc.language import complaints, hints
from graphc.language.errors import GraphcError
from graphc.language.expression import Source
from graphc.language.parse import parse_expression, parse_net, parse_statement

# each block is a text, `---`, and the message that it gets
BLOCKS = Path(__file__).with_name("complaints.txt").read_text("utf-8").strip().split("\n\n")
CASES = [tuple(block.split("\n---\n")) for block in BLOCKS]


def complaint(text: str, file: str = "f.net") -> GraphcError:
    with pytest.raises(GraphcError) as caught:
        parse_net(Source(file, text))
    return caught.value


@pytest.mark.parametrize(("text", "message"), CASES, ids=[text for text, _ in CASES])
def test_a_slip_is_explained_at_its_place(text, message):
    assert "\n".join(line.rstrip() for line in str(complaint(text)).split("\n")) == "f.net:" + message


def test_every_row_of_the_table_of_hints_is_needed(monkeypatch):
    asked = []
    monkeypatch.setattr(complaints, "hint", lambda *question: asked.append(question))
    for text, _ in CASES:
        complaint(text)
    rows, answers = list(hints.ROWS), [hints.hint(*question) for question in asked]
    idle = []
    for row in rows:
        monkeypatch.setattr(hints, "ROWS", [other for other in rows if other is not row])
        if answers == [hints.hint(*question) for question in asked]:
            idle.append(row)
    assert idle == []


@pytest.mark.parametrize("sign", hints.SIGNS)
def test_a_sign_of_the_slides_gets_its_spelling_here(sign):
    error = complaint(f"y = x{sign}")
    assert (error.line, error.column, error.hint) == (1, 6, hints.SIGNS[sign])


@pytest.mark.parametrize("keyword", hints.KEYWORDS)
def test_a_misspelt_keyword_is_recognised(keyword):
    assert complaint(f"{keyword[:-1]}{keyword[-1]}s w[2]").hint == f"did you mean `{keyword}`?"


def test_the_place_is_counted_from_one_in_the_file_as_it_is():
    error = complaint("# a comment\n\n  y = x\n\t\tz = (x +\n   y ^ 2)\n", "folder/a.net")
    assert (error.file, error.line, error.column) == ("folder/a.net", 5, 6)
    assert str(error).startswith("folder/a.net:5:6: expected ")


@pytest.mark.parametrize(
    ("line", "shown", "caret"),
    [
        ("y\t=\tx ^ 2", "  y = x ^ 2", "        ^"),  # a tab is one column, here and in the message
        ("変数 = 日本 ^ 2", "  変数 = 日本 ^ 2", "              ^"),  # wide characters take two
        ("x\u0302 = y\u0302\ufe0f ^ 2", None, "        ^"),  # combining ones and a variation selector take none
        ("y = \x1b[31m] ^ 2", "  y = \ufffd[31m] ^ 2", "      ^"),  # a terminal obeys nothing in it
        ("y = x\u202e", "  y = x\ufffd", "       ^"),
    ],
)
def test_the_caret_stands_under_its_column(line, shown, caret):
    _, written, under, *_ = str(complaint(line)).split("\n")
    assert under == caret
    assert shown in (None, written)


def test_a_long_line_is_cut_to_what_is_round_the_caret():
    _, written, under, *_ = str(complaint("y = " + "x + " * 100 + "^ + " + "x + " * 100 + "x")).split("\n")
    assert written.startswith("  …")
    assert written.endswith("…")
    assert len(written) < 80
    assert written[under.index("^")] == "^"


def test_a_long_word_is_cut_in_the_message():
    assert (
        complaint("y = x " + "z" * 200).message == f"expected an operator or the end of the line, found `{'z' * 40}…`"
    )


def test_characters_that_cannot_be_seen_are_told_by_number():
    assert complaint("y = \u200bx").message == "`U+200B` has no meaning here"
    assert complaint("y = \ud800").message == "`U+D800` has no meaning here"
    assert complaint("y = x\0").message == "`U+0000` has no meaning here"


def test_a_statement_alone_is_one_statement():
    with pytest.raises(GraphcError, match=r"^<op>:2:1: one statement is wanted, and here is another"):
        parse_statement("f(x) = x\ng(x) = x", "<op>")
    with pytest.raises(GraphcError, match="there is no statement here"):
        parse_statement(" # nothing\n")


def test_an_expression_alone_is_one_expression():
    assert parse_expression("a\n + b # more\n")[0] is parse_expression("a+b")[0]
    with pytest.raises(GraphcError, match="there is no expression here"):
        parse_expression("\n")
    with pytest.raises(GraphcError, match="expected an operator or the end of the line, found `=`"):
        parse_expression("a = b")
