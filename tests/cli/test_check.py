"""`graphc check` as a person meets it: verdicts, exit codes, and what is said under a false line"""

from __future__ import annotations

import json

import pytest

from graphc.judge.report import Line, Report, Witness
from graphc.present.boxes import columns
from graphc.present.checked import checked_lines, value_text

RIGHT = """\
given
  a    = theta * x
  yhat = sigma(a)
  L    = -y*log(yhat) - (1 - y)*log(1 - yhat)
where y in {0, 1}
show dL/dtheta
  = dL/dyhat * dyhat/da * da/dtheta
  = (-y/yhat + (1 - y)/(1 - yhat)) * (sigma(a)*(1 - sigma(a))) * x
  = (yhat - y) * x
"""
WRONG = RIGHT.replace("(yhat - y) * x", "(y - yhat) * x")


@pytest.fixture
def deriv(tmp_path):
    def write(text):
        file = tmp_path / "homework.deriv"
        file.write_text(text, "utf-8")
        return file

    return write


def written(*lines: Line) -> str:
    report = Report("homework.deriv", lines)
    return "\n".join("".join(piece.text for piece in line) for line in checked_lines(report))


def test_a_right_derivation_gets_a_tick_a_line_and_exit_code_0(graphc, deriv):
    answer = graphc("check", deriv(RIGHT))
    assert (answer.code, answer.err) == (0, "")
    assert answer.out.count("✓") == 3
    assert "6   show dL/dtheta" in answer.out
    assert "correct: every line follows" in answer.out
    assert "\x1b" not in answer.out


def test_a_wrong_line_is_shown_with_both_values_and_a_repair_and_exit_code_1(graphc, deriv):
    answer = graphc("check", deriv(WRONG))
    assert answer.code == 1
    assert "9 ✗ = (y - yhat) * x" in answer.out
    assert "the line before is" in answer.out
    assert "repair" in answer.out
    assert "wrong: line 9 does not follow" in answer.out
    assert max(map(columns, answer.out.splitlines()[1:])) <= 80


def test_json_has_a_verdict_and_every_line(graphc, deriv):
    answer = graphc("check", deriv(WRONG), "--json")
    assert answer.code == 1
    data = answer.data
    assert (data["schema"], data["verdict"]) == ("graphc/check/1", "wrong")
    assert [line["line"] for line in data["lines"]] == [6, 7, 8, 9]
    assert [line["status"] for line in data["lines"]] == ["true", "true", "true", "false"]
    keys = {"line", "text", "status", "rule", "witness", "repair", "conditions"}
    assert all(keys <= set(line) for line in data["lines"])
    wrong = data["lines"][-1]
    assert {"at", "before", "after"} <= set(wrong["witness"])
    assert wrong["witness"]["before"] != wrong["witness"]["after"]
    assert "=" not in wrong["repair"]


def test_a_repair_put_into_the_file_makes_it_right(graphc, deriv):
    repair = graphc("check", deriv(WRONG), "--json").data["lines"][-1]["repair"]
    assert graphc("check", deriv(WRONG.replace("(y - yhat) * x", repair))).code == 0


def test_a_line_whose_axes_do_not_fit_is_false_and_the_next_is_compared_with_the_last_that_means_something(
    graphc, deriv
):
    text = "given\n  X[n, d]\n  W[d, k]\n  L = sum((X @ W)**2)/2\nshow dL/dW\n  = (X @ W) @ transpose(X)\n"
    answer = graphc("check", deriv(text + "  = transpose(X) @ X @ W\n"), "--json")
    assert answer.code == 1
    assert [line["status"] for line in answer.data["lines"]] == ["true", "false", "true"]


def test_an_undecided_line_has_an_exit_code_of_its_own(graphc, deriv, monkeypatch):
    from graphc.judge import check
    from graphc.judge.equal import Verdict

    monkeypatch.setattr(check, "decide", lambda *rest, **more: Verdict("undecided", "limits", note="it takes too long"))
    answer = graphc("check", deriv(RIGHT))
    assert answer.code == 4
    assert "7 ? = " in answer.out
    assert "it takes too long" in answer.out
    assert "lines 7, 8 and 9 could be neither proved nor refuted" in answer.out


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("show x\n  = x +\n", "homework.deriv:2:"),
        ("given\n  a = b*\nshow a\n  = a\n", "homework.deriv:2:"),
        ("x = 1\n", "homework.deriv:1:1"),
        ("", "homework.deriv:1:1"),
    ],
)
def test_what_cannot_be_read_is_said_with_its_place_and_exit_code_2(graphc, deriv, text, place):
    answer = graphc("check", deriv(text))
    assert (answer.code, answer.out) == (2, "")
    assert place in answer.err
    assert "Traceback" not in answer.err


def test_a_missing_file_is_one_message(graphc, tmp_path):
    answer = graphc("check", tmp_path / "none.deriv", "--json")
    assert answer.code == 2
    assert answer.data["schema"] == "graphc/error/1"
    assert answer.data["file"].endswith("none.deriv")


def test_the_answer_goes_to_a_file_and_the_exit_code_stays(graphc, deriv, tmp_path):
    answer = graphc("check", deriv(WRONG), "--json", "-o", tmp_path / "answer.json")
    assert answer.code == 1
    assert json.loads((tmp_path / "answer.json").read_text("utf-8")) == answer.data


def test_only_the_first_false_line_is_explained():
    first = Line(2, "x", "false", "balls", witness=Witness({"x": 1}, 2, 1), repair="2*x", rule="the sum rule")
    text = written(Line(1, "2*x", "true"), first, Line(3, "3*x", "false", "balls", witness=Witness({"x": 1}, 1, 3)))
    assert text.count("differs") == 1
    assert "differs  at x = 1:\n         the line before is 2, this one 1".replace(" " * 9, " " * 15) in text
    assert "rule     the sum rule" in text
    assert "repair   = 2*x" in text


def test_of_tensors_the_first_element_that_differs_is_shown():
    witness = Witness({"X": [[1, 0], [0, 0]]}, [[1, 2], [3, 4]], [[1, 2], [5, 4]])
    text = written(Line(1, "X", "true"), Line(2, "Y", "false", "balls", witness=witness))
    assert "at X = [[1, 0], [0, 0]]:" in text
    assert "element [1, 0] of the line before is 3, of this one 5" in text


def test_the_assumption_that_would_have_saved_a_line_is_named():
    assert "holds if t one_hot" in written(Line(1, "1", "true"), Line(2, "0", "false", "balls", saving="t one_hot"))


def test_the_assumptions_that_were_needed_are_named_at_the_end():
    text = written(Line(1, "1", "true"), Line(2, "1", "true", "chain", conditions=("y in {0, 1}",)))
    assert "used: y in {0, 1}" in text


def test_long_lines_are_folded_and_nothing_a_terminal_would_obey_is_written():
    long = " + ".join(f"alpha{k}*x[i,{k}]" for k in range(20))
    text = written(Line(1, long, "true"), Line(2, "\x1b[31m" + long, "false", "balls", note="\x07" + long))
    assert max(map(columns, text.splitlines())) <= 80
    assert "\x1b" not in text
    assert "\x07" not in text


@pytest.mark.parametrize(
    ("value", "text"),
    [(3, "3"), (0.5, "0.5"), (1 / 3, "0.333333"), (1e-20, "1e-20"), ([[1, 0.25], [2, -3]], "[[1, 0.25], [2, -3]]")],
)
def test_values_are_as_short_as_they_can_be(value, text):
    assert value_text(value) == text


def test_a_large_tensor_is_told_by_what_it_is_mostly_and_a_few_places():
    at = {"x": [[0] * 10 for _ in range(10)]}
    at["x"][3][3] = 1
    said = written(Line(2, "x[2,2]", "false", "proved", witness=Witness(at, 1, 0)))
    assert "at x = 0 everywhere but x[3, 3] = 1:" in said
