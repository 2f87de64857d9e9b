"""A student's module in a worker: what comes back for what it does, by kind of answer and the student's own line."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
from sandboxed import layers_or_skip

from grader.sandbox import Answer, Limits, Workers


@pytest.fixture(scope="module")
def workers() -> Iterator[Workers]:
    with Workers(layers_or_skip()) as workers:
        yield workers


def ask(workers: Workers, code: str, *arguments: np.ndarray, returns: int | None = None, **options) -> Answer:
    with workers.open(code, **options) as student:
        return student.call("f", list(arguments), returns)


X = np.arange(6.0).reshape(2, 3)


def test_a_tuple_is_several_values_and_an_array_is_bare(workers):
    both = ask(workers, "def f(x): return x.sum(), x.T", X)
    assert (both.kind, both.bare, both.values[0].shape, both.values[1].shape) == ("value", False, (), (3, 2))
    one = ask(workers, "def f(x): return 2 * x", X)
    assert one.bare
    np.testing.assert_array_equal(one.values[0], 2 * X)


KINDS = {
    "float": ("1.5", 0, np.float64),
    "integer": ("3", 0, np.int64),
    "truth": ("True", 0, np.bool_),
    "float32": ("np.ones(2, np.float32)", 1, np.float32),
    "extended precision": ("np.ones(2, np.longdouble)", 1, np.float64),
    "big endian": ("np.ones(2, '>f8')", 1, np.float64),
    "every other element": ("np.ones(6)[::2]", 1, np.float64),
    "matrix": ("np.matrix('1 2')", 2, np.int64),
    "masked": ("np.ma.masked_array([1.0, 2.0], [0, 1])", 1, np.float64),
}


@pytest.mark.parametrize(("code", "dimensions", "dtype"), KINDS.values(), ids=list(KINDS))
def test_whatever_numpy_makes_numbers_of_is_a_value(workers, code, dimensions, dtype):
    answer = ask(workers, f"import numpy as np\ndef f(): return {code}")
    assert answer.kind == "value", answer
    assert answer.values[0].ndim == dimensions
    assert np.issubdtype(answer.values[0].dtype, np.integer if dtype is np.int64 else dtype)


def test_a_list_of_numbers_is_one_array_where_one_value_is_expected(workers):
    code = "def f(): return [[1, 2], [3, 4]]"
    one = ask(workers, code, returns=1)
    assert (one.bare, one.values[0].tolist()) == (True, [[1, 2], [3, 4]])
    assert len(ask(workers, code, returns=2).values) == 2
    assert len(ask(workers, "def f(): return [0.0] * 1000").values) == 1


NO_VALUE = {
    "nothing": ("pass", "nothing"),
    "a string": ("return 'abc'", "no-array"),
    "an object": ("return object()", "no-array"),
    "a function": ("return f", "no-array"),
    "rows of several lengths": ("return [1, 2], [[1], [2, 3]]", "no-array"),
    "an empty tuple": ("return ()", "value"),
    "a dictionary": ("return {'a': 1}", "no-array"),
    "too large": ("import numpy; return numpy.zeros(2**24)", "no-array"),
    "an exception": ("raise ValueError('no')", "raised"),
    "exit": ("import sys; sys.exit(0)", "raised"),
    "an interrupt": ("raise KeyboardInterrupt", "raised"),
    "an end": ("import os; os._exit(0)", "died"),
    "an abort": ("import os; os.abort()", "died"),
    "a crash": ("import ctypes; ctypes.string_at(1)", "died"),
    "memory": ("import numpy; return numpy.ones(2**40)", "memory"),
    "a deep recursion": ("return f()", "raised"),
    "a closed pipe": ("import os; os.closerange(0, 99)", "died"),
}


@pytest.mark.parametrize(("code", "kind"), NO_VALUE.values(), ids=list(NO_VALUE))
def test_what_is_no_value_has_a_kind_of_its_own(workers, code, kind):
    answer = ask(workers, f"def f(): {code}")
    assert answer.kind == kind, answer
    assert answer.message or kind == "value"


def test_a_function_that_is_not_there_is_absent(workers):
    assert ask(workers, "g = 1").kind == "absent"
    assert ask(workers, "f = 1").kind == "absent"


def test_an_exception_names_the_students_own_line(workers):
    deep = ask(workers, "import numpy as np\n\ndef f(x):\n    return np.linalg.inv(x)\n", X)
    assert (deep.kind, deep.line) == ("raised", 4)
    assert "LinAlgError" in deep.message


@pytest.mark.parametrize(
    ("code", "line", "words"),
    [
        ("import numpy as np\ndef f(:\n", 2, "SyntaxError"),
        ("x = 1\ny = x / 0\ndef f(): pass", 2, "ZeroDivisionError"),
        ("import torch\ndef f(): pass", 1, "torch"),
        ("\0", None, "null bytes"),
    ],
    ids=["syntax", "module", "import", "zero byte"],
)
def test_a_module_that_cannot_be_loaded_answers_every_call_with_the_reason(workers, code, line, words):
    with workers.open(code) as student:
        for _ in range(2):
            answer = student.call("f", [])
            assert (answer.kind, answer.line) == ("raised", line)
            assert words in answer.message


def test_arguments_that_were_changed_are_named(workers):
    code = "def f(x, y, z):\n    y[0] = 7\n    z.sort()\n    return x"
    answer = ask(workers, code, np.ones(2), np.ones(2), np.array([2.0, 1.0]))
    assert answer.mutated == (1, 2)


def test_each_call_has_arguments_of_its_own(workers):
    with workers.open("kept = []\ndef f(x):\n    kept.append(x)\n    return kept[0]") as student:
        first, second = student.call("f", [np.zeros(2)]), student.call("f", [np.ones(2)])
    assert first.values[0].tolist() == second.values[0].tolist() == [0, 0]


def test_scalars_arrive_as_numbers_that_cannot_be_changed_in_place(workers):
    answer = ask(workers, "def f(b):\n    b -= 1.0\n    return b", np.array(3.0))
    assert (answer.values[0].tolist(), answer.mutated) == (2.0, ())


def test_what_is_printed_is_in_nobodys_way(workers):
    code = "print('top')\ndef f(): print('\\x1b[31mred \\u202e' + 'x' * 10**6); return 1"
    with workers.open(code) as student:
        assert [student.call("f", []).kind for _ in range(3)] == ["value"] * 3


def test_files_beside_the_submission_can_be_read(workers):
    code = "import helper\ndef f(): return helper.g() + len(open('data/notes.txt').read())"
    files = {"helper.py": b"def g(): return 2", "data/notes.txt": b"abc"}
    assert ask(workers, code, files=files).values[0].tolist() == 5


def test_forbidden_modules_cannot_be_imported(workers):
    answer = ask(workers, "import numpy.linalg\ndef f(): return 1", forbid=("numpy.linalg",))
    assert answer.kind == "raised"
    assert "may not be used" in answer.message
    inside = ask(workers, "import numpy as np\ndef f(): return np.linalg.det(np.eye(2))", forbid=("numpy.linalg",))
    assert inside.kind == "raised"


FORBIDDEN = {
    "all of NumPy": ("numpy", "import numpy as np\ndef f(x): return np.sum(x)"),
    "a part of it by its name": ("numpy", "from numpy.linalg import inv\ndef f(x): return inv(x)"),
    "inside the function": ("numpy", "def f(x):\n    import numpy\n    return x"),
    "by a file beside": ("numpy", "import helper\ndef f(x): return x"),
    "a module of the standard library": ("random", "from random import random\ndef f(x): return x"),
}


@pytest.mark.parametrize(("name", "code"), FORBIDDEN.values(), ids=list(FORBIDDEN))
def test_forbidden_is(name, code, workers):
    answer = ask(workers, code, X, forbid=(name,), files={"helper.py": b"import numpy"})
    assert answer.kind == "raised"
    assert f"`{name}" in answer.message
    assert "may not be used" in answer.message


def test_what_is_forbidden_goes_on_working_for_others(workers):
    code = "import statistics, tempfile\ndef f(x): return [statistics.mean(row) + row.sum() for row in x]"
    answer = ask(workers, code, X, returns=1, forbid=("numpy", "random"))
    assert answer.values[0].tolist() == [4.0, 16.0]


def test_the_seconds_are_those_of_all_calls_together(workers):
    code = "import time\ndef f(): time.sleep(2); return 1"
    with workers.open(code, limits=Limits(seconds=3.5)) as student:
        kinds = [student.call("f", []).kind for _ in range(4)]
    assert kinds == ["value", "timeout", "timeout", "timeout"]


def test_a_worker_that_has_ended_answers_later_calls_at_once(workers):
    with workers.open("import os\ndef f(): os._exit(3)") as student:
        first, second = student.call("f", []), student.call("f", [])
    assert first.kind == second.kind == "died"
    assert "exit code 3" in first.message


def test_the_demonstration_below_main_does_not_run(workers):
    assert ask(workers, "def f(): return 1\nif __name__ == '__main__': raise SystemExit").kind == "value"


PLOTS = """
import numpy as np, matplotlib
matplotlib.use("Agg")
import matplotlib.pyplot as plt
from mpl_toolkits.mplot3d import Axes3D
from IPython.display import display
from tqdm import tqdm, trange
from tqdm.auto import tqdm as bar
fig, ax = plt.subplots()
fig, axes = plt.subplots(2, 2, figsize=(3, 3))
axes[0, 1].plot([1, 2], label="$x$")
n, bins, patches = plt.hist([1, 2])
(line,) = plt.plot([1, 2])
fig, (left, middle, right) = plt.subplots(1, 3)
fig, *others = plt.subplots()
for axis in plt.subplots(): axis.plot([1])
with plt.style.context("dark"):
    plt.show()
def f():
    return sum(i for i in tqdm(range(4))) + sum(i for i in bar(range(3), desc="a"))
"""


def test_plots_and_progress_bars_are_no_obstacle(workers):
    answer = ask(workers, PLOTS)
    assert (answer.kind, answer.message) == ("value", "")
    assert answer.values[0].tolist() == 9


def test_forbidden_pictures_are_forbidden(workers):
    assert ask(workers, "import matplotlib.pyplot\ndef f(): return 1", forbid=("matplotlib",)).kind == "raised"


BESIDE = {
    "above": {"../up.txt": b""},
    "absolute": {"/etc/x": b""},
    "zero byte": {"a\0b": b""},
    "long": {"x" * 300: b""},
    "a file and its folder": {"a": b"", "a/b": b""},
    "deep": {"/".join(["d"] * 4000): b""},
    "many": {f"{k}.txt": b"" for k in range(1000)},
    "large": {"a.npz": bytes(13 << 20)},
}


@pytest.mark.parametrize("files", BESIDE.values(), ids=list(BESIDE))
def test_files_that_cannot_lie_beside_it_end_a_submission_and_nothing_else(workers, files):
    answer = ask(workers, "def f(): return 1", files=files)
    assert answer.kind == "died"
    assert "beside it" in answer.message


def test_many_files_beside_it_are_all_there(workers):
    files = {f"part{k}/a.txt": bytes([65 + k % 26]) * k for k in range(200)}
    code = "def f(): return [len(open(f'part{k}/a.txt').read()) for k in range(200)]"
    assert ask(workers, code, files=files, returns=1).values[0].tolist() == list(range(200))


def test_dataclasses_and_postponed_annotations_work(workers):
    code = """
from __future__ import annotations
from dataclasses import dataclass
@dataclass
class Layer:
    size: int
def f(): return Layer(3).size
"""
    assert ask(workers, code).values[0].tolist() == 3
