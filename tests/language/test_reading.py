"""Files and statements: what ends a line, what is white space, what a name may be, and what each kind says."""

from __future__ import annotations

from fractions import Fraction

import pytest

from graphc.language.errors import GraphcError
from graphc.language.expression import Bound, Constant, Declaration, Definition, Ellipsis_, Equation, Mark, Name, Number
from graphc.language.parse import parse_expression, parse_net, parse_statement, read_source
from graphc.language.text import net_text, statement_text


def read(tmp_path, content: bytes):
    file = tmp_path / "f.net"
    file.write_bytes(content)
    return parse_net(read_source(file))


@pytest.mark.parametrize("content", ["", "\n\n", "# only a comment", "\ufeff", " \t\r\n# a\r\n\r\n", "#"])
def test_a_file_may_say_nothing(tmp_path, content):
    assert read(tmp_path, content.encode()).statements == ()


def test_line_ends_of_every_system_and_a_byte_order_mark_are_white_space(tmp_path):
    lines = ["input x[n]", "y = (x", "\t+ 1)  # more", "output y"]
    expected = "input x[n]\ny = x + 1\noutput y\n"
    for end in ("\n", "\r\n", "\r"):
        assert net_text(read(tmp_path, b"\xef\xbb\xbf" + end.join(lines).encode())) == expected


def test_the_place_after_a_byte_order_mark_is_column_one(tmp_path):
    with pytest.raises(GraphcError, match=r"f\.net:1:1: expected a statement"):
        read(tmp_path, b"\xef\xbb\xbf^")


def test_a_line_goes_on_while_a_bracket_is_open():
    written = "y = sum[\n  i\n](\n  # the weighted sum\n  x[i]\n\n  *w[\ni]) + (\nb)"
    assert statement_text(parse_statement(written)) == "y = sum[i](x[i]*w[i]) + b"


NAMES = "ŷ σ θ x₁ é 变量 _ x_1 lambda for None class in e E1 sum integer true"


@pytest.mark.parametrize("name", NAMES.split())
def test_names_are_identifiers_of_any_script_and_python_keywords(name):
    assert parse_statement(f"{name} = {name}").right is Name(name)


def test_a_name_is_the_same_however_its_accents_are_stored():
    assert parse_expression("y\u0302")[0] is parse_expression("ŷ")[0]


def test_the_words_that_start_statements_are_names_elsewhere():
    for word in ("input", "param", "const", "output", "loss"):
        assert parse_statement(f"{word} = {word}[i] + {word}(x)").name == word
        assert parse_statement(f"{word}(x) = x").name == word
    assert parse_statement("loss loss = loss").mark == "loss"
    assert parse_statement("output output").names == ("output",)


@pytest.mark.parametrize("spaced", ["input x[n,2]:in{0,1},integer", "input\tx [ n , 2 , ] : in { 0 , 1.0 } , integer"])
def test_a_declaration_may_be_spaced_at_will(spaced):
    read = parse_statement(spaced)
    assert isinstance(read, Declaration)
    assert (read.kind, read.name, read.dims) == ("input", "x", (Name("n"), Number(Fraction(2))))
    assert read.attributes == ("binary", "integer")


@pytest.mark.parametrize(
    ("written", "attribute"),
    [
        ("integer", "integer"),
        ("in {0, 1}", "binary"),
        ("in (0, 1)", "unit"),
        ("one_hot", "one_hot"),
        ("distribution", "distribution"),
    ],
)
def test_an_assumption_follows_a_colon(written, attribute):
    assert parse_statement(f"input t : {written}").attributes == (attribute,)


@pytest.mark.parametrize("written", ["0.25", "-1/3", "he", "lecun_uniform"])
def test_a_start_follows_a_colon_too(written):
    read = parse_statement(f"param w[n] : in (0, 1), start({written})")
    assert isinstance(read, Declaration)
    assert (read.attributes, read.start) == (("unit",), parse_expression(written)[0])


def test_marks_stand_before_an_equation_or_alone():
    equation = parse_statement("output y[i] = x[i]")
    assert isinstance(equation, Equation)
    assert (equation.mark, equation.indices) == ("output", (Bound("i"),))
    assert parse_statement("loss L = x").mark == "loss"
    mark = parse_statement("output y, z")
    assert isinstance(mark, Mark)
    assert (mark.kind, mark.names) == ("output", ("y", "z"))


def test_a_constant_has_a_value():
    constant = parse_statement("const rate = -1.5e-1")
    assert isinstance(constant, Constant)
    assert constant.value is parse_expression("-0.15")[0]


def test_a_function_may_name_its_arguments_axes_and_give_defaults():
    definition = parse_statement("f(x[...,n], w[2], slope=0.01)[...,i<n] = x[...,i]*slope")
    assert isinstance(definition, Definition)
    x, w, slope = definition.parameters
    assert x.dims == (Ellipsis_(), Name("n"))
    assert w.dims == (Number(Fraction(2)),)
    assert slope.default is Number(Fraction(1, 100))
    assert definition.indices == (Ellipsis_(), Bound("i", Name("n")))


def test_extents_stand_where_indices_are_bound():
    equation = parse_statement("padded[n,i<H+2] = max[r<2, s](x[n,i+r,s])")
    assert equation.indices == (Bound("n"), Bound("i", parse_expression("H + 2")[0]))
    assert equation.right.indices == (Bound("r", Number(Fraction(2))), Bound("s"))


def test_subscripts_are_literals_expressions_gathers_and_ellipses():
    for written in ("x[0]", "x[n-1-i,0]", "E[tok[b,s],d]", "conv(x, w)[n,o,p,q]", "x[...,i]", "(a + b)[i]"):
        assert repr(parse_expression(written)[0]) == written


def test_brackets_are_at_most_200_deep():
    assert parse_expression("(" * 200 + "x" + ")" * 200)[0] is Name("x")
    assert parse_expression("f(" * 200 + "x" + ")" * 200)[0].depth == 201
    with pytest.raises(GraphcError, match=":1:201: brackets are more than 200 deep"):
        parse_expression("(" * 201 + "x" + ")" * 201)


def test_a_file_is_at_most_16_megabytes(tmp_path):
    size = 16 * 1024 * 1024
    assert read(tmp_path, b"#" * size).statements == ()
    with pytest.raises(GraphcError, match="larger than 16 MB"):
        read(tmp_path, b"#" * (size + 1))


def test_what_is_no_utf_8_is_told_with_its_place(tmp_path):
    with pytest.raises(GraphcError, match=r"f\.net:2:5: byte 0xe9 is not UTF-8"):
        read(tmp_path, "y = 1\r\nz = é".encode("latin-1"))
