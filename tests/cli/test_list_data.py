"""`graphc list` names the sets of data."""

from __future__ import annotations

from graphc.learn.data.catalogue import TABLE


def test_list_says_of_each_set_what_it_holds(graphc):
    found = {entry["name"]: entry for entry in graphc("list", "--json").data["data"]}
    assert list(found) == [entry.name for entry in TABLE]
    assert found["digits"] == {
        "name": "digits",
        "title": "handwritten digits of 8×8 pixels",
        "kind": "classes",
        "features": 64,
        "rows": 1438,
        "held_out": 359,
    }


def test_the_sets_stand_in_the_list_that_people_read(graphc):
    answer = graphc("list")
    assert "  spiral         points on two arms of a spiral\n" in answer.out
    assert max(map(len, answer.out.splitlines())) <= 80
