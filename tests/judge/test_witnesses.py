"""The point at which two lines differ: small numbers, with different sizes for different axes."""

from __future__ import annotations

import pytest

from graphc.judge.check import check
from graphc.language.expression import Source


def false_line(text):
    found = check(Source("f.deriv", text)).first_false
    assert found is not None
    return found


def witness(text):
    found = false_line(text).witness
    assert found is not None
    return found


def test_scalars_are_small_whole_numbers_and_both_values_are_given():
    found = witness("show (a + b)**2\n  = a**2 + b**2\n")
    assert found.at == {"a": 1, "b": 1} or set(map(abs, found.at.values())) == {1}
    assert {abs(found.before - found.after)} == {2}


def test_a_line_of_constants_has_no_point_and_both_values():
    found = witness("show pi\n  = 22/7\n")
    assert found.at == {}
    assert found.before == pytest.approx(3.14159265)
    assert found.after == pytest.approx(22 / 7)


def test_a_free_index_is_named_and_tensors_are_nested_lists():
    found = witness("given\n  x[n, m]\nshow sum[i](x[i,j])\n  = mean[i](x[i,j])\n")
    assert isinstance(found.at["j"], int)
    rows = found.at["x"]
    assert len(rows) != len(rows[0])  # another size for each axis
    column = [row[found.at["j"]] for row in rows]
    assert found.before == sum(column)
    assert found.after == pytest.approx(sum(column) / len(column))


def test_not_every_number_is_nought_unless_that_is_all_it_takes():
    found = witness("show x*y\n  = x*y*2\n")
    assert found.at["x"] != 0
    assert found.at["y"] != 0


def test_a_transposed_tensor_shows_by_its_shape():
    found = witness("given\n  A[n, m]\nshow A*2\n  = transpose(A)*2\n")
    before, after = found.before, found.after
    assert (len(before), len(before[0])) == (len(after[0]), len(after))
    assert len(before) != len(before[0])


def test_a_witness_keeps_to_the_assumptions():
    found = witness("where y in {0, 1}, a > 0\nshow a*y**2\n  = a*(1 - y)\n")
    assert found.at["y"] in (0, 1)
    assert found.at["a"] > 0
    hot = witness("given\n  t[n, k]\nwhere t one_hot\nshow t[i,j]\n  = t[i,j]**2*2\n").at["t"]
    assert all(sorted(row) == [0] * (len(row) - 1) + [1] for row in hot)
    shares = witness("given\n  p[k]\nwhere p distribution\nshow sum(p)\n  = 2\n")
    assert (shares.before, shares.after) == (1, 2)


def test_a_size_that_is_written_as_a_number_is_in_the_point():
    found = witness("given\n  x[n]\nshow sum(x)\n  = mean(x)/n\n")
    assert found.at["n"] == len(found.at["x"])


def test_lines_whose_shapes_do_not_fit_say_so():
    line = false_line("given\n  x[n, m]\n  p[n, k]\nshow transpose(x) @ p\n  = x @ p\n")
    assert line.status == "false"
    assert "m" in line.note
    assert "n" in line.note


def test_a_narrow_window_is_hit():
    found = witness("show where(x > 3, where(x < 3.001, 1, 0), 0)\n  = 0\n")
    assert 3 < found.at["x"] < 3.001


def test_the_report_as_json_has_the_agreed_form():
    text = "where y in {0, 1}\nshow y**2\n  = y\n  = 2*y\n"
    said = check(Source("f.deriv", text)).json()
    assert said["schema"] == "graphc/check/1"
    assert said["verdict"] == "wrong"
    assert [line["line"] for line in said["lines"]] == [2, 3, 4]
    agreed = {"line", "text", "status", "rule", "witness", "repair", "conditions"}
    assert all(agreed <= set(line) for line in said["lines"])
    assert said["lines"][1]["conditions"] == ["y in {0, 1}"]
    assert said["lines"][2]["witness"] == {"at": {"y": 1}, "before": 1, "after": 2}


def test_an_undecided_line_is_not_counted_as_wrong():
    said = check(Source("f.deriv", "show 1/(x - x)\n  = 1\n"))
    assert said.verdict == "undecided"
    assert said.lines[1].witness is None


def test_a_large_tensor_of_a_witness_is_zero_wherever_it_can_be():
    at = check(Source("f.deriv", "given\n x[100,100]\nshow x[3,3]\n = x[2,2]\n")).first_false.witness.at
    assert sum(value != 0 for row in at["x"] for value in row) == 1


def test_a_witness_has_the_declared_sizes_where_they_are_not_too_large():
    found = check(Source("f.deriv", "given\n a[60,60]\nshow sum(a)\n = sum(a)/2\n")).first_false
    assert [len(found.witness.at["a"]), len(found.witness.at["a"][0])] == [60, 60]
