"""The frame of an emitted training step: the arrays that it owns, the batch that it takes, the update by blocks."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from ...graph.node import Leaf
from .helpers import HELPERS
from .module import _literal, fitting, indented, titled, wrapped
from .naming import Namer, printable
from .writer import Writer

BLOCK = 65536  # elements of each vector that are updated together: seven such parts are two megabytes of float32

# Words of the language that are NumPy's in a line of Python.
WORDS = frozenset({"cos", "exp", "log", "pi", "sin", "sqrt", "tanh", "where"})

# What the frame's own lines are written with.
OWN_NAMES = WORDS | frozenset(
    {"BLOCK", "FROZEN", "LEARNING", "STATES", "arrays", "begin", "block", "blocks", "count", "draws", "given"}
    | {
        "itertools",
        "learning",
        "lr",
        "parts",
        "philox",
        "place",
        "result",
        "seed",
        "slots",
        "stepper",
        "update",
        "updates",
        "workspaces",
    }
)

FRAME = '''\
"""{title}

It needs NumPy alone. `begin` makes the arrays of a run, `stepper` its step: it takes a batch, the learning rate and the
number of the step, counted from 1, changes the arrays in place and returns the loss. After a loss that is not finite
the arrays are as they were.
"""

import itertools
import math

import numpy as np

INPUTS = {inputs}
LEARNING = {learning}
FROZEN = {frozen}
STATES = {states}
BLOCK = {block}  # elements of each vector that are updated together
{words}

def begin(values, dtype=np.float64):
    """The arrays of a run, from values by name: all that learns in one vector, its gradient, the optimiser's states."""
    learning = [np.asarray(values[name], dtype) for name in LEARNING]
    arrays = {{"shapes": [value.shape for value in learning], "p": np.concatenate([np.ravel(v) for v in learning])}}
    arrays["frozen"] = [np.array(values[name], dtype) for name in FROZEN]
    return arrays | {{name: np.zeros_like(arrays["p"]) for name in ("gradient", *STATES)}}


def parts(vector, shapes):
    """The tensors that lie one behind the other in a vector, as views of it."""
    ends = list(itertools.accumulate(map(math.prod, shapes)))
    return [vector[end - math.prod(shape) : end].reshape(shape) for end, shape in zip(ends, shapes)]


def stepper(arrays, seed=0):
    """The step of a run: `step({arguments}lr, count)`."""
    workspaces = {{}}  # one for each set of shapes

    def run({arguments}lr, count):
        try:
            step = workspaces[
                {key}
            ]
        except (AttributeError, KeyError, TypeError):
            given = _checked(arrays["p"].dtype{given})
            {targets} = given
            key = tuple(part for array in given for part in (array.dtype, array.shape))
            step = workspaces.get(key)
            if step is None:
                if len(workspaces) > 16:
                    workspaces.pop(next(iter(workspaces)))
                learning = parts(arrays["p"], arrays["shapes"])
                step = workspaces[key] = _prepare(arrays, seed, *_sizes(*learning, *arrays["frozen"], *given))
        return step({arguments}lr, count)

    return run


@np.errstate(all="ignore")
def _prepare(arrays, seed{sizes}):
    """The memory and the views that one set of sizes needs, and the step that uses them."""
    {vectors} = {arrays}
    dtype = {parameter}.dtype
{views}
{prepared}
    blocks = [tuple(vector[k : k + BLOCK] for vector in ({vectors})) for k in range(0, {parameter}.size, BLOCK)]
    updates = {{size: _update(size, dtype) for size in {{block[0].size for block in blocks}}}}
    updates = [(updates[block[0].size], block) for block in blocks]

    @np.errstate(all="ignore")
    def step({arguments}lr, count):
{steps}
        result = {loss}.item()
        if not math.isfinite(result):
            return result
{numbers}
        return result

    return step


def _update({length}, dtype):
    """The memory that an update of so many elements needs, and the update of a block of them."""
{update_prepared}

    def update({update_arguments}):
{update_steps}

    return update


{fitting}def _checked(dtype, *given):
    """Everything as arrays of the run's float type, or of whole numbers where these are wanted."""
    arrays = [np.asarray(value) for value in given]
    for place, (name, array) in enumerate(zip(INPUTS, arrays)):
        if array.dtype.kind not in "fiub":
            raise TypeError(f"`{{name}}` should hold numbers, but holds {{array.dtype}}")
        wrong = (array != np.floor(array)) | (np.abs(array) >= 2.0**63) if place in _INTEGERS else np.False_
        if wrong.any():
            raise ValueError(f"`{{name}}` should hold whole numbers, but holds {{array[wrong][0]}}")
    types = [np.intp if place in _INTEGERS else dtype for place in range(len(arrays))]
    return [np.asarray(array, kind).view(np.ndarray) for array, kind in zip(arrays, types)]


_INTEGERS = {integers}  # the places of the INPUTS that are whole numbers
{helpers}'''


@dataclass
class StepText:
    """The parts of a step as they are written, one after the other."""

    namer: Namer
    title: str
    inputs: list[Leaf]
    learning: list[Leaf]
    frozen: list[Leaf]
    masks: list[Leaf]
    sizes: dict[str, str] = field(default_factory=dict)
    variable: dict[Leaf, str] = field(default_factory=dict)
    first: Writer | None = None
    loss: str = ""
    states: list[str] = field(default_factory=list)
    vectors: list[str] = field(default_factory=list)  # the parameters, the gradient, the states
    sums: Writer | None = None
    lengths: list[str] = field(default_factory=list)
    numbers: list[str] = field(default_factory=list)
    given: list[str] = field(default_factory=list)  # the numbers that the update takes
    update: Writer | None = None
    arguments: list[str] = field(default_factory=list)

    @property
    def leaves(self) -> list[Leaf]:
        """What has a shape, in the order in which sizes are told: what is wrong of a batch is said of the batch."""
        return [*self.learning, *self.frozen, *self.inputs]

    def names(self, leaves: list[Leaf]) -> list[str]:
        return [self.variable[leaf] for leaf in leaves]


def step_module(text: StepText) -> str:
    """The text of the whole module."""
    first, update = text.first, text.update
    assert first is not None
    assert update is not None
    writers = [writer for writer in (first, text.sums) if writer is not None]
    helpers = {name for writer in (*writers, update) for name in writer.helpers}
    batch, own = text.names(text.inputs), list(text.sizes.values())
    words = sorted(WORDS.intersection(re.findall(r"\w+", " ".join(text.numbers))))
    prepared = [*text.lengths, *(line for writer in writers for line in writer.prepared)]
    return FRAME.format(
        title=titled(
            printable(f"{text.title}, its gradient, and the update of {', '.join(map(_name, text.learning))}")
        ),
        inputs=_tuple(map(_name, text.inputs)),
        learning=_tuple(map(_name, text.learning)),
        frozen=_tuple(map(_name, text.frozen)),
        states=_tuple(text.states),
        block=BLOCK,
        words=f"\n{', '.join(words)} = {', '.join(f'np.{word}' for word in words)}\n" if words else "",
        arguments="".join(f"{name}, " for name in batch),
        key=wrapped((f"{name}.dtype, {name}.shape" for name in batch), "", ",", 16) if batch else "()",
        given="".join(f", {name}" for name in batch),
        targets=f"{', '.join(batch)}," if len(batch) == 1 else ", ".join(batch) or "()",
        sizes="".join(f", {name}" for name in own),
        vectors=", ".join(text.vectors),
        arrays=", ".join(f"arrays[{_literal(name)}]" for name in ("p", "gradient", *text.states)),
        parameter=text.vectors[0],
        views=indented(_views(text), 4),
        prepared=indented([*_bits(helpers), *_masks(text), *prepared], 4),
        steps=indented([*_drawn(text), *first.steps], 8),
        loss=text.loss,
        numbers=indented(_numbers(text), 8),
        length=next(iter(map(str, update.size_names.values())), "n"),
        update_prepared=indented([*_bits(update.helpers), *update.prepared] or ["pass"], 4),
        update_arguments=", ".join(text.arguments),
        update_steps=indented(update.steps or ["pass"], 8),
        fitting=fitting(first, text.leaves, list(text.sizes), own),
        integers=tuple(k for k, leaf in enumerate(text.inputs) if leaf.integer),
        helpers="".join("\n" + HELPERS[name] for name in HELPERS if name in helpers),
    )


def _name(leaf: Leaf) -> str:
    return leaf.name or ""


def _tuple(names: Iterable[str]) -> str:
    return wrapped(map(_literal, names), "(", ")", 4)


def _bits(helpers: Iterable[str]) -> list[str]:
    return ["bits = np.dtype(f'i{dtype.itemsize}')"] * ("bits" in helpers)


def _views(text: StepText) -> list[str]:
    """Where the parameters lie, and their derivatives."""
    lines = [f'[{", ".join(text.names(text.learning))}] = parts({text.vectors[0]}, arrays["shapes"])',
             f'slots = parts({text.vectors[1]}, arrays["shapes"])']  # fmt: skip
    return lines + [f'[{", ".join(text.names(text.frozen))}] = arrays["frozen"]'] * bool(text.frozen)


def _masks(text: StepText) -> list[str]:
    """The memory of the masks, and what draws them."""
    assert text.first is not None
    if not text.masks:
        return []
    shapes = [f"{text.variable[mask]} = np.empty({text.first.shape(mask.extents)}, dtype)" for mask in text.masks]
    return [
        *shapes,
        "philox = np.random.Philox(key=(seed, 0))",
        "place, draws = philox.state, np.random.Generator(philox)",
    ]


def _drawn(text: StepText) -> list[str]:
    """Masks depend on the seed and the number of the step alone, so that a run that is resumed draws the same."""
    if not text.masks:
        return []
    lines = [
        "# which elements a dropout keeps: the same whenever this step is taken",
        'place["state"]["key"][1] = count',
        "philox.state = place",
    ]
    for leaf in text.masks:
        mask, rate = text.variable[leaf], float(leaf.value or 0)
        lines += [
            f"draws.random(dtype=dtype, out={mask})",
            f"np.greater_equal({mask}, {rate}, out={mask})",
            f"np.multiply({mask}, {1 / (1 - rate)}, out={mask})",
        ]
    return lines


def _numbers(text: StepText) -> list[str]:
    """What is computed between the gradient and the update, and the update of every block."""
    lines = list(text.sums.steps) if text.sums else []
    if text.numbers:
        lines += ["lr, count = np.float64(lr), np.float64(count)", *text.numbers]
    given = [text.namer(f"{name}_given") for name in text.given]
    lines += [f"{own} = np.asarray({name}, dtype)" for own, name in zip(given, text.given, strict=True)]
    return [*lines, "for update, block in updates:", f"    update(*block{''.join(f', {name}' for name in given)})"]


__all__ = ["BLOCK", "OWN_NAMES", "StepText", "step_module"]
