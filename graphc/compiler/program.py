"""`compile`: from the nodes that are wanted to a program that computes them, and its readable text."""

from __future__ import annotations

import linecache
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from ..calculus.origin import free_sizes, is_derivative, origins, types
from ..calculus.prepare import prepare
from ..graph.node import Leaf, Node, order
from ..language.errors import GraphcError, did_you_mean
from .fuse import fuse
from .lower import lower
from .merge import merge
from .numpy.emit import Emitter
from .numpy.module import computed, module, tells
from .pooling import mask_before_spreading

if TYPE_CHECKING:
    import numpy as np

_count = 0


class Program:
    """A compiled program: call it with arrays by name. `source` is its text, a module that stands alone.

    `statements` say which of its lines compute what: nodes with the numbers of their lines, in order.
    """

    def __init__(
        self,
        source: str,
        inputs: Sequence[str],
        names: Sequence[str],
        bare: bool,
        statements: Sequence[tuple[Node, range]] = (),
    ) -> None:
        global _count
        _count += 1
        self.source, self.inputs, self.names = source, tuple(inputs), tuple(names)
        self.statements = tuple(statements)
        self._known, self._bare = frozenset(inputs), bare
        file = f"<graphc program {_count}>"
        linecache.cache[file] = (len(source), None, source.splitlines(True), file)
        namespace: dict[str, Any] = {"__name__": f"graphc_program_{_count}"}
        exec(compile_text(source, file, "exec"), namespace)
        self._run = namespace["run"]

    def __call__(self, /, **arrays: Any) -> Any:
        """The wanted arrays, in order; they are the caller's to keep. An array that is not needed is not looked at."""
        if not arrays.keys() >= self._known:
            self._complain(arrays)
        try:
            results = self._run(*[arrays[name] for name in self.inputs])
        except (ValueError, TypeError, IndexError) as error:
            raise GraphcError(str(error)) from error
        return results[0] if self._bare else list(results)

    def _complain(self, arrays: dict[str, np.ndarray]) -> None:
        missing = [name for name in self.inputs if name not in arrays]
        hint = did_you_mean(missing[0], arrays.keys() - self._known) or f"the program takes {', '.join(self.inputs)}"
        raise GraphcError(f"no array is given for {', '.join(f'`{name}`' for name in missing)}", hint)

    def __repr__(self) -> str:
        return f"<program of {', '.join(self.names)} from {', '.join(self.inputs)}>"


compile_text = compile


def compile(
    roots: Sequence[Node] | Node,
    names: Sequence[str] | None = None,
    backend: str = "numpy",
    arguments: Sequence[Leaf] = (),
) -> Program:
    """A program that computes the roots; of one bare root, one bare array.

    It takes the inputs, then the parameters, that the roots need: those named in `arguments` in the order there. A size
    that none of them has is told by one of the `arguments`, or else is given as a number by its own name.
    """
    if backend != "numpy":
        raise GraphcError(f"there is no backend `{backend}`", hint="the backend is numpy")
    bare = isinstance(roots, Node)
    wanted = nodes_of(roots)
    titles = list(names) if names else [root.name or f"result{k}" for k, root in enumerate(wanted, 1)]
    needed = order(wanted)
    needed = order([*wanted, *origins(needed)])
    leaves = [node for node in needed if isinstance(node, Leaf) and node.kind in ("input", "param")]
    if all(leaf.integer for leaf in leaves):
        leaves += [leaf for leaf in types(wanted)[:1] if leaf not in leaves]
    ready = mask_before_spreading(fuse(merge(prepare(wanted))))
    leaves += carriers(free_sizes([*order(ready), *leaves]), leaves, arguments)
    place = {leaf: k for k, leaf in enumerate(arguments)}
    leaves.sort(key=lambda leaf: (leaf.kind, place.get(leaf, len(place))))
    no_name_twice(leaves)
    atoms, values = lower(ready)
    emitter = Emitter(atoms, ready, values, titles, [root.integer and not is_derivative(root) for root in wanted])
    sizes = free_sizes([*order(ready), *leaves])
    writer = emitter.write(leaves, sizes)
    source, first = module(writer, leaves, sizes, titles, emitter.returned)
    return Program(source, [leaf.name or "" for leaf in leaves], titles, bare, computed(writer, first))


def nodes_of(roots: Sequence[Node] | Node) -> list[Node]:
    """The nodes that are wanted; anything else is named."""
    if isinstance(roots, Node):
        return [roots]
    if not isinstance(roots, Iterable) or isinstance(roots, str):
        hint = 'give its tensors, as in net["y"]' if hasattr(roots, "nodes") else "give a tensor, or a list of them"
        raise GraphcError(f"a {type(roots).__name__} cannot be compiled", hint)
    wanted = list(roots)
    for root in wanted:
        if not isinstance(root, Node):
            raise GraphcError(f"{root!r} cannot be compiled", "give a tensor, or a list of them")
    return wanted


def carriers(sizes: Sequence[str], leaves: Sequence[Leaf], arguments: Sequence[Leaf]) -> list[Leaf]:
    """What tells the sizes that no needed tensor has: tensors among the arguments, else a number by the size's name."""
    found: list[Leaf] = []
    pending = list(sizes)
    while pending:
        name = pending.pop(0)
        if any(tells(extent, name) for leaf in (*leaves, *found) for extent in leaf.extents):
            continue
        carrier = next((leaf for leaf in arguments if any(tells(extent, name) for extent in leaf.extents)), None)
        if carrier is None:
            found.append(Leaf("input", name, (), ("integer", "size")))
        else:
            found.append(carrier)
            pending += free_sizes([carrier])
    return list(dict.fromkeys(found))


def no_name_twice(leaves: Sequence[Leaf]) -> None:
    seen: set[str | None] = set()
    for leaf in leaves:
        if leaf.name in seen:
            sized = any("size" in other.attributes for other in leaves if other.name == leaf.name)
            hint = "one is a tensor, one a size" if sized else "an array is given by name, so give each its own"
            raise GraphcError(f"there are two different inputs `{leaf.name}`", hint)
        seen.add(leaf.name)
