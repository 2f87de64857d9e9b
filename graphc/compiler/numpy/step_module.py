"""The frame of an emitted training step: the arrays that it owns, the batch that it takes, the update by blocks."""

from __future__ import annotations

from dataclasses import dataclass, field

from ...graph.node import Leaf
from .helpers import HELPERS
from .module import _literal, fitting, indented, titled, wrapped
from .naming import Namer, printable
from .writer import Writer

BLOCK = 8192  # elements of each vector that are updated together

OWN_NAMES = frozenset(
    {"arrays", "begin", "stepper", "seed", "lr", "count", "draws", "update", "blocks", "block", "workspaces", "values",
     "rest", "start", "number", "where", "pi", "exp", "log", "sqrt", "sin", "cos", "tanh"}
)  # fmt: skip

FRAME = '''\
"""{title}

It needs NumPy alone. `begin` makes the arrays of a run, `stepper` its step: it takes a batch, the learning rate and the
number of the step, counted from 1, changes the arrays in place and returns the loss. After a loss that is not finite
the arrays are as they were.
"""

import math

import numpy as np

INPUTS = {inputs}
PARAMETERS = {{  # where each starts in the vectors, and its shape
{parameters}
}}
FROZEN = {frozen}
STATES = {states}
SIZE = {length}
{words}

def begin(values, dtype=np.float64):
    """All parameters in one vector, their gradient, and what the optimiser remembers; given values by name."""
    arrays = {{name: np.zeros(SIZE, dtype) for name in ("parameters", "gradient", *STATES)}}
    for name, (start, shape) in PARAMETERS.items():
        arrays["parameters"][start : start + math.prod(shape)].reshape(shape)[...] = values[name]
    arrays["frozen"] = {{name: np.array(values[name], dtype).reshape(shape) for name, shape in FROZEN.items()}}
    return arrays


def stepper(arrays{seed}):
    """The step of a run: `step({arguments}lr, count)`."""
    workspaces = {{}}  # one for each set of shapes

    def run({arguments}lr, count):
        try:
            step = workspaces[
                {key}
            ]
        except (AttributeError, KeyError, TypeError):
            given = _checked(arrays["parameters"].dtype{given})
            {targets} = given
            key = tuple(part for array in given for part in (array.dtype, array.shape))
            step = workspaces.get(key)
            if step is None:
                if len(workspaces) > 16:
                    workspaces.pop(next(iter(workspaces)))
                step = workspaces[key] = _prepare(arrays{seeds}, *_sizes(*given))
        return step({arguments}lr, count)

    return run


@np.errstate(all="ignore")
def _prepare(arrays{seeds}{sizes}):
    """The memory and the views that one set of sizes needs, and the step that uses them."""
    {vectors} = {arrays}
    dtype = {parameter}.dtype
{prepared}

    @np.errstate(all="ignore")
    def step({arguments}lr, count):
{steps}
        value = {loss}.item()
        if not math.isfinite(value):
            return value
{numbers}
        return value

    return step


def _update({own_length}dtype):
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
        if place in _INTEGERS and (array != np.floor(array)).any():
            raise ValueError(f"`{{name}}` should hold whole numbers, but holds {{array[array != np.floor(array)][0]}}")
    types = [np.intp if place in _INTEGERS else dtype for place in range(len(arrays))]
    return [np.asarray(array, kind).view(np.ndarray) for array, kind in zip(arrays, types)]


_INTEGERS = {integers}  # the places of the INPUTS that are whole numbers
{helpers}'''

# Words that numbers are computed with, as they are written in a line of Python.
WORDS = {"pow": "sqrt", "where": "where", "exp": "exp", "log": "log", "sin": "sin", "cos": "cos", "tanh": "tanh",
         "pi": "pi"}  # fmt: skip


@dataclass
class StepText:
    """The parts of a step as they are written, one after the other."""

    namer: Namer
    title: str
    inputs: list[Leaf]
    variables: dict[Leaf, str]
    sizes: dict[str, str] = field(default_factory=dict)
    length: int = 0
    parameters: dict[str, tuple[int, tuple[int, ...]]] = field(default_factory=dict)
    frozen: dict[str, tuple[int, ...]] = field(default_factory=dict)
    masks: list[tuple[str, str, float]] = field(default_factory=list)
    views: list[str] = field(default_factory=list)
    parameter: str = ""
    gradient: str = ""
    loss: str = ""
    first: Writer | None = None
    states: list[str] = field(default_factory=list)
    vectors: list[str] = field(default_factory=list)
    sums: Writer | None = None
    lengths: list[str] = field(default_factory=list)
    numbers: list[str] = field(default_factory=list)
    words: set[str] = field(default_factory=set)
    given: list[str] = field(default_factory=list)
    update: Writer | None = None
    arguments: list[str] = field(default_factory=list)


def step_module(text: StepText) -> str:
    """The text of the whole module."""
    first, update = text.first, text.update
    assert first is not None
    assert update is not None
    batch = [text.variables[leaf] for leaf in text.inputs]
    own = list(text.sizes.values())
    numbers = [*(text.sums.steps if text.sums else []), *_precise(text), *_blocks(text)]
    helpers = first.helpers | update.helpers | (text.sums.helpers if text.sums else set())
    arrays = ['arrays["parameters"]', 'arrays["gradient"]', *(f"arrays[{_literal(name)}]" for name in text.states)]
    bits = ["bits = np.dtype(f'i{dtype.itemsize}')"]
    prepared = [
        *bits * ("bits" in helpers), *text.views, *text.lengths,
        *(f"{mask} = np.empty({shape}, dtype)" for mask, shape, _ in text.masks),
        *first.prepared, *(text.sums.prepared if text.sums else []), *_prepared_blocks(text),
    ]  # fmt: skip
    seed = bool(text.masks)
    words = sorted({WORDS[word] for word in text.words if word in WORDS})
    length = next(iter(map(str, update.size_names.values())), "")
    return FRAME.format(
        title=titled(printable(f"{text.title}, its gradient, and the update of {', '.join(text.parameters)}")),
        inputs=wrapped(map(_literal, (leaf.name for leaf in text.inputs)), "(", ")", 4),
        parameters=indented((f"{_literal(name)}: {place}," for name, place in text.parameters.items()), 4),
        frozen=repr(text.frozen),
        states=wrapped(map(_literal, text.states), "(", ")", 4),
        length=text.length,
        words=f"\n{', '.join(words)} = {', '.join(f'np.{word}' for word in words)}\n" if words else "",
        arguments="".join(f"{name}, " for name in batch),
        key=wrapped((f"{name}.dtype, {name}.shape" for name in batch), "", ",", 16) if batch else "()",
        given="".join(f", {name}" for name in batch),
        targets=f"{', '.join(batch)}," if len(batch) == 1 else ", ".join(batch) or "()",
        seed=", seed=0" if seed else "",
        seeds=", seed" if seed else "",
        sizes="".join(f", {name}" for name in own),
        vectors=", ".join(text.vectors),
        arrays=", ".join(arrays),
        parameter=text.parameter,
        prepared=indented(prepared, 4),
        steps=indented([*_drawn(text), *first.steps], 8),
        loss=text.loss,
        numbers=indented(numbers, 8),
        own_length=f"{length}, " if length else "",
        update_prepared=indented([*bits * ("bits" in update.helpers), *update.prepared] or ["pass"], 4),
        update_arguments=", ".join(text.arguments),
        update_steps=indented(update.steps or ["pass"], 8),
        fitting=fitting(first, text.inputs, list(text.sizes), own),
        integers=tuple(k for k, leaf in enumerate(text.inputs) if leaf.integer),
        helpers="".join("\n" + HELPERS[name] for name in HELPERS if name in helpers),
    )


def _drawn(text: StepText) -> list[str]:
    """Masks depend on the seed and the number of the step alone, so that a run that is resumed draws the same."""
    if not text.masks:
        return []
    lines = ["# which elements a dropout keeps: the same whenever this step is taken",
             "draws = np.random.Generator(np.random.Philox(key=(seed, count)))"]  # fmt: skip
    for mask, _, rate in text.masks:
        lines += [f"draws.random(dtype=dtype, out={mask})", f"np.greater_equal({mask}, {rate}, out={mask})",
                  f"np.multiply({mask}, {1 / (1 - rate)}, out={mask})"]  # fmt: skip
    return lines


def _precise(text: StepText) -> list[str]:
    if not text.numbers:
        return []
    return ["lr, count = np.float64(lr), np.float64(count)", *text.numbers]


def _scalars(text: StepText) -> list[str]:
    return [f"np.asarray({name}, dtype)" for name in text.given]


def _prepared_blocks(text: StepText) -> list[str]:
    if text.length <= BLOCK:
        return [f"update = _update({text.length}, dtype)"]
    parts = ", ".join(f"{vector}[start : start + {BLOCK}]" for vector in text.vectors)
    lines = [f"blocks = [({parts}) for start in range(0, SIZE // {BLOCK} * {BLOCK}, {BLOCK})]",
             f"update = _update({BLOCK}, dtype)"]  # fmt: skip
    if text.length % BLOCK:
        rest = text.length // BLOCK * BLOCK
        lines += [f"rest = ({', '.join(f'{vector}[{rest}:]' for vector in text.vectors)})",
                  f"update_rest = _update({text.length % BLOCK}, dtype)"]  # fmt: skip
    return lines


def _blocks(text: StepText) -> list[str]:
    """The calls that update every block."""
    if text.length <= BLOCK:
        return [f"update({', '.join([*text.vectors, *_scalars(text)])})"]
    names = [text.namer(f"{name}_number") if "(" not in name else name for name in text.given]
    lines = [f"{name} = {scalar}" for name, scalar in zip(names, _scalars(text), strict=True)]
    tail = "".join(f", {name}" for name in names)
    lines += ["for block in blocks:", f"    update(*block{tail})"]
    if text.length % BLOCK:
        lines.append(f"update_rest(*rest{tail})")
    return lines


__all__ = ["BLOCK", "OWN_NAMES", "StepText", "step_module"]
