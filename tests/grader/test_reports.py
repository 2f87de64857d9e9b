"""One result, in every form that it is asked for; whatever a student wrote stays a text in it."""

from __future__ import annotations

import csv
import io
import json
import re
from html.parser import HTMLParser
from xml.etree.ElementTree import fromstring

import pytest

from grader.report import FORMATS, folder, pieces
from grader.report.summary import summary
from grader.result import CheckResult, Diagnosis, Grading, Mark, Part
from grader.visible import visible

SIGN = Diagnosis("sign", "The sign of `dL/dw` is turned.", "L")
MEAN = Diagnosis("missing-mean", "Is it a sum?", "L")
HOSTILE = '=HYPERLINK("x")<script>alert(1)</script>\x1b[2J\x00 & ]]>\ud800\u202e'


def check(name: str, score: float, status: str = "failed", diagnosis: Diagnosis | None = SIGN, **more) -> CheckResult:
    return CheckResult(name, score, 4, status, more.pop("message", "wrong"), diagnosis, **more)


def right(name: str) -> CheckResult:
    return check(name, 4, "passed", None, message="right")


ODD = Diagnosis("unknown", HOSTILE, HOSTILE)
HALF = (Part("dL/dw", 1), Part("dL/db", 0, "off", SIGN))
CLASS = Grading(
    "02-logistic/gradients",
    "Gradients of the logistic neuron",
    7,
    [
        Mark("anna", "graded", (right("slopes"), right("delta")), 8, 0.5, ("rlimits",)),
        Mark("ben", "graded", (check("slopes", 0), check("delta", 0, diagnosis=MEAN)), 8, 0.25),
        Mark("cleo", "graded", (check("slopes", 2, parts=HALF), right("delta")), 8),
        Mark("dora", "refused", (), 8, message="the folder is empty"),
        Mark("emil", "graded", (check("slopes", 0, "timeout", None), check("delta", 0, "undecided", None)), 8),
        Mark(HOSTILE, "graded", (check("slopes", 0, message=HOSTILE, diagnosis=ODD),), 4),
    ],
)  # fmt: skip


def written(form: str, grading: Grading) -> str:
    return "".join(pieces(grading, form))


class Tags(HTMLParser):
    """Which elements a page has."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self.open: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag, attributes):
        self.found.append(tag)
        if tag not in ("meta", "link"):
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


@pytest.mark.parametrize("form", sorted(FORMATS))
def test_every_form_names_everyone_and_can_be_written(form):
    text = written(form, CLASS)
    for mark in CLASS.marks[:-1]:
        assert mark.id in text
    text.encode("utf-8")
    assert text.endswith("\n")


def test_a_spreadsheet_gets_a_row_for_each_submission_and_computes_with_no_name():
    rows = list(csv.DictReader(io.StringIO(written("csv", CLASS))))
    assert [row["status"] for row in rows] == [mark.status for mark in CLASS.marks]
    assert [row["score"] for row in rows] == ["8", "0", "6", "0", "0", "0"]
    assert rows[1]["slopes: mistake"] == "sign"
    assert rows[1]["delta: mistake"] == "missing-mean"
    assert rows[3]["message"] == "the folder is empty"
    assert rows[4]["pending"] == "4"
    assert rows[5]["id"].startswith("'=")


def test_a_build_server_sees_failures_errors_and_what_is_open():
    root = fromstring(written("junit", CLASS))
    suites = {suite.get("name"): suite for suite in root}
    assert suites["anna"].get("failures") == "0"
    assert suites["ben"].get("failures") == "2"
    assert suites["ben"].find("testcase/failure").get("type") == "sign"
    assert suites["dora"].find("testcase/error").get("message") == "the folder is empty"
    assert [child.tag for child in suites["emil"].findall("testcase/*")] == ["error", "skipped"]
    assert root.get("tests") == str(sum(len(suite.findall("testcase")) for suite in root))
    assert root.get("failures") == str(len(root.findall(".//failure")))


SHAPE = {  # of the schema that build servers hold such files against: attributes, and elements in their order
    "testsuites": ({"name", "time", "tests", "failures", "disabled", "errors"}, ["testsuite"]),
    "testsuite": (
        {
            "name",
            "tests",
            "failures",
            "errors",
            "time",
            "disabled",
            "skipped",
            "timestamp",
            "hostname",
            "id",
            "package",
        },
        ["properties", "testcase", "system-out", "system-err"],
    ),
    "properties": (set(), ["property"]),
    "property": ({"name", "value"}, []),
    "testcase": (
        {"name", "assertions", "time", "classname", "status"},
        ["skipped", "error", "failure", "system-out", "system-err"],
    ),
    "skipped": ({"message"}, []),
    "error": ({"message", "type"}, []),
    "failure": ({"message", "type"}, []),
}
NEEDED = {"testsuite": {"name", "tests"}, "testcase": {"name", "classname"}, "property": {"name", "value"}}


def test_the_build_server_s_file_has_the_usual_shape():
    for element in fromstring(written("junit", CLASS)).iter():
        attributes, order = SHAPE[element.tag]
        assert NEEDED.get(element.tag, set()) <= set(element.attrib) <= attributes
        places = [order.index(child.tag) for child in element]
        assert places == sorted(places)


def test_gradescope_reads_one_submission_as_it_documents_it():
    (found,) = [json.loads(written("gradescope", Grading("e", "t", 0, [mark]))) for mark in CLASS.marks[2:3]]
    assert found["score"] == 6
    assert [test["status"] for test in found["tests"]] == ["failed", "passed"]
    assert [test["max_score"] for test in found["tests"]] == [4, 4]
    assert found["tests"][0]["tags"] == ["sign"]
    assert "The sign of `dL/dw` is turned." in found["tests"][0]["output"]
    assert set(json.loads(written("gradescope", CLASS))) == {visible(mark.id) for mark in CLASS.marks}


@pytest.mark.parametrize(
    ("form", "codes"), [("csv", "sign, missing-mean"), ("junit", ""), ("gradescope", '"missing-mean"'), ("table", "")]
)
def test_two_mistakes_in_one_check_are_both_told_and_each_once(form, codes):
    parts = (Part("a", 0, "off", SIGN), Part("b", 0, "off", MEAN), Part("c", 0, "off", SIGN))
    text = written(form, Grading("e", "t", 0, [Mark("anna", "graded", (check("slopes", 0, parts=parts),), 4)]))
    assert codes in text
    if form != "csv":
        assert (text.count(SIGN.text), text.count(MEAN.text)) == (1, 1)


def test_a_class_is_summed_up():
    found = summary(CLASS)
    assert (found.count, found.refused, found.full) == (5, 1, 1)
    assert found.mean == pytest.approx(14 / 5)
    assert sum(found.bars) == 5
    assert found.bars[0] == 3
    assert found.bars[7] == 1
    assert found.bars[9] == 1
    counts = {mistake.code: mistake.count for mistake in found.mistakes}
    assert counts == {"sign": 2, "missing-mean": 1, "unknown": 1}
    assert found.mistakes[0].code == "sign"
    assert [row.name for row in found.checks][-1] == "delta"


def test_a_class_without_submissions_is_no_error():
    for form in FORMATS:
        assert isinstance(written(form, Grading("e", "t", 0, [])), str)


def test_a_page_of_one_student_tells_what_is_wrong_and_where_to_look():
    page = written("html", Grading(CLASS.exercise, CLASS.title, 7, CLASS.marks[2:3]))
    assert "cleo" in page
    assert "The sign of <code>dL/dw</code> is turned." in page
    assert "<b>dL/db</b>: off" in page
    assert "ben" not in page
    assert " 7" not in re.sub(r"<style>.*?</style>", "", page, flags=re.DOTALL)  # the seed is for staff


@pytest.mark.parametrize("marks", [CLASS.marks, CLASS.marks[-1:]], ids=["class", "one"])
def test_a_page_is_well_formed_asks_for_nothing_and_runs_nothing(marks):
    page = written("html", Grading(CLASS.exercise, CLASS.title, 7, marks))
    tags = Tags(page)
    assert not tags.open
    assert "script" not in tags.found
    assert "default-src 'none'" in page
    assert not re.search(r"(?:src|href)=\"(?!data:)", page)
    assert "\x1b" not in page
    assert "\x00" not in page


def test_a_folder_of_pages_has_one_for_everyone_and_nothing_outside_it(tmp_path):
    marks = [Mark(id, "graded", (), 1) for id in ("a/b", "a_b", "../../x", "Index", "A_B", "...", "")]
    folder.write(Grading("e", "t", 0, marks), tmp_path / "out")
    names = sorted(path.name for path in (tmp_path / "out").iterdir())
    assert len(names) == 8
    assert len({name.lower() for name in names}) == 8
    assert [path.name for path in tmp_path.iterdir()] == ["out"]
