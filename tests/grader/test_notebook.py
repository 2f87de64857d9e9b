"""Notebooks: the functions of all cells, whatever else the cells do; and notebooks that are none."""

from __future__ import annotations

import json
from typing import Any

import pytest
from doubles import Worker

from grader.notebook import Unreadable, read


def notebook(*sources: Any, kind: str = "code", **more: Any) -> bytes:
    cells = [{"cell_type": kind, "source": source, "outputs": []} for source in sources]
    return json.dumps({"cells": cells, "nbformat": 4, **more}).encode()


def called(data: bytes, name: str = "f") -> Any:
    """What a function of the notebook answers."""
    answer = Worker(read(data).program()).call(name, [])
    return answer.values[0].tolist() if answer.kind == "value" else answer.kind


def test_cells_run_in_order_and_see_each_other():
    assert called(notebook("a = 1", "a = a + 1\ndef f():\n    return a")) == 2


def test_a_source_may_be_a_list_of_lines():
    assert called(notebook(["def f():\n", "    return 7"])) == 7


def test_a_cell_that_fails_is_no_obstacle_to_the_others_nor_to_its_own_other_statements():
    first = "import not_installed_here as plt\nvalue = 5\nplt.plot([1])\nraise ValueError\nexit()"
    assert called(notebook(first, "1/0", "def f(:", "def f():\n    return value")) == 5


def test_what_is_only_a_notebooks_is_left_out():
    magics = "%matplotlib inline\n!pip install numpy\nfiles = !ls\n%time x = 3\nlen?\nvalue = 4"
    assert called(notebook(magics, "%%time\nvalue = value + 1", "%%bash\nexit 1", "def f():\n    return value")) == 5


def test_a_remainder_at_the_start_of_a_line_is_no_magic():
    assert called(notebook("def f():\n    return (17\n% 5)")) == 2
    assert called(notebook('text = """\n%d\n!"""\ndef f():\n    return len(text)')) == 5


def test_a_magic_in_a_block_leaves_the_block_standing():
    assert called(notebook("if True:\n    %matplotlib inline\ndef f():\n    return 3")) == 3


def test_text_cells_are_not_run():
    markdown = json.loads(notebook("def f(): return 1"))
    markdown["cells"].append({"cell_type": "markdown", "source": "def f(): return 2"})
    assert called(json.dumps(markdown).encode()) == 1


def test_notebooks_of_the_old_form_are_read():
    sheet = {"cells": [{"cell_type": "code", "input": "def f(): return 9"}]}
    assert called(json.dumps({"worksheets": [sheet], "nbformat": 3}).encode()) == 9


def test_an_error_names_the_cell_and_its_line():
    data = read(notebook("import math", "# a comment\n\ndef f():\n    return undefined"))
    answer = Worker(data.program()).call("f", [])
    assert answer.kind == "raised"
    assert data.place(answer.line) == "cell 2, line 4"


def test_the_first_cell_that_is_no_python_is_named():
    assert (
        read(notebook("x = 1", "def f(:\n    return 1", "%time y")).unread()
        == "cell 2 cannot be read, line 1: invalid syntax"
    )
    assert read(notebook("x = 1", "%time y")).unread() is None


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "no JSON"),
        (b"not json at all", "no JSON"),
        (b"\xff\xfe{}", "not UTF-8"),
        (b"[" * 100_000, "nested too deeply"),
        (b'{"cells":' + b'[{"a":' * 100_000, "nested too deeply"),
        (b'{"cells": ' + b"[" * 100_000 + b"]" * 100_000 + b"}", "nested too deeply"),
        (b"[]", "no object"),
        (b"null", "no object"),
        (b'{"cells": 3}', "no list of cells"),
        (b'{"cells": []}', "no code cells"),
        (b'{"cells": [3, null, {"cell_type": "code", "source": 7}, {"cell_type": ["code"]}]}', "no code cells"),
        (b'{"cells": ' + b"9" * 100_000 + b"}", "no JSON"),
    ],
    ids=[
        "empty",
        "text",
        "bytes",
        "brackets",
        "objects",
        "balanced",
        "list",
        "null",
        "number",
        "none",
        "odd",
        "digits",
    ],
)
def test_a_notebook_that_is_none_is_refused(data, said):
    with pytest.raises(Unreadable, match=said):
        read(data)


def test_a_cell_that_is_nested_deeply_is_left_behind():
    assert called(notebook("(" * 100_000, "-" * 200_000 + "1", "def f():\n    return 1")) == 1
