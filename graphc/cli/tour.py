"""`graphc tour`: the whole thing in under a minute, for someone who has just arrived."""

from __future__ import annotations

import os
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path
from textwrap import dedent, fill, indent
from typing import TYPE_CHECKING, Any

from . import tour_grading, tour_training
from .options import Json, Out
from .output import answer

if TYPE_CHECKING:
    from ..derivation.step import Derivation
    from ..judge.report import Report
    from ..present.table import Table
    from ..present.terminal import Line
    from .tour_grading import Graded
    from .tour_training import Learnt

MODEL, WIDTH = "logistic", 80
WRT, DERIVED_BY = ("a", "w", "b"), "w"
# two clouds of points with their classes, and a line between them that does not fit yet
DATA = {
    "x": [[0.5, 1.2], [1.0, 2.3], [1.5, 0.4], [3.0, 2.8], [3.6, 1.9], [4.1, 3.3]],
    "t": [0, 0, 0, 1, 1, 1],
    "w": [0.4, -0.3],
    "b": 0.1,
}
STEP = 1e-5  # of the central differences
# the same gradient as a student might write it down, with a slip in the last line
HOMEWORK = """\
given
  a = w*x + b
  y = sigma(a)
  L = -t*log(y) - (1 - t)*log(1 - y)
show dL/dw
  = dL/dy * dy/da * da/dw
  = (-t/y + (1 - t)/(1 - y)) * y*(1 - y) * x
  = (t - y)*x
"""
NEXT = (
    ("list", "the other models, from one neuron to a transformer"),
    ("show lenet5", "a convolutional net, its parameters and links counted"),
    ("render lenet5 --wrt K1 -o lenet5.svg", "the same net as a picture, with the derivatives flowing back"),
    ("derive mlp --wrt W1 -o mlp.html", "a gradient step by step, as a page that unfolds"),
    ("compile mlp -o mlp.py", "a net and its gradients as a file that needs NumPy alone"),
    ("train biomarker --data biomarker --epochs 40", "a net that learns, into a folder with its weights and plots"),
    ("exercises", "exercises that follow the lectures, to be solved and graded"),
    ("doctor", "what this machine has, and how to get what is missing"),
)


@dataclass(frozen=True)
class Tour:
    """What the tour has to show, computed on the spot."""

    declaration: str
    table: Table
    derivation: Derivation
    gradients: dict[str, str]
    source: str
    loss: float
    derived: dict[str, list[float]]
    differences: dict[str, list[float]]
    homework: Report
    learnt: Learnt
    graded: Graded

    @property
    def largest(self) -> float:
        """The largest difference between a derived gradient and one by differences."""
        return max(abs(a - b) for _, a, b in compared(self))


def compared(taken: Tour) -> list[tuple[str, float, float]]:
    """Each element of each gradient: its name, derived, and by differences."""
    rows = []
    for name, values in taken.derived.items():
        for place, (a, b) in enumerate(zip(values, taken.differences[name], strict=True)):
            rows.append((f"{name}[{place}]" if len(values) > 1 else name, a, b))
    return rows


def tour(json: Json = False, out: Out = None) -> None:
    """The whole thing in under a minute.

    One neuron declared, shown, differentiated, compiled and checked; a net that learns; a wrong answer, graded.

    Example: graphc tour
    """
    from .showing import written

    taken = take()
    answer(lambda: written(_lines(taken), colour=out is None), lambda: _data(taken), json, out)


def take() -> Tour:
    """Load, differentiate, compile and run the model, with nothing prepared beforehand."""
    import graphc

    from ..derivation.derive import derive
    from ..graph.text import statement
    from ..judge.check import check
    from ..language.expression import Source
    from ..models import path
    from ..present.table import layer_table
    from .tour_training import learn

    net = graphc.load(MODEL)
    file, of = path(MODEL), net.loss
    assert file is not None
    assert of is not None
    gradients = graphc.grad(of, [net[name] for name in WRT])
    names = [f"d{of.name}/d{name}" for name in WRT]
    program = graphc.compile([of, *gradients], [str(of.name), *names], arguments=[*net.inputs, *net.params])
    loss, derived, differences = _evaluated(program, names)
    return Tour(
        _essential(file.read_text(encoding="utf-8")),
        layer_table(net),
        derive(of, [net[DERIVED_BY]], net),
        {name: statement(node, _called({node: name})) for name, node in zip(names, gradients, strict=True)},
        program.source,
        loss,
        derived,
        differences,
        check(Source("homework.deriv", HOMEWORK)),
        learn(),
        tour_grading.grade(),
    )


def _called(names: dict[Any, str]) -> Any:
    return lambda node: names.get(node, node.name)


def _essential(text: str) -> str:
    """The file without the notes below its first line."""
    first, *lines = text.splitlines()
    return "\n".join([first, *(line for line in lines if not line.startswith("#"))])


def _evaluated(program: Any, names: list[str]) -> tuple[float, dict[str, list[float]], dict[str, list[float]]]:
    """The loss, its derived gradient in each parameter, and the same by central differences of the loss alone."""
    import numpy as np

    arrays = {name: np.array(value, dtype=float) for name, value in DATA.items()}
    loss, *gradients = program(**arrays)
    derived, differences = {}, {}
    for wrt, name, gradient in zip(WRT, names, gradients, strict=True):
        if wrt in arrays:
            derived[name] = np.ravel(gradient).tolist()
            differences[name] = [
                (_moved(program, arrays, wrt, place, STEP) - _moved(program, arrays, wrt, place, -STEP)) / (2 * STEP)
                for place in range(arrays[wrt].size)
            ]
    return float(loss), derived, differences


def _moved(program: Any, arrays: dict[str, Any], name: str, place: int, by: float) -> float:
    moved = arrays[name].copy()
    moved.reshape(-1)[place] += by
    return float(program(**arrays | {name: moved})[0])


def _data(taken: Tour) -> dict[str, Any]:
    from .deriving import rendered

    return {
        "schema": "graphc/tour/1",
        "model": MODEL,
        "declaration": taken.declaration,
        "params": taken.table.params,
        "links": taken.table.links,
        "derivation": rendered(taken.derivation, "text", "graph"),
        "gradients": taken.gradients,
        "source": taken.source,
        "data": DATA,
        "loss": taken.loss,
        "derived": taken.derived,
        "differences": taken.differences,
        "largest_difference": taken.largest,
        "check": taken.homework.json(),
        "train": taken.learnt.json(),
        "grade": taken.graded.json(),
        "next": [f"graphc {command}" for command, _ in NEXT],
    }


# -- on the screen


def _lines(taken: Tour) -> list[Line]:
    from ..present.checked import judged_lines
    from ..present.terminal import Piece, table_lines

    def heading(number: int, word: str, said: str) -> list[Line]:
        return [[], [Piece(f"{number}  {word}", "bold cyan")], *text(said), []]

    def text(said: str) -> list[Line]:
        return [[Piece(line)] for line in fill(said, WIDTH).splitlines()]

    def block(written: str, style: str = "") -> list[Line]:
        return [[Piece(line[:WIDTH], style)] for line in indent(written, "    ").splitlines()]

    def indented(lines: list[Line]) -> list[Line]:
        return [[Piece("    "), *line] if line else [] for line in lines]

    program = graphc_command()
    after = [line for command, said in NEXT for line in _command(f"{program} {command}", said)]
    return [
        [Piece("graphc", "bold"), Piece(": equations in; network, derived gradients and NumPy out")],
        *heading(1, "Declare", "A network is a text file of equations, as they stand on the slide."),
        *block(taken.declaration),
        *heading(2, "Show", "What each tensor is, and how many parameters and links it takes."),
        *indented(table_lines(taken.table, WIDTH - 4)[2:-2]),
        *heading(3, "Differentiate", DERIVED),
        *indented(_steps(taken.derivation)),
        [],
        *text(CANCELLED),
        [],
        *block("\n".join(taken.gradients.values())),
        *heading(4, "Compile", "Loss and gradients become one NumPy program. Its heart, as it was emitted:"),
        *block(heart(taken.source)),
        *heading(5, "Evaluate", f"On six points the loss is {taken.loss:.6f}. {CHECKED}"),
        [Piece(f"    {'':9}{'derived':>16}{'differences':>16}", "dim")],
        *([Piece(f"    {name:9}{a:16.10f}{b:16.10f}")] for name, a, b in compared(taken)),
        [],
        [Piece(f"    The largest difference is {taken.largest:.1e}.")],
        *heading(6, "Check", HOMEWORK_SAID),
        *indented(judged_lines(taken.homework, WIDTH - 4)[1:]),
        *heading(7, "Train", tour_training.SAID.format(right=f"{100 * taken.learnt.right:.4g} %")),
        *indented(tour_training.lines(taken.learnt, WIDTH - 24)),
        *heading(8, "Grade", tour_grading.SAID),
        *block(tour_grading.HOMEWORK),
        [],
        *text(tour_grading.FORMULA_TOLD if taken.graded.hint else tour_grading.TOLD),
        [],
        *tour_grading.lines(taken.graded),
        [],
        [Piece("Next", "bold cyan")],
        [],
        *after,
        [],
        *text(f"Or write a file of your own, beginning with the lines under 1, and `{program} show` it."),
    ]


def _steps(derivation: Derivation) -> list[Line]:
    """The steps alone, without the net before them and the result after."""
    from ..present.coloured import coloured
    from ..present.derived.text import render

    lines = coloured(render(derivation, "graph", WIDTH - 4), derivation)
    texts = ["".join(piece.text for piece in line) for line in lines]
    return lines[texts.index("", 2) + 1 : texts.index("Result") - 1]


def _command(command: str, said: str) -> list[Line]:
    from ..present.terminal import Piece

    return [[Piece(f"    {command}", "bold")], [Piece(f"        {said}", "dim")]]


DERIVED = (
    "No gradient is written by hand anywhere: each is derived from the equations, a step at a time, every step with "
    "its reason and checked to 50 digits."
)
CANCELLED = (
    "The slope of sigma, y*(1 - y), has cancelled against the slope of the loss, and what is left is prediction minus "
    "target. That is what is compiled:"
)
HOMEWORK_SAID = "A derivation that you write yourself is judged line by line. This one has a slip:"
CHECKED = "Its gradient, by the program and by central differences of the loss:"


def heart(source: str) -> str:
    """The function that computes, of the whole emitted module: `step`, or else `run`."""
    lines = source.splitlines()
    start = next((k for k, line in enumerate(lines) if line.lstrip().startswith("def step(")), None)
    if start is None:
        start = next((k for k, line in enumerate(lines) if line.startswith("def run(")), 0)
    depth = len(lines[start]) - len(lines[start].lstrip())
    end = start + 1
    while end < len(lines) and (not lines[end].strip() or len(lines[end]) - len(lines[end].lstrip()) > depth):
        end += 1
    return dedent("\n".join(lines[start:end])).rstrip()


def graphc_command() -> str:
    """How to start this program here: by its name where the shell finds it, else by its path."""
    if shutil.which("graphc"):
        return "graphc"
    started = Path(sys.argv[0])
    return os.path.relpath(started) if started.name == "graphc" else "graphc"
