"""A whole training step as one program: the loss, its gradient, and the update of the parameters in place.

All parameters that learn lie one behind the other in one vector, and so do their derivatives, so that an update is a
few formulas over vectors, whatever the network is. The program has three parts: the loss and the gradient, written
straight into its vector; the numbers that the update needs, such as a norm or a rate; and the update, block by block,
each block small enough to stay in a processor's cache from the first of its operations to the last.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import accumulate
from math import prod

from ..calculus.origin import free_sizes, origins
from ..calculus.prepare import prepare
from ..graph.node import Leaf, Map, Node, order
from ..graph.scalar import Read, Scalar, walk
from ..graph.text import formula
from ..language.errors import GraphcError
from .atoms import Atoms
from .fuse import fuse
from .hoist import Hoisted
from .lower import lower
from .merge import merge
from .numpy.emit import Emitter
from .numpy.naming import Namer, printable
from .numpy.step_module import OWN_NAMES, StepText, step_module
from .numpy.writer import Writer
from .pooling import mask_before_spreading

# What a number may be computed with outside arrays; everything else is computed by NumPy as an array without axes.
PLAIN = frozenset({"add", "mul", "pow", "exp", "log", "sin", "cos", "tanh", "abs", "max", "min", "where", "pi"}) | {
    "lt", "le", "gt", "ge", "eq", "ne", "and",
}  # fmt: skip


@dataclass(frozen=True)
class Update:
    """Formulas over vectors: what the parameters and each part of the optimiser's state become.

    `parameter` and `gradient` have one axis, and so has every state; `rate` and `count` are numbers.
    """

    parameter: Leaf
    gradient: Leaf
    rate: Leaf
    count: Leaf
    becomes: Mapping[Leaf, Node]


@dataclass
class Wanted:
    """The loss and the derivatives by the parameters that learn; those that are frozen; in what order inputs come."""

    loss: Node
    gradients: Mapping[Leaf, Node]
    inputs: Sequence[Leaf]
    title: str = "L"
    frozen: list[Leaf] = field(default_factory=list)
    masks: list[Leaf] = field(default_factory=list)


def step_source(loss: Node, gradients: Mapping[Leaf, Node], update: Update, inputs: Sequence[Leaf] = ()) -> str:
    """The text of a module that trains: `begin` makes the arrays, `stepper` the step that changes them."""
    wanted = Wanted(loss, gradients, inputs, loss.name or "L")
    roots = [loss, *gradients.values()]
    needed = order([*roots, *origins(order(roots))])
    leaves = [node for node in needed if isinstance(node, Leaf)]
    wanted.frozen = [leaf for leaf in leaves if leaf.kind == "param" and leaf not in gradients]
    wanted.masks = [leaf for leaf in leaves if leaf.kind == "mask"]
    for leaf in (*gradients, *wanted.frozen):
        known(leaf)
    text = _first_part(wanted, [leaf for leaf in leaves if leaf.kind == "input"])
    _second_part(text, update)
    return step_module(text)


def known(leaf: Leaf) -> tuple[int, ...]:
    """The shape of a parameter, which must be made of numbers: a step owns its arrays."""
    free = next((extent for extent in leaf.extents if extent.value is None), None)
    if free is not None:
        raise GraphcError(
            f"the size `{free}` of the parameter `{leaf.name}` is not known",
            "the data tells it, or a number in its place",
        )
    return tuple(extent.value or 0 for extent in leaf.extents)


def _first_part(wanted: Wanted, inputs: list[Leaf]) -> StepText:
    """The loss and the derivatives, each written to its place in the vector of them all."""
    roots = [wanted.loss, *wanted.gradients.values()]
    ready = mask_before_spreading(fuse(merge(prepare(roots), training=True)))
    place = {leaf: k for k, leaf in enumerate(wanted.inputs)}
    inputs.sort(key=lambda leaf: place.get(leaf, len(place)))
    sizes = free_sizes([*order(ready), *inputs])
    namer = Namer(OWN_NAMES)
    variables = {leaf: namer(leaf.name or "x") for leaf in inputs}
    text = StepText(namer, wanted.title, inputs, {leaf: variables[leaf] for leaf in inputs})
    text.sizes = {name: namer(name) for name in sizes}
    shapes = {leaf: known(leaf) for leaf in wanted.gradients}
    starts = [0, *accumulate(prod(shape) for shape in shapes.values())]
    text.length = starts[-1]
    for start, (leaf, shape) in zip(starts, shapes.items(), strict=False):
        text.parameters[leaf.name or ""] = (start, shape)
    text.frozen = {leaf.name or "": known(leaf) for leaf in wanted.frozen}
    steady = [*wanted.gradients, *wanted.frozen, *wanted.masks]
    variables |= {leaf: namer(leaf.name or "mask") for leaf in steady}
    text.gradient = namer("gradient")
    text.parameter = namer("p")
    parts = [part(text.gradient, start, shape) for start, shape in text.parameters.values()]
    values = [f"{text.parameter}{slot[len(text.gradient) :]}" for slot in parts]
    views = dict(zip(wanted.gradients, values, strict=True))
    text.views = [f"{variables[leaf]} = {view}" for leaf, view in views.items()]
    text.views += [f'{variables[leaf]} = arrays["frozen"][{leaf.name!r}]' for leaf in wanted.frozen]
    titles = [wanted.title, *(f"d{wanted.title}/d{leaf.name}" for leaf in wanted.gradients)]
    atoms, found = lower(ready)
    emitter = Emitter(atoms, ready, found, titles, [False] * len(titles), ["np.empty((), dtype)", *parts])
    text.first = emitter.write_with(namer, text.sizes, variables, steady)
    text.loss = emitter.returned[0]
    for leaf in wanted.masks:
        text.masks.append((variables[leaf], text.first.shape(leaf.extents), float(leaf.value or 0)))
    return text


def part(vector: str, start: int, shape: Sequence[int]) -> str:
    """Where a tensor lies in a vector."""
    one = f"[{start}:{start + prod(shape)}]"
    return f"{vector}{one}.reshape({', '.join(map(str, shape)) or '()'})"


def _second_part(text: StepText, update: Update) -> None:
    """The numbers, and the function that updates one block of every vector."""
    states = [leaf for leaf in update.becomes if leaf is not update.parameter]
    vectors = [update.parameter, update.gradient, *states]
    for leaf in vectors:
        if leaf.rank != 1 or leaf.extents != update.parameter.extents:
            raise GraphcError(f"`{leaf.name}` of an update should have one axis, as `{update.parameter.name}` has")
    hoisted = Hoisted(merge(list(update.becomes.values())), [leaf.name or "" for leaf in vectors])
    length = next(iter(update.parameter.extents[0].names), None)
    text.states = [leaf.name or "" for leaf in states]
    text.vectors = [text.parameter, text.gradient, *(text.namer(name) for name in text.states)]
    whole = dict(zip(vectors, text.vectors, strict=True)) | {update.rate: "lr", update.count: "count"}
    _numbers(text, hoisted, whole, length, update)
    text.update = _block(update, hoisted, vectors, length)
    text.arguments = [text.update.variable[leaf] for leaf in (*vectors, *hoisted.numbers)]


def _numbers(text: StepText, hoisted: Hoisted, whole: Mapping[Leaf, str], length: str | None, update: Update) -> None:
    """Lines for the numbers: Python's arithmetic in double precision, and NumPy's for what reads whole vectors."""
    nodes = [node for node in order(hoisted.numbers.values()) if isinstance(node, Map) and not node.rank]
    arrays = [node for node in nodes if not _plain(node)]
    names: dict[Node, str] = dict(whole.items())
    if arrays:
        ready = fuse(merge(prepare(arrays)))
        atoms, found = lower(ready)
        emitter = Emitter(atoms, ready, found, [node.name or "number" for node in arrays], [False] * len(arrays),
                          ["np.empty((), dtype)"] * len(arrays))  # fmt: skip
        own = {length: text.namer(length)} if length else {}
        text.sums = emitter.write_with(text.namer, own, whole, [leaf for leaf in whole if leaf.rank])
        text.lengths = [f"{name} = {text.length}" for name in own.values()]
        names |= dict(zip(arrays, emitter.returned, strict=True))
    for node in nodes:
        if node in arrays:
            continue
        wish = node.name or next((leaf.name for leaf, one in hoisted.numbers.items() if one is node), None)
        if wish:
            name = text.namer(wish)
            text.numbers.append(f"{name} = {printable(formula(node, names.get))}")
            names[node] = name
    text.words = {
        part.operation for node in nodes if _plain(node) for part in walk(node.body) if hasattr(part, "operation")
    }
    text.given = [names[node] for node in hoisted.numbers.values()]


def _plain(node: Map) -> bool:
    """Whether Python can compute the number, from other numbers."""
    parts = list(walk(node.body))
    if node.reduce is not None or any(isinstance(part, Read) and part.tensor.rank for part in parts):
        return False
    return all(part.operation in PLAIN for part in parts if hasattr(part, "operation"))


def _block(update: Update, hoisted: Hoisted, vectors: Sequence[Leaf], length: str | None) -> Writer:
    """The update of one block, over its own vectors."""
    ready = fuse(merge(prepare(hoisted.vectors)))
    atoms, values = lower(ready)
    places = list(update.becomes)
    values = [_own(atoms, value, leaf) for value, leaf in zip(values, places, strict=True)]
    titles = [f"new {leaf.name}" for leaf in places]
    emitter = Emitter(atoms, ready, values, titles, [False] * len(titles), places)
    namer = Namer(OWN_NAMES)
    own = {length: namer(length)} if length else {}
    variables = {leaf: namer(leaf.name or "x") for leaf in (*vectors, *hoisted.numbers)}
    return emitter.write_with(namer, own, variables)


def _own(atoms: Atoms, value: Scalar, leaf: Leaf) -> Scalar:
    """A value that is a given tensor's becomes a copy, taken while it is there."""
    if not isinstance(value, Read) or not isinstance(value.tensor, Leaf):
        return value
    plain = Atoms.plain_read(leaf)
    copy = Map(None, leaf.extents, leaf.extents, plain.subscripts, False, None, value, ())
    return Atoms.plain_read(atoms.keep(copy))


__all__ = ["Update", "step_source"]
