"""A whole training step as one program: the loss, its gradient, and the update of the parameters in place.

All parameters that learn lie one behind the other in one vector, and so do their derivatives, so that an update is a
few formulas over vectors, whatever the network is. The program has three parts: the loss and the gradient, written
straight into its vector; the numbers that the update needs, such as a norm or a rate; and the update, block by block,
each block small enough to stay in a processor's cache from the first of its operations to the last.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

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
from .program import carriers, no_name_twice

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


def step_source(loss: Node, gradients: Mapping[Leaf, Node], update: Update, inputs: Sequence[Leaf] = ()) -> str:
    """The text of a module that trains: `begin` makes the arrays, `stepper` the step that changes them.

    What `gradients` has no entry for does not learn. `inputs` say in which order a batch is given.
    """
    needed = order([loss, *gradients.values()])
    given = [node for node in order([*needed, *origins(needed)]) if isinstance(node, Leaf)]
    place = {leaf: k for k, leaf in enumerate(inputs)}
    text = StepText(
        Namer(OWN_NAMES),
        loss.name or "L",
        inputs=sorted((leaf for leaf in given if leaf.kind == "input"), key=lambda leaf: place.get(leaf, len(place))),
        learning=list(gradients),
        frozen=[leaf for leaf in given if leaf.kind == "param" and leaf not in gradients],
        masks=[leaf for leaf in given if leaf.kind == "mask"],
    )
    _first_part(text, [loss, *gradients.values()])
    _second_part(text, update)
    return step_module(text)


def _first_part(text: StepText, roots: list[Node]) -> None:
    """The loss and the derivatives, each written to its place in the vector of them all."""
    ready = mask_before_spreading(fuse(merge(prepare(roots), training=True)))
    text.inputs += carriers(free_sizes([*order(ready), *text.leaves]), text.leaves, ())
    no_name_twice(text.leaves)
    namer, titles = text.namer, [text.title, *(f"d{text.title}/d{leaf.name}" for leaf in text.learning)]
    text.sizes = {name: namer(name) for name in free_sizes([*order(ready), *text.leaves])}
    text.variable = {leaf: namer(leaf.name or leaf.kind) for leaf in (*text.leaves, *text.masks)}
    places = ["np.empty((), dtype)", *(f"slots[{k}]" for k in range(len(text.learning)))]
    atoms, found = lower(ready)
    emitter = Emitter(atoms, ready, found, titles, [False] * len(titles), places)
    text.first = emitter.write_with(namer, text.sizes, text.variable, [*text.learning, *text.frozen, *text.masks])
    text.loss = emitter.returned[0]


def _second_part(text: StepText, update: Update) -> None:
    """The numbers, and the function that updates one block of every vector."""
    states = [leaf for leaf in update.becomes if leaf is not update.parameter]
    vectors = [update.parameter, update.gradient, *states]
    for node in (*vectors, *update.becomes.values()):
        if node.rank != 1 or node.extents != update.parameter.extents:
            name = node.name or "a part"
            raise GraphcError(f"`{name}` of an update should have one axis, as long as that of the parameters")
    roots = merge(list(update.becomes.values()))
    hoisted = Hoisted(roots, [node.name for node in order(roots) if node.name])
    length = next(iter(update.parameter.extents[0].names), None)
    text.states = [leaf.name or "" for leaf in states]
    text.vectors = [text.namer(name) for name in ("p", "gradient", *text.states)]
    whole = dict(zip(vectors, text.vectors, strict=True)) | {update.rate: "lr", update.count: "count"}
    _numbers(text, hoisted, whole, length)
    text.update = _block(update, hoisted, vectors, length)
    text.arguments = [text.update.variable[leaf] for leaf in (*vectors, *hoisted.numbers)]


def _numbers(text: StepText, hoisted: Hoisted, whole: Mapping[Leaf, str], length: str | None) -> None:
    """Lines for the numbers: Python's arithmetic in double precision, and NumPy's for what reads whole vectors."""
    nodes = [node for node in order(hoisted.numbers.values()) if isinstance(node, Map) and not node.rank]
    arrays = [node for node in nodes if not _plain(node)]
    names: dict[Node, str] = dict(whole.items())
    if arrays:
        ready = fuse(merge(prepare(arrays)))
        atoms, found = lower(ready)
        titles, places = [node.name or "number" for node in arrays], ["np.empty((), dtype)"] * len(arrays)
        emitter = Emitter(atoms, ready, found, titles, [False] * len(arrays), places)
        own = {length: text.namer(length)} if length else {}
        text.sums = emitter.write_with(text.namer, own, whole, [leaf for leaf in whole if leaf.rank])
        text.lengths = [f"{name} = {text.vectors[0]}.size" for name in own.values()]
        names |= dict(zip(arrays, emitter.returned, strict=True))
    for node in nodes:
        if node in arrays:
            continue
        wish = node.name or next((leaf.name for leaf, one in hoisted.numbers.items() if one is node), None)
        if wish:
            name = text.namer(wish)
            text.numbers.append(f"{name} = {printable(formula(node, names.get))}")
            names[node] = name
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
