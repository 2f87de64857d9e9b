"""JUnit's XML: a suite for each submission, a case for each check, as build servers show them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from ..result import CheckResult, Grading, Mark, tidy

# Whatever else a student's text may hold, XML has no place for it.
FORBIDDEN = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
TAGS = {"failed": "failure", "error": "error", "timeout": "error", "undecided": "skipped"}
WHOLE = "submission"  # the case of one that could not be looked at


def junit(grading: Grading) -> Iterator[str]:
    """The whole document. Its first element has the sums, so that everybody is counted before anybody is written."""
    root, seconds = Element("testsuites", name=clean(grading.exercise)), 0.0
    sums = dict.fromkeys(("tests", "failures", "errors"), 0)
    for mark in grading.marks:
        suite = _suite(mark, grading.exercise)
        sums = {key: value + int(suite.get(key, "0")) for key, value in sums.items()}
        seconds += mark.seconds
    for key, value in sums.items():
        root.set(key, str(value))
    root.set("time", f"{seconds:.3f}")
    yield '<?xml version="1.0" encoding="UTF-8"?>\n'
    yield tostring(root, encoding="unicode", short_empty_elements=False).removesuffix("</testsuites>") + "\n"
    for mark in grading.marks:
        suite = _suite(mark, grading.exercise)
        indent(suite)
        yield tostring(suite, encoding="unicode") + "\n"
    yield "</testsuites>\n"


def _suite(mark: Mark, exercise: str) -> Element:
    suite = Element("testsuite", name=clean(mark.id), time=f"{mark.seconds:.3f}")
    if not mark.checks:
        case = SubElement(suite, "testcase", classname=clean(f"{exercise}.{mark.id}"), name=WHOLE)
        SubElement(case, "error", type=mark.status, message=clean(mark.message))
    for check in mark.checks:
        _case(suite, check, f"{exercise}.{mark.id}")
    suite.set("tests", str(len(suite)))
    for key, tag in (("failures", "failure"), ("errors", "error"), ("skipped", "skipped")):
        suite.set(key, str(len(suite.findall(f"testcase/{tag}"))))
    properties = Element("properties")
    for name, value in (("score", mark.score), ("max_score", mark.max_score)):
        SubElement(properties, "property", name=name, value=str(tidy(value)))
    suite.insert(0, properties)
    return suite


def _case(suite: Element, check: CheckResult, classname: str) -> None:
    case = SubElement(suite, "testcase", classname=clean(classname), name=clean(check.name))
    if check.status == "passed" and check.score >= check.max_score:
        return
    tag = TAGS.get(check.status, "failure")
    code = "" if check.diagnosis is None else check.diagnosis.code
    found = SubElement(case, tag, message=clean(check.message))
    if tag != "skipped":
        found.set("type", code or check.status)
    text = [f"{tidy(check.score)} of {tidy(check.max_score)} points"]
    found.text = clean("\n".join([*text, *(one.text for one in check.diagnoses)]))


def clean(text: str) -> str:
    """Without the characters that XML lacks."""
    return FORBIDDEN.sub("\ufffd", text)
