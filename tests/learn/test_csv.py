"""CSV files: what is read, and what is said of a file that is wrong, with its line and its place there."""

from __future__ import annotations

import gzip
import tracemalloc

import numpy as np
import pytest

from graphc.graph.network import load
from graphc.language.errors import GraphcError
from graphc.learn.data.csv_file import read_csv
from graphc.learn.data.fit_to import fit_to
from graphc.learn.data.read import read

FLOWERS = "length,width,kind\n5.1,3.5,setosa\n7,3.2,versicolor\n6.3,3.3,setosa\n"
NUMBERS = [[5.1, 3.5, 0], [7, 3.2, 1], [6.3, 3.3, 0]]


def written(tmp_path, text, name="some.csv"):
    file = tmp_path / name
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    return file


@pytest.mark.parametrize(
    "text",
    [
        FLOWERS,
        FLOWERS.replace("\n", "\r\n"),
        FLOWERS.replace("\n", "\r"),
        "\ufeff" + FLOWERS,
        FLOWERS.replace(",", ";"),
        FLOWERS.replace(",", "\t"),
        FLOWERS.replace(",", "|"),
        FLOWERS.replace(",", " , "),
        FLOWERS.replace(",", "   "),
        FLOWERS.replace("setosa", '"setosa"').replace("length", '"length"'),
        "\n" + FLOWERS.replace("\n", "\n\n"),
        FLOWERS.rstrip(),
        "# " + FLOWERS,
        gzip.compress(FLOWERS.encode()),
    ],
    ids=["plain", "Windows", "old Mac", "BOM", ";", "tab", "|", "blanks", "spaces", "quoted", "blank lines",
         "no last end", "a sharp", "gzipped"],
)  # fmt: skip
def test_a_table_is_read_however_it_is_written(tmp_path, text):
    table = read_csv(written(tmp_path, text))
    assert table.columns == ("length", "width", "kind")
    assert table.values.tolist() == NUMBERS
    assert table.classes == {2: ("setosa", "versicolor")}


@pytest.mark.parametrize(
    ("text", "columns"),
    [
        ("x,y\n1,2\n", ("x", "y")),
        ("1,2\n3,4\n", ()),
        ("5.1,setosa\n7,versicolor\n", ()),
        ("label,0,1,2\n7,0,0,0\n", ("label", "0", "1", "2")),
        ("x\n1\n2\n", ("x",)),
        ("1\n2\n", ()),
        ("größe,θ\n1,2\n", ("größe", "θ")),
    ],
)
def test_a_line_of_names_is_told_from_one_of_numbers(tmp_path, text, columns):
    assert read_csv(written(tmp_path, text)).columns == columns


@pytest.mark.parametrize("cell", ["1", "-2.5", "+.5", "3.", "1e3", "-1.5E-3", "007"])
def test_numbers_are_read_as_python_reads_them(tmp_path, cell):
    assert read_csv(written(tmp_path, f"{cell},a\n{cell},b\n")).values[0, 0] == float(cell)


def test_a_quoted_cell_may_hold_the_delimiter_and_quotes(tmp_path):
    table = read_csv(written(tmp_path, 'x,t\n1,"a, ""b"""\n"2",c\n'))
    assert table.classes == {1: ('a, "b"', "c")}
    assert table.values[:, 0].tolist() == [1, 2]


WRONG = [
    ("x,y\n1,2\n3\n", "3:2", "this line has 1 cell, and those before it 2"),
    ("x,y\n1,2\n3,4,5\n", "3:5", "this line has 3 cells, and those before it 2"),
    ("x,y\n1,2\n3,4,\n", "3:5", "`,` at the end of the line starts one more cell"),
    ("x,y\n1,2\n3;4\n", "3:4", "this line has `;` between its cells, the others `,`"),
    ("x,y\n1,2\n\n3,four\n", "4:3", "`four` is no number, and `y` is a column of numbers"),
    ("1,2\n3,four\n5,6\n", "2:3", "`four` is no number, and column 2 is a column of numbers"),
    ("x,y\nl.5,2\n3,4\n5,6\n", "2:1", "`l.5` is no number"),
    ("x,y\n1,2\n3,\n", "3:3", "there is nothing where `y` should have a number"),
    ("x,y\n1,2\nNaN,4\n", "3:1", "there is `NaN` where `x` should have a number"),
    ("x,y\n1,2\n3,NA\n", "3:3", "leave the line out"),
    ("x,y\n1,2\n3,inf\n", "3:3", "`inf` is no number"),
    ("x,y\n1,2\n3,1_000\n", "3:3", "`1_000` is no number"),
    ("x,y,t\n1,2,a\n" + "3,4,a\n" * 60_000 + "3,1_0,a\n", "60003:3", "`1_0` is no number"),
    ("x,y,t\n1,2,a\n" + "3,4,a\n" * 60_000 + "3,4,a,5\n", "60003:7", "has 4 cells"),
    ("x,y,t\n1,2,a\n" + "3,4,a\n" * 60_000 + "3,4,NA\n", "60003:5", "there is `NA` where `t`"),
    ("x;y\n1,5;2\n2,5;3\n", "2:1", "write the decimal point as a point: 1.5"),
    ('x,y\n1,2\n3,"4\n', "3:3", "this quote is not closed on its line"),
    (b"x,y\n1,2\n3,\xe94\n", "3:3", "byte 0xe9 is not UTF-8"),
    (b"gr\xf6\xdfe,y\n1,2\n", "1:3", "byte 0xf6 is not UTF-8"),
    ("x,y\n1,2\n3,\x004\n", "3:3", "a NUL byte"),
    ("x,x\n1,2\n", "1:3", "two columns are called `x`"),
    (",x,y\n0,1,2\n", "1:1", "to_csv(…, index=False)"),
    ("x,y\n", "", "a line of names and nothing below it"),
    ("", "", "the file is empty"),
    ("\n \n\n", "", "no lines with anything on them"),
]


@pytest.mark.parametrize(("text", "place", "said"), WRONG, ids=[said for _, _, said in WRONG])
def test_what_is_wrong_is_said_with_its_place(tmp_path, text, place, said):
    file = written(tmp_path, text)
    with pytest.raises(GraphcError) as caught:
        fit_to(load("linear"), read(str(file)))
    message = str(caught.value)
    assert message.startswith(f"{file}:{place}{': ' if place else ' '}")
    assert said in message


@pytest.mark.parametrize("line", [3, 50_000, 199_999])
def test_the_line_is_right_however_far_down_it_is(tmp_path, line):
    lines = ["x,y", *["1.5,2.5"] * 200_000]
    lines[line - 1] = "1.5,two"
    with pytest.raises(GraphcError) as caught:
        read_csv(written(tmp_path, "\n".join(lines)))
    assert (caught.value.line, caught.value.column) == (line, 5)


@pytest.mark.parametrize(
    ("text", "said"), [("u,v,t\n1,2,0\n1,3,2\n", "2 in row 2 (line 3) is"), ("\n1 2 0\n\n1 3 2\n", "2 in row 2 is")]
)
def test_a_label_out_of_range_is_said_with_its_line_where_each_line_is_a_row(tmp_path, text, said):
    with pytest.raises(GraphcError) as caught:
        fit_to(load("mlp"), read(written(tmp_path, text)))
    assert said in str(caught.value)


def test_a_column_of_text_that_an_input_would_get_is_pointed_at(tmp_path):
    file = written(tmp_path, "colour,size,t\nred,1,0\nblue,2,1\n")
    with pytest.raises(GraphcError, match=r":2:1: `colour` is a column of text, and the input x\[n, d\] takes numbers"):
        fit_to(load("softmax-classifier"), read(str(file)))


def test_a_column_that_is_asked_for_has_to_have_a_name(tmp_path):
    file = written(tmp_path, "5,6,1\n7,8,0\n")
    with pytest.raises(GraphcError, match="no line of names"):
        fit_to(load("mlp"), read(f"{file}:target=kind"))


def test_texts_without_end_are_no_classes(tmp_path):
    text = "".join(f"{k},text{k}\n" for k in range(10_002))
    with pytest.raises(GraphcError, match="more than 10,000 different texts") as caught:
        read_csv(written(tmp_path, text))
    assert caught.value.line == 10_001


def test_a_long_file_is_read_in_blocks(tmp_path):
    rows = np.random.default_rng(0).normal(size=(100_000, 4)).round(6)
    file = tmp_path / "long.csv"
    np.savetxt(file, rows, delimiter=",", fmt="%.6f")
    read_csv(written(tmp_path, FLOWERS))
    tracemalloc.start()
    values = read_csv(file).values
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    np.testing.assert_array_equal(values, rows)
    assert most < rows.nbytes + 8 * 1024 * 1024


def test_a_line_without_end_is_no_table(tmp_path):
    with pytest.raises(GraphcError, match="line 1 is longer than 16 MB"):
        read_csv(written(tmp_path, b"1," * 9_000_000))
