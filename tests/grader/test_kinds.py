"""Each kind of check: what earns its points, what does not, and what the student is told."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

import pytest
from doubles import Answer, Worker, Workers

import graphc as gc
from grader.bounded import Ended
from grader.exercise import Exercise, read
from grader.grade import grade_one
from grader.kinds.net import requirement
from grader.result import CheckResult
from grader.submission import Submission

LOGISTIC = """\
input x[n, m]
input t[n] : in {0, 1}
param w[m]
param b
a[i] = sum[j](x[i,j] * w[j]) + b
output y[i] = sigma(a[i])
loss L = mean[i](-t[i]*log(y[i]) - (1 - t[i])*log(1 - y[i]))
"""
TWO_LAYERS = """\
input x[n, d]
input t[n, k]
param W1[d, m]
param b1[m]
param W2[m, k]
h = tanh(x @ W1 + b1)
output y = h @ W2
loss L = mean(squared_error(y, t))
"""


@pytest.fixture(scope="module")
def exercise(tmp_path_factory):
    """Makes an exercise of some checks, each a text of TOML; one that was made before is not compiled again."""

    @cache
    def make(*checks: str, net: str | None = LOGISTIC) -> Exercise:
        folder = tmp_path_factory.mktemp("exercise")
        model = 'model = "model.net"\n' if net is not None else ""
        tables = "\n".join(f"[[check]]\npoints = 6\n{check}" for check in checks)
        (folder / "exercise.toml").write_text(f'title = "T"\ntask = "task.md"\n{model}{tables}\n', encoding="utf-8")
        (folder / "task.md").write_text("# T\n", encoding="utf-8")
        (folder / "model.net").write_text(net or "", encoding="utf-8")
        (folder / "slip.deriv").write_text(STEPS.replace("(1 - t[i])/", "(1 + t[i])/"), encoding="utf-8")
        return read(folder)

    return make


def graded(exercise: Exercise, code: str = "", workers: Workers | None = None, **files: str) -> list[CheckResult]:
    beside = {name.replace("__", "."): text.encode() for name, text in files.items()}
    submission = Submission("ada", Path("ada"), code, beside, name="ada.py" if code else "")
    return list(grade_one(exercise, submission, workers or Workers(), seed=3).checks)


def first(exercise: Exercise, code: str = "", workers: Workers | None = None, **files: str) -> CheckResult:
    return graded(exercise, code, workers, **files)[0]


def _nothing_found(reference, evidence, call=None):
    return dict.fromkeys(reference.returns)


@pytest.fixture(autouse=True)
def undiagnosed(monkeypatch):
    """Which mistake was made is looked for elsewhere; here it would only take time."""
    monkeypatch.setattr("grader.references.Reference.diagnose", _nothing_found)
    monkeypatch.setattr("grader.kinds.derivation.mistake", lambda *asked: None)
    monkeypatch.setattr("grader.kinds.derivation.changes", lambda *asked: ())


# -- code

GRADIENTS = 'name = "g"\nkind = "code"\ncall = "gradients(x, t, w, b)"\nreturns = ["dL/dw", "dL/db"]'
BODY = """
import numpy as np
def gradients(x, t, w, b):
    a = x @ w + b
    e = np.exp(-np.abs(a))
    d = (np.where(a > 0, 1, e)/(1 + e) - t)/len(t)
    {}
"""


def ending(last: str) -> str:
    return BODY.format(last)


def test_points_are_shared_equally_among_what_is_returned(exercise):
    result = first(exercise(GRADIENTS), ending("return x.T @ d, d.sum() + 1"))
    assert (result.score, result.max_score, result.status) == (3, 6, "failed")
    assert [part.share for part in result.parts] == [1, 0]
    assert result.message.startswith("dL/dw right; dL/db: ")


def test_a_list_is_as_good_as_a_tuple(exercise):
    assert first(exercise(GRADIENTS), ending("return [x.T @ d, d.sum()]")).status == "passed"


def test_an_array_of_several_values_is_so_many(exercise):
    both = GRADIENTS.replace('["dL/dw", "dL/db"]', '["dL/db", "L"]')
    loss = "(np.logaddexp(0, a) - t*a).mean()"
    assert first(exercise(both), ending(f"return np.array([d.sum(), {loss}])")).status == "passed"
    assert first(exercise(both), ending(f"return np.array([d.sum(), {loss}, 0])")).status == "failed"


def test_what_is_made_of_single_precision_is_as_exact_as_that(exercise):
    two = exercise(
        GRADIENTS.replace('"g"', '"y"').replace('["dL/dw", "dL/db"]', '["y"]').replace("gradients", "y"), GRADIENTS
    )
    short = "import numpy as np\ndef y(x, t, w, b):\n    a = (x @ w + b)\n    return (np.exp(-np.logaddexp(0, -a))){}\n"
    rest = "def gradients(x, t, w, b):\n    d = (y(x, t, w, b) - t)/len(t)\n    return x.T @ d, d.sum()\n"
    assert [one.status for one in graded(two, short.format(".astype(np.float32)") + rest)] == ["passed", "passed"]
    assert graded(two, short.format("*(1 + 1e-7)") + rest)[0].status == "failed"


def test_a_right_value_that_changed_its_arguments_keeps_half(exercise):
    result = first(exercise(GRADIENTS), ending("r = x.T @ d, d.sum()\n    w -= 1\n    return r"))
    assert (result.score, result.status) == (3, "failed")
    assert result.diagnosis is not None
    assert (result.diagnosis.code, result.diagnosis.where) == ("mutates-input", "w")


@pytest.mark.parametrize(
    ("code", "status", "code_of", "said"),
    [
        ("x = 1", "error", "missing", "there is no function `gradients`"),
        ("def gradient(x): pass", "error", "missing", "is it `gradient`, which is there?"),
        ("def gradients(x, t, w, b):\n    pass", "error", "missing", "returned None"),
        ("def gradients(x, t, w, b):\n    return y", "error", None, "NameError: name 'y' is not defined (line 2)"),
        ("def gradients(x, t, w, b):\n    return w @ x", "error", None, "(line 2); the shapes were x ("),
        ("def gradients(x, t, w):\n    return 1", "error", None, "takes 3 positional arguments"),
        (
            "def gradients(x, t, w, b):\n    return w",
            "failed",
            "wrong-shape",
            "a tuple of 2 was asked for: dL/dw, dL/db",
        ),
        ("def gradients(x, t, w, b):\n    return w, b, x", "failed", "wrong-shape", "returns 3 values instead of 2"),
        ("gradients = 3", "error", "missing", "there is no function"),
        ("def gradients(:", "error", None, "ada.py raised SyntaxError"),
        ("1/0", "error", None, "ada.py raised ZeroDivisionError: division by zero (line 1)"),
        ("int('a')", "error", None, "with base 10: 'a' (line 1)"),
    ],
    ids=[
        "no function",
        "another name",
        "nothing",
        "a name",
        "shapes",
        "arguments",
        "one of two",
        "three of two",
        "number",
        "syntax",
        "module",
        "a value in the module",
    ],
)
def test_what_is_no_answer_earns_nothing_and_says_why(exercise, code, status, code_of, said):
    result = first(exercise(GRADIENTS), code)
    assert (result.score, result.status) == (0, status)
    assert said in result.message
    assert ("the shapes were" in result.message) == (" @ " in code)
    assert (result.diagnosis.code if result.diagnosis else None) == code_of


@pytest.mark.parametrize(
    ("kind", "status"), [("timeout", "timeout"), ("memory", "error"), ("died", "error"), ("wire", "error")]
)
def test_a_worker_that_is_lost_is_told_by_its_reason(exercise, kind, status):
    workers = Workers(scripts=[[Answer(kind, message="because")]])
    result = first(exercise(GRADIENTS), ending("return 1"), workers)
    assert (result.score, result.status) == (0, status)
    assert workers.opened == 1


def test_a_check_that_suffered_from_an_earlier_one_is_asked_again_in_a_fresh_worker(exercise):
    both = exercise(GRADIENTS, GRADIENTS.replace('"g"', '"again"'))
    count = len(both.reference(both.checks[0]).cases(3))
    first_worker = [Answer("nothing")] + [Answer("timeout")] * count
    workers = Workers(scripts=[first_worker])
    results = graded(both, ending("return x.T @ d, d.sum()"), workers)
    assert [result.status for result in results] == ["error", "passed"]
    assert workers.opened == 2


def test_checks_with_the_same_limits_share_a_worker(exercise):
    both = exercise(GRADIENTS, GRADIENTS.replace('"g"', '"again"'), GRADIENTS.replace('"g"', '"less"\nmemory_mb = 64'))
    workers = Workers()
    assert all(result.status == "passed" for result in graded(both, ending("return x.T @ d, d.sum()"), workers))
    assert workers.opened == 2


# -- follow-through

LAYERS = (
    'name = "hidden"\nkind = "code"\ncall = "hidden(x, W1, b1)"\nreturns = ["h"]',
    'name = "output"\nkind = "code"\ncall = "output(x, W1, b1, W2)"\nreturns = ["y"]',
    'name = "back"\nkind = "code"\ncall = "back(x, t, W1, b1, W2)"\nreturns = ["dL/dh", "dL/dW1", "dL/dW2"]',
)
NETWORK = """
import numpy as np
def hidden(x, W1, b1):
    return {hidden}
def output(x, W1, b1, W2):
    return hidden(x, W1, b1) @ W2
def back(x, t, W1, b1, W2):
    h = hidden(x, W1, b1)
    dy = 2*(h @ W2 - t)/t.size
    dh = {back}
    return dh, x.T @ (dh*(1 - h**2)), h.T @ dy
"""


def scores(exercise: Exercise, hidden: str = "np.tanh(x @ W1 + b1)", back: str = "dy @ W2.T") -> list[float]:
    return [result.score for result in graded(exercise, NETWORK.format(hidden=hidden, back=back))]


def test_what_follows_from_a_wrong_value_of_ones_own_has_its_points(exercise):
    layers = exercise(*LAYERS, net=TWO_LAYERS)
    assert scores(layers) == [6, 6, 6]
    assert scores(layers, hidden="np.tanh(x @ W1 - b1)") == [0, 6, 6]
    assert scores(layers, back="-dy @ W2.T") == [6, 6, 4]


def test_nothing_follows_from_a_trivial_value(exercise):
    layers = exercise(*LAYERS, net=TWO_LAYERS)
    assert scores(layers, hidden="np.zeros((len(x), len(b1)))") == [0, 0, 0]
    assert scores(layers, hidden="np.ones((len(x), len(b1)))")[:2] == [0, 0]
    assert scores(layers, back="np.zeros((len(x), len(b1)))") == [6, 6, 2]


def test_a_second_mistake_does_not_follow_from_the_first(exercise):
    layers = exercise(*LAYERS, net=TWO_LAYERS)
    two = NETWORK.format(hidden="np.tanh(x @ W1 - b1)", back="dy @ W2.T").replace("1 - h**2", "1 - h")
    assert [result.score for result in graded(layers, two)] == [0, 6, 4]


def test_asking_again_for_a_wrong_value_costs_a_worker_once(exercise):
    first_two = exercise(LAYERS[0], LAYERS[0].replace('"hidden"', '"again"'), LAYERS[2], net=TWO_LAYERS)
    code = NETWORK.format(hidden="x @ W1 - b1", back="dy @ W2.T")
    cases = len(first_two.reference(first_two.checks[2]).cases(3))
    assert [result.score for result in graded(first_two, code)] == [0, 0, 6]
    lost = Workers(scripts=[_script(first_two, code, cases)])
    assert [result.score for result in graded(first_two, code, lost)] == [0, 0, 0]
    assert lost.opened == 1


def _script(exercise: Exercise, code: str, cases: int) -> list[Answer]:
    """What a worker answers to the three checks, and that it is lost when it is asked again."""
    worker, answers = Worker(code), []
    for check in exercise.checks:
        for case in exercise.reference(check).cases(3):
            answers.append(worker.call(check.function, case.arrays(), len(check.returns)))
    return [*answers, *[Answer("timeout")] * cases]


def test_the_message_names_the_value_that_was_wrong(exercise):
    layers = exercise(*LAYERS, net=TWO_LAYERS)
    results = graded(layers, NETWORK.format(hidden="np.tanh(x @ W1 - b1)", back="dy @ W2.T"))
    assert "right for your own h" in results[1].message
    assert results[1].status == "passed"


# -- formulas

DELTA = 'name = "delta"\nkind = "formula"\nanswer = "delta[i]"\nequals = "dL/da[i]"'


@pytest.mark.parametrize(
    "written",
    ["delta[i] = (y[i] - t[i])/n", "delta[k] = y[k]/n - t[k]/n  # mine", "q = 1\ndelta = (sigma(a[i]) - t[i])/n",
     "delta[i] = 0\ndelta[i] = (y[i]\n  - t[i])/n"],
    ids=["as asked", "another index", "without an index", "the last one counts"],
)  # fmt: skip
def test_a_formula_is_right_however_it_is_written(exercise, written):
    result = first(exercise(DELTA), answers__txt=written)
    assert (result.status, result.score) == ("passed", 6)


def test_a_formula_in_the_python_file_is_a_string_that_is_never_run(exercise, tmp_path):
    code = f'delta = "(y[i] - t[i])/n"\nopen("{tmp_path}/ran", "w")\n'
    assert first(exercise(DELTA), code).status == "passed"
    assert not (tmp_path / "ran").exists()


@pytest.mark.parametrize(
    ("formula", "code"),
    [
        ("y[i] - t[i]", "missing-mean"),
        ("(y[i] - t[i])/n/n", "extra-mean"),
        ("(t[i] - y[i])/n", "sign"),
        ("2*(y[i] - t[i])/n", "constant-factor"),
    ],
)
def test_a_wrong_formula_is_diagnosed_without_giving_the_right_one_away(exercise, formula, code):
    result = first(exercise(DELTA), answers__txt=f"delta[i] = {formula}")
    assert (result.score, result.status) == (0, "failed")
    assert result.diagnosis is not None
    assert result.diagnosis.code == code
    assert "(y[i] - t[i])/n" not in (result.message + result.diagnosis.text).replace(formula, "")


def test_a_wrong_formula_is_told_the_right_one_where_the_exercise_says_so(exercise):
    result = first(exercise(DELTA + "\nreveal = true"), answers__txt="delta[i] = y[i] - t[i]")
    assert "(y[i] - t[i])/n would be right" in result.message


@pytest.mark.parametrize(
    ("formula", "said"),
    [
        ("dL/da[i]", "still has the derivative dL/da[i]"),
        ("dL/dy[i] * dy[i]/da[i]", "still has the derivative"),
        ("yhat[i] - t[i]", "the model has no `yhat`"),
        ("(y[i] - t[i]", "never closed"),
        ("__import__('os').system('true')", "_"),
        ("y[i]\ndelta[i] = (y[i]-t[i])/n) + (", ""),
    ],
    ids=["the question", "the chain", "an unknown name", "a bracket", "python", "a bracket too many"],
)
def test_what_is_no_formula_of_the_model_earns_nothing(exercise, formula, said):
    result = first(exercise(DELTA), answers__txt=f"delta[i] = {formula}")
    assert (result.score, result.status) == (0, "failed")
    assert said in result.message


def test_a_tensor_is_not_answered_by_itself_nor_by_what_is_made_of_it(exercise):
    asked = 'name = "a"\nkind = "formula"\nanswer = "pre[i]"\nequals = "a[i]"'
    assert "made of `a` itself" in first(exercise(asked), answers__txt="pre[i] = a[i]").message
    assert "made of `a` itself" in first(exercise(asked), answers__txt="pre[i] = log(y[i]/(1-y[i]))").message
    assert first(exercise(asked), answers__txt="pre[i] = b + sum[q](w[q]*x[i,q])").status == "passed"


@pytest.mark.parametrize(
    ("formula", "status"),
    [
        ("where(x[i] > 0, 1, 0)", "passed"),
        ("sqrt(x[i]**2)/(2*x[i]) + 1/2", "passed"),
        ("1 + 0*log(x[i])", "failed"),
        ("sqrt(x[i])/sqrt(x[i])", "failed"),
    ],
    ids=["by cases", "but for one point", "on one side", "on one side again"],
)
def test_a_formula_has_to_be_right_wherever_the_question_has_an_answer(exercise, formula, status):
    slope = 'name = "slope"\nkind = "formula"\nanswer = "slope[i]"\nequals = "dh[i]/dx[i]"'
    net = "input x[n]\nh[i] = relu(x[i])\n"
    result = first(exercise(slope, net=net), answers__txt=f"slope[i] = {formula}")
    assert result.status == status
    assert status == "passed" or "right only where it is defined" in result.message


def test_what_cannot_be_decided_is_not_counted_as_wrong(exercise):
    result = first(exercise(DELTA), answers__txt="delta[i] = sum[k<100000000](y[i])")
    assert (result.score, result.status) == (0, "undecided")
    mark = grade_one(exercise(DELTA), Submission("u", Path("u"), "", {"answers.txt": b"delta[i] = 0**-1"}), None, 1)
    assert (mark.pending, mark.lost) == (6, False)


def test_a_formula_that_is_not_there_is_missing(exercise):
    result = first(exercise(DELTA), "epsilon = 'y[i]'")
    assert (result.status, result.diagnosis.code if result.diagnosis else "") == ("error", "missing")


# -- derivations

SHOW = 'name = "d"\nkind = "derivation"\nshow = "dL/dw[j]"'
STEPS = """\
show dL/dw[j]
  = sum[i](dL/dy[i] * dy[i]/da[i] * da[i]/dw[j])
  = mean[i]((-t[i]/y[i] + (1 - t[i])/(1 - y[i])) * y[i]*(1 - y[i]) * x[i,j])
  = mean[i]((y[i] - t[i]) * x[i,j])
"""


@pytest.mark.parametrize(
    "given",
    ["", "given\n  y[i] = sigma(a[i])\n", "given\n  sigma(z) = 1/(1 + exp(-z))\n  d[i] = y[i] - t[i]\n",
     "given\n  input x[n, m]\nwhere t[i] in {0, 1}, y[i] in (0, 1)\n"],
    ids=["nothing", "an equation", "a function and a name", "axes and assumptions"],
)  # fmt: skip
def test_a_derivation_is_right_with_what_the_model_gives_said_again_or_not(exercise, given):
    result = first(exercise(SHOW), my__deriv=given + STEPS)
    assert (result.status, result.score) == ("passed", 6)


def test_the_first_line_that_does_not_follow_is_named(exercise):
    result = first(exercise(SHOW), my__deriv=STEPS.replace("(1 - t[i])/", "(1 + t[i])/"))
    assert (result.score, result.status) == (0, "failed")
    assert "my.deriv, line 3" in result.message


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("given\n L = b\nshow dL/dw[j]\n = 0\n", "this `L` is not the one that is given"),
        ("given\n y[i] = a[i]\n" + STEPS, "this `y` is not the one that is given"),
        ("given\n w[j] = 0\nshow dL/dw[j]\n = 0\n", "`w` has no equation"),
        ("given\n n = 1\n" + STEPS, "`n` means something else"),
        ("given\n input x[1, m]\n" + STEPS, "`x` is given as x[n, m]"),
        ("given\n sigma(z) = z\n" + STEPS, "`sigma` is a function that is given"),
        ("given\n dL = 0*b\nshow dL/dw[j]\n = 0\n", "`dL` means something else"),
        ("given\n j = 0\n" + STEPS, "`j` means something else"),
        ("where x[i,j] = 0\nshow dL/dw[j]\n = 0\n", "line 3"),
        ("where w[j] > 0\nshow dL/dw[j]\n = 0\n", "line 3"),
        ("show dL/dw[j]\n = sum[i](dL/da[i] * x[i,j])\n", "still has the derivative"),
        ("given\n g[j] = dL/dw[j]\nshow dL/dw[j]\n = g[j]\n", "still has the derivative"),
        ("show dL/db\n = mean[i](y[i] - t[i])\n", "starts with dL/db"),
        ("show mean[i]((y[i] - t[i])*x[i,j])\n = mean[i](x[i,j]*(y[i] - t[i]))\n", "starts with mean"),
        (STEPS + "given\n L = 1\nshow dL/dw[j]\n = 0\n", "this `L` is not the one"),
        ("show", "nothing stands after `show`"),
        ("", "nothing is shown"),
    ],
    ids=["a loss", "an equation", "a parameter", "a size", "an axis", "a function", "a derivative's name", "an index",
         "an assumption", "another assumption", "the question", "a hidden question", "another question", "no question",
         "a second block", "a stump", "an empty file"],
)  # fmt: skip
def test_nothing_that_a_student_gives_makes_a_wrong_result_right(exercise, text, said):
    result = first(exercise(SHOW), my__deriv=text)
    assert (result.score, result.status) == (0, "failed")
    assert said in result.message


def test_a_fault_in_looking_for_the_mistake_leaves_a_wrong_answer_wrong(exercise, monkeypatch):
    def fails(*arguments):
        raise ZeroDivisionError

    for kind in ("formula", "derivation"):
        monkeypatch.setattr(f"grader.kinds.{kind}.mistake", fails)
        monkeypatch.setattr(f"grader.kinds.{kind}.changes", fails)
    assert first(exercise(DELTA), answers__txt="delta[i] = y[i]*t[i]").status == "failed"
    wrong = STEPS.replace("(1 - t[i])/", "(1 + t[i])/")
    assert first(exercise(SHOW), my__deriv=wrong).status == "failed"


# -- numbers

COUNT = 'name = "p"\nkind = "number"\nequals = "{}"'
COUNTED = TWO_LAYERS.replace("[d, m]", "[3, 4]").replace("[m, k]", "[4, 2]").replace("[m]", "[4]")
COUNTED = COUNTED.replace("[n, d]", "[n, 3]").replace("[n, k]", "[n, 2]") + "const rate = 0.25\n"


@pytest.mark.parametrize(
    ("equals", "right", "wrong"),
    [
        ("params", "3*4 + 4 + 8", "23"),
        ("params(W1, b1)", "16", "4"),
        ("links", "24", "20"),
        ("1/rate + sqrt(rate)", "4.5", "5.4"),
    ],
)
def test_numbers_are_counted_in_the_model(exercise, equals, right, wrong):
    count = exercise(COUNT.format(equals), net=COUNTED)
    assert first(count, answers__txt=f"p = {right}").status == "passed"
    assert first(count, f"p = {right}").status == "passed"
    assert first(count, f"p = '{right}'").status == "passed"
    result = first(count, answers__txt=f"p = {wrong}")
    assert (result.score, result.status) == (0, "failed")
    assert result.message == f"{wrong} is not right"


def test_the_line_of_a_slip_is_what_the_judge_finds(exercise):
    slips = exercise(COUNT.format("slip(slip.deriv)"))
    assert (slips.checks[0].slip, first(slips, answers__txt="p = 3").status) == ("slip.deriv", "passed")
    wrong = first(slips, answers__txt="p = 4")
    assert (wrong.status, wrong.message) == ("failed", "4 is not right")
    assert "slip.deriv" in slips.own_files
    with pytest.raises(gc.GraphcError, match=r"no file other\.deriv"):
        exercise(COUNT.format("slip(other.deriv)"))


def test_a_number_with_commas_in_it_is_told_how_to_write_it(exercise):
    result = first(exercise(COUNT.format("params"), net=COUNTED), answers__txt="p = 24,826")
    assert (result.status, "write 24826" in result.message) == ("failed", True)


def test_a_count_that_depends_on_free_sizes_is_meant_at_those_that_are_said(exercise):
    for equals, right in (("params", "3*5 + 5 + 5*2"), ("links", "15 + 5 + 10"), ("m*k + 1", "11")):
        count = exercise(COUNT.format(equals) + "\nsizes = [{d=3, m=5, k=2}]", net=TWO_LAYERS)
        assert first(count, answers__txt=f"p = {right}").status == "passed", equals
        assert first(count, answers__txt="p = 1").status == "failed", equals
    with pytest.raises(gc.GraphcError, match="no free size `q`"):
        exercise(COUNT.format("params") + "\nsizes = [{q=3}]", net=TWO_LAYERS)
    with pytest.raises(gc.GraphcError, match="one set of sizes"):
        exercise(COUNT.format("params") + "\nsizes = [{m=3}, {m=4}]", net=TWO_LAYERS)


@pytest.mark.parametrize(
    ("equals", "wrong", "code"),
    [("params", "3*4 + 8", "missing-term"), ("params", "4", "unknown"), ("params", "-24", "sign"),
     ("params(W1, b1)", "12", "missing-term"),
     ("links", "3*4 + 4", "missing-term"), ("8*3*3 + 8", "72", "missing-term"), ("8*3*3 + 8", "81", "unknown")],
)  # fmt: skip
def test_what_was_left_out_of_a_count_is_said(exercise, equals, wrong, code):
    result = first(exercise(COUNT.format(equals), net=COUNTED), answers__txt=f"p = {wrong}")
    assert result.diagnosis is not None
    assert result.diagnosis.code == code


@pytest.mark.parametrize("text", ["many", "p", "10**10**10", "1e999999", "24 + x", "(", "24 if 1 else 0", "1/0"])
def test_what_is_no_number_earns_nothing(exercise, text):
    result = first(exercise(COUNT.format("params"), net=COUNTED), answers__txt=f"p = {text}")
    assert (result.score, result.status) == (0, "failed")


# -- nets

SMALL = """\
name = "net"
kind = "net"
seconds = 60
require = ["params <= 60", "accuracy(clusters) >= 0.9"]
train = {epochs=20}
"""
NEURON = """\
input x[n, 2]
input t[n] : in {0, 1}
param w[2]
param b
output y = sigma(x @ w + b)
loss L = mean(binary_cross_entropy(y, t))
"""
# weights that were found elsewhere
CHOSEN = "".join(f"where(k == {k}, 0.{k + 11}, " for k in range(40)) + "0" + ")" * 40
WRITTEN = NEURON.replace("param b", f"param b\nV[k<40] = {CHOSEN}").replace("x @ w + b", "x @ w + b + 0*sum(V)")


def test_requirements_are_read():
    found = requirement(" accuracy( spiral:turns=2 )>=0.95 ")
    assert found is not None
    assert (found.metric, found.data, found.sign, found.bound) == ("accuracy", "spiral:turns=2", ">=", 0.95)
    assert requirement("params = 3") is None
    assert requirement("weights <= 3") is None


@pytest.mark.slow
def test_a_net_that_does_what_is_required_has_the_points(exercise):
    result = first(exercise(SMALL, net=None), my__net=NEURON)
    assert (result.status, result.score) == ("passed", 6), result.message
    assert "params <= 60: yes, 3" in result.message


@pytest.mark.parametrize(
    ("net", "status", "said"),
    [
        (NEURON.replace("[2]", "[2, 100]").replace("@ w", "@ w[:,0]"), "failed", "line 5"),
        (NEURON.replace("param b", "param b\nparam V[100]"), "failed", "params <= 60: no, 103"),
        ("output y = ", "failed", "line 1"),
        ("input x[n]\n", "failed", "nothing is marked `output`"),
        (NEURON.replace("x @ w + b", "x @ w + b + t"), "failed", "are to be computed from one input"),
        ("input x[n, 2]\n" + "a = " + "(" * 300 + ")" * 300, "failed", "line 2"),
        (NEURON.replace("param w[2]", "param w[2]\nparam v[k]"), "failed", "depend on sizes"),
        (WRITTEN, "failed", "params <= 60: no, 69, with 66 for the numbers that are written into it"),
        (NEURON.replace("+ b", f"+ 0.{'1234' * 75}*b"), "failed", "params <= 60: no, 62, with 59 for the numbers"),
    ],
    ids=[
        "no net",
        "too large",
        "a stump",
        "no output",
        "reads the target",
        "deep",
        "free sizes",
        "weights as numbers",
        "weights in one number",
    ],
)
def test_a_net_that_does_not_says_why(exercise, net, status, said):
    result = first(exercise(SMALL, net=None), my__net=net)
    assert (result.score, result.status) == (0, status)
    assert said in result.message


@pytest.fixture
def asked(monkeypatch):
    """What is asked of processes that are not started."""
    found: list[list[str]] = []

    def answers(module: str, arguments: list[str], *limits: object) -> Ended:
        found.append(arguments)
        counted = {"params": 3, "links": 3, "numbers": 0, "inputs": ["x"], "outputs": 1}
        return Ended(0, json.dumps(counted if module == "grader.counts" else {"metrics": {"accuracy": 1.0}}))

    monkeypatch.setattr("grader.kinds.net.run", answers)
    return found


@pytest.mark.parametrize(("bound", "status"), [(2, "failed"), (3, "passed")])
def test_what_is_counted_is_looked_at_before_anything_is_trained_and_nothing_is_drawn(exercise, asked, bound, status):
    wanted = SMALL.replace(
        '"params <= 60", "accuracy(clusters) >= 0.9"', f'"accuracy(clusters) >= 0.9", "params <= {bound}"'
    )
    assert first(exercise(wanted, net=None), my__net=NEURON).status == status
    trained = [arguments for arguments in asked if arguments[0] == "train"]
    assert len(trained) == (status == "passed")
    assert all({"--no-plots", "--epochs=20"} <= set(arguments) for arguments in trained)


def test_a_process_that_ends_without_an_answer_is_told_by_its_exit_code(exercise, monkeypatch):
    monkeypatch.setattr("grader.kinds.net.run", lambda *asked: Ended(-11, ""))
    result = first(exercise(SMALL, net=None), my__net=NEURON)
    assert (result.score, result.status) == (0, "error")
    assert "reading it ended early, with exit code -11" in result.message


@pytest.mark.slow
def test_a_net_that_takes_too_long_is_stopped(exercise):
    slow = SMALL.replace("seconds = 60", "seconds = 3").replace("epochs=20", "epochs=1000000")
    result = first(exercise(slow, net=None), my__net=NEURON)
    assert (result.score, result.status) == (0, "timeout")
