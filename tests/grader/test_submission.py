"""What students hand in is found, named and read; what cannot be read is refused with its reason."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

import pytest

from grader import packages
from grader.submission import LIMIT, find, read

NOTEBOOK = json.dumps({"nbformat": 4, "cells": [{"cell_type": "code", "source": "import helper"}]})


def submissions(*paths: Path, own=None):
    """All of them, by id."""
    return {id: read(id, found) for id, found in find(list(paths), own)}


def put(folder: Path, **files: str | bytes) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        path = folder / name.replace("__", ".")
        path.write_bytes(content.encode() if isinstance(content, str) else content)
    return folder


def reason(folder: Path) -> str:
    (one,) = submissions(folder).values()
    assert one.code == ""
    return one.refused or ""


def test_a_file_is_a_submission_called_as_the_file_without_its_ending(tmp_path):
    put(tmp_path, ada__py="x = 1\r\n")
    (one,) = submissions(tmp_path / "ada.py").values()
    assert (one.id, one.code, one.refused, one.name) == ("ada", "x = 1\n", None, "ada.py")


def test_files_are_called_by_their_paths_below_the_folder_that_all_share(tmp_path):
    put(tmp_path / "monday", ada__py="")
    put(tmp_path / "tuesday", ada__py="")
    found = submissions(tmp_path / "monday" / "ada.py", tmp_path / "tuesday" / "ada.py")
    assert list(found) == ["monday/ada", "tuesday/ada"]


def test_a_folder_is_a_submission_with_what_lies_beside_the_code(tmp_path):
    folder = put(tmp_path / "ada", work__py="x = 1", answers__txt="d = 1", a__deriv="show 1", my__net="", notes__md="")
    (one,) = submissions(folder).values()
    assert (one.id, one.code) == ("ada", "x = 1")
    assert sorted(one.files) == ["a.deriv", "answers.txt", "my.net"]


def test_a_folder_of_folders_is_a_class(tmp_path):
    for name in ("ada", "bob", "eve"):
        put(tmp_path / "class" / name, homework__py=f"'{name}'")
    put(tmp_path / "class" / ".git", hook__py="")
    put(tmp_path / "class", readme__md="")
    found = submissions(tmp_path / "class")
    assert {id: one.code for id, one in found.items()} == {"ada": "'ada'", "bob": "'bob'", "eve": "'eve'"}


def test_a_class_may_have_groups(tmp_path):
    put(tmp_path / "monday" / "ada", work__py="")
    put(tmp_path / "tuesday" / "bob", work__ipynb=json.dumps({"cells": [{"cell_type": "code", "source": "1"}]}))
    assert list(submissions(tmp_path)) == ["monday/ada", "tuesday/bob"]


def test_the_same_path_twice_is_one_submission(tmp_path):
    put(tmp_path, ada__py="")
    assert len(submissions(tmp_path / "ada.py", tmp_path / "ada.py", tmp_path / "." / "ada.py")) == 1


def test_two_that_would_have_one_name_keep_their_endings(tmp_path):
    put(tmp_path, ada__py="")
    put(tmp_path / "ada", work__py="")
    assert sorted(submissions(tmp_path / "ada.py", tmp_path / "ada")) == ["ada", "ada.py"]


def test_the_exercises_own_files_are_no_answer_unless_they_were_changed(tmp_path):
    folder = put(tmp_path / "ada", exercise__toml="", model__net="input x", work__py="")
    own = {"exercise.toml": b"", "model.net": b"input x"}
    assert submissions(folder, own=own)["ada"].files == {}
    put(folder, model__net="input y")
    assert submissions(folder, own=own)["ada"].files == {"model.net": b"input y"}


@pytest.mark.parametrize(
    ("files", "said"),
    [
        ({}, "the folder is empty"),
        ({"notes__txt": ""}, "the folder is empty"),
        ({"a__py": "", "b__py": ""}, "there are 2 Python files, a.py, b.py: which of them counts?"),
        ({"a__py": "", "b__ipynb": NOTEBOOK}, "there are 2 Python files, a.py, b.ipynb: which of them counts?"),
        ({"a__py": "", "b__deriv": "", "c__deriv": ""}, "there are 2 derivations"),
        ({"a__net": "", "b__net": ""}, "there are 2 nets"),
        ({"a__py": b"\xff\xfe\x00"}, "a.py is not UTF-8: byte 0xff at 0"),
        ({"a__py": b"#" * (LIMIT + 1)}, "a.py is larger than 1 MB"),
    ],
    ids=["empty", "notes alone", "two files", "a file and a notebook", "derivations", "nets", "no text", "large"],
)
def test_a_folder_that_is_no_single_submission_is_refused(tmp_path, files, said):
    assert said in reason(put(tmp_path / "ada", **files))


def test_a_path_that_is_not_there_and_one_of_another_kind_are_refused(tmp_path):
    put(tmp_path, marks__xlsx="")
    found = submissions(tmp_path / "nobody.py", tmp_path / "marks.xlsx")
    assert found["nobody"].refused == "there is no such file or folder"
    assert "no .py file" in (found["marks.xlsx"].refused or "")


def test_a_link_out_of_the_folder_is_refused_and_not_followed(tmp_path):
    secret = put(tmp_path / "staff", solution__py="the solution")
    ada = put(tmp_path / "class" / "ada", work__py="")
    (ada / "data").symlink_to(secret)
    bob = put(tmp_path / "class" / "bob")
    (bob / "work.py").symlink_to(secret / "solution.py")
    (tmp_path / "class" / "eve").symlink_to(secret)
    put(tmp_path / "class" / "zoe", work__py="fine")
    found = submissions(tmp_path / "class")
    assert {id: one.refused for id, one in found.items()} == {
        "ada": "data is a link out of the folder",
        "bob": "work.py is a link out of the folder",
        "eve": "this is a link out of the folder",
        "zoe": None,
    }


def test_a_link_to_another_students_work_is_refused(tmp_path):
    ada = put(tmp_path / "class" / "ada", work__py="good")
    bob = put(tmp_path / "class" / "bob")
    (bob / "work.py").symlink_to(ada / "work.py")
    assert submissions(tmp_path / "class")["bob"].refused == "work.py is a link out of the folder"


def test_a_link_that_goes_round_in_circles_ends(tmp_path):
    ada = put(tmp_path / "class" / "ada")
    (ada / "again").symlink_to(ada)
    (tmp_path / "class" / "loop").symlink_to(tmp_path / "class" / "loop")
    found = submissions(tmp_path / "class")
    assert all(one.refused for one in found.values())


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes here")
def test_a_pipe_is_refused_and_not_waited_for(tmp_path):
    ada = put(tmp_path / "ada")
    os.mkfifo(ada / "work.py")
    assert reason(ada) == "work.py is no ordinary file"


@pytest.mark.skipif(sys.platform != "linux", reason="names are bytes on Linux")
def test_a_name_that_is_no_text_does_not_end_the_batch(tmp_path):
    folder = os.fsencode(tmp_path / "class") + b"/\xff\xfe"
    os.makedirs(folder)
    Path(os.fsdecode(folder), "work.py").write_text("")
    put(tmp_path / "class" / "bob", work__py="")
    found = submissions(tmp_path / "class")
    assert list(found) == ["bob", "\\xff\\xfe"]
    json.dumps(list(found), ensure_ascii=False).encode()


def test_folders_within_folders_end(tmp_path):
    deep = tmp_path / "class"
    for _ in range(60):
        deep = deep / "d"
    put(deep, work__py="")
    (only,) = submissions(tmp_path / "class").values()
    assert only.refused


def test_folders_that_the_code_imports_come_with_it_and_no_others(tmp_path):
    folder = put(tmp_path / "ada", work__py="import helper\ndef f():\n    from lib.core import back\n")
    put(folder / "helper" / "deep", a__py="a = 1")
    put(folder / "helper", b__py="b = 1", data__csv="1")
    put(folder / "lib", core__py="c = 1")
    put(folder / "venv", d__py="d = 1")
    put(tmp_path, secret__py="e = 1")
    (folder / "lib" / "out.py").symlink_to(tmp_path / "secret.py")
    (one,) = submissions(folder).values()
    assert one.refused is None
    assert one.files == {"helper/b.py": b"b = 1", "helper/deep/a.py": b"a = 1", "lib/core.py": b"c = 1"}


def test_folders_that_a_notebook_imports_come_with_it(tmp_path):
    cells = [{"cell_type": "code", "source": text} for text in ("%%time\nfrom lib.core import back", "no Python")]
    folder = put(tmp_path / "ada", work__ipynb=json.dumps({"cells": cells}))
    put(folder / "lib", core__py="c = 1")
    (one,) = submissions(folder).values()
    assert (one.refused, one.files) == (None, {"lib/core.py": b"c = 1"})


def test_of_a_folder_with_many_files_and_folders_some_come(tmp_path, monkeypatch):
    monkeypatch.setattr(packages, "MOST", 3)
    monkeypatch.setattr(packages, "MOST_FOLDERS", 2)
    for name in "bcd":
        put(tmp_path / "lib" / name, x__py="", y__py="")
    put(tmp_path / "lib", a__py="")
    code = "import lib"
    assert [file.name for file in packages.imported(code, tmp_path)] == ["a.py", "x.py", "y.py"]
    put(tmp_path / "lib", b__py="", c__py="", d__py="")
    assert [file.name for file in packages.imported(code, tmp_path)] == ["a.py", "b.py", "c.py"]


def test_of_several_files_that_counts_which_imports_the_others(tmp_path):
    folder = put(tmp_path / "ada", layer__py="from helper import f", helper__py="import more", more__py="f = 1")
    (one,) = submissions(folder).values()
    assert (one.refused, one.name, one.code) == (None, "layer.py", "from helper import f")
    assert one.files == {"helper.py": b"import more", "more.py": b"f = 1"}
    put(folder, other__py="x = 1")
    assert "which of them counts" in reason(folder)
    (one,) = submissions(put(tmp_path / "cleo", work__ipynb=NOTEBOOK, helper__py="h = 1")).values()
    assert (one.refused, one.name, one.files) == (None, "work.ipynb", {"helper.py": b"h = 1"})
    both = put(tmp_path / "ben", a__py="import b", b__py="import a")
    assert "which of them counts" in reason(both)
