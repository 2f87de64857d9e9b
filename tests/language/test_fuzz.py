"""Whatever a text says, it is read or it is refused in words: nothing else ever comes out."""

from __future__ import annotations

from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st
from written import examples

import graphc.models
from graphc.graph.network import read_network
from graphc.language.errors import GraphcError
from graphc.language.expression import NetText, Source
from graphc.language.parse import parse_net
from graphc.language.text import net_text

MODELS = [file.read_text("utf-8") for file in sorted(Path(graphc.models.__file__).parent.glob("*.net"))]
TOKENS = (
    "x y i n W1 ŷ x̂ 2 .5 1e9 = == < <= + - * / // ** @ ( ) [ ] { } , : ... . input output param const loss "
    "sum mean max integer in in{0,1} one_hot f(x) x[i,j] sum[i](x) # ^ · ² ' \\ \" ; !"
)
PIECES = [*TOKENS.split(), " ", "\n", "\t", "\r", "\0", "\ufeff", "\u2028", "\ud800", "\x1b"]


def check_reading(text: str) -> NetText | None:
    """The statements, which can be printed and read again, or None where the text is refused at a place in it."""
    try:
        net = parse_net(Source("f.net", text))
    except GraphcError as error:
        check_place(error, text)
        return None
    written = net_text(net)
    assert net_text(parse_net(Source("f.net", written))) == written
    return net


def check_place(error: GraphcError, text: str) -> None:
    lines = text.replace("\r\n", "\n").replace("\r", "\n").removeprefix("\ufeff").split("\n")
    assert 1 <= error.line <= len(lines)
    assert 1 <= error.column <= len(lines[error.line - 1]) + 1
    assert str(error).startswith(f"f.net:{error.line}:{error.column}: {error.message}\n")


@examples(150)
@given(st.text())
def test_any_text_is_read_or_refused(text):
    check_reading(text)


@examples(200)
@given(st.lists(st.sampled_from(PIECES), max_size=30).map("".join))
def test_any_row_of_tokens_is_read_or_refused(text):
    check_reading(text)


@st.composite
def mutants(draw: st.DrawFn) -> str:
    """A model with a few pieces cut out, put in or written twice."""
    text = draw(st.sampled_from(MODELS))
    for _ in range(draw(st.integers(1, 3))):
        start = draw(st.integers(0, len(text)))
        end = min(len(text), start + draw(st.integers(0, 12)))
        piece = draw(st.sampled_from([*PIECES, text[start:end] * 2, ""]))
        text = text[:start] + piece + text[end:]
    return text


@examples(100)
@given(mutants())
def test_a_model_with_slips_in_it_is_read_or_refused(text):
    net = check_reading(text)
    if net is not None:
        try:
            read_network(net, "f")
        except GraphcError as error:
            check_place(error, text)


def test_every_built_in_model_is_read():
    assert all(check_reading(text) for text in MODELS)
