"""What an equation says once the unnamed tensors that it reads are written out in place: scopes, extents and labels.

A person named some tensors; the rest were made while the equation was read or differentiated. Each of those is opened
where it is read, as a scope with indices of its own. Then every index gets an extent where no read fixes it, and a
label that no other index around it and no name in the formula has.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

from .node import Map, Node, bounds
from .scalar import Affine, Index, Position, Read, Scalar, affine, move_affine
from .size import Size, never_negative

NameOf = Callable[[Node], "str | None"]

OPENED = 10_000  # parts of a text; an unnamed tensor that would take more is written by a made-up name
LETTERS = "ijklmnopqrstuvwxyz"


@dataclass(eq=False)
class Scope:
    """One opened node: what its box's indices stand for outside, and which of them it binds itself.

    Where its read was guarded, `outside` has the subscripts that may be out of range, each with the extent of its
    axis, and what is read inside has to be guarded in its turn.
    """

    node: Map
    place: dict[Index, Affine]
    guarded: bool = False
    outside: list[tuple[Affine, Size]] = field(default_factory=list)
    bound: list[Index] = field(default_factory=list)
    conditions: list[tuple[Affine, Affine]] = field(default_factory=list)
    around: set[Scope] = field(default_factory=set)
    within: set[Scope] = field(default_factory=set)


class Opened:
    """A node and all that is written out inside it."""

    def __init__(self, root: Map, name_of: NameOf, parts: int = OPENED) -> None:
        self.name_of, self.parts = name_of, parts
        self.longest = 2 * parts  # within one body, what would take more is written `…`
        self.sizes: dict[Scalar, int] = {}
        self.made_up: dict[Node, str] = {}
        self._weigh(root)
        self.scopes: dict[Read, Scope] = {}
        self._moved: dict[tuple[Scope, Read], Read] = {}
        self.extents: dict[Index, Size] = {}
        self.reads: dict[Read, None] = {}
        self.names: set[str] = set()
        self.axes = [Index((root, axis)) for axis in range(root.rank)]
        self.extents.update(zip(self.axes, root.extents, strict=True))
        self.root = self._scope(root, Read(root, tuple(map(affine, self.axes))))
        self._explore()
        self.written = frozenset(self._unfixed())
        self.names |= {name for index in self.written for name in self.extents[index].names}
        self.labels: dict[Index, str] = {}
        self._label()

    def opens(self, read: Read) -> Scope | None:
        """The scope of a read that is written out; None for one that is written by name. Subscripts are tokens'."""
        return self.scopes.get(read)

    def name(self, node: Node) -> str:
        return self.name_of(node) or self.made_up[node]

    def moved(self, read: Read, scope: Scope) -> Read:
        """The read as it stands where its scope is written."""
        found = self._moved.get((scope, read))
        if found is None:
            subscripts = tuple([self.placed(form, scope) for form in read.subscripts])
            astray = scope.guarded and any(map(self._astray, subscripts, read.tensor.extents))
            found = self._moved[scope, read] = Read(read.tensor, subscripts, read.guarded or astray)
        return found

    def placed(self, form: Affine, scope: Scope) -> Affine:
        """A subscript as it stands where its scope is written."""
        index = form.plain
        return scope.place[index] if index is not None else move_affine(form, scope.place)

    # -- finding out

    def _weigh(self, root: Map) -> None:
        """How long the text of each part would be, and so which unnamed tensors get a name after all."""
        whole: dict[Node, int] = {}
        pending: list[Node] = [root]
        while pending:
            node = pending[-1]
            unnamed = [i for i in node.inputs if isinstance(i, Map) and self.name_of(i) is None and i not in whole]
            if unnamed and node not in whole:
                pending += unnamed
                continue
            pending.pop()
            if node not in whole and isinstance(node, Map):
                whole[node] = self._length(node.body, whole)
                if whole[node] > self.parts and node is not root:
                    self.made_up[node] = f"t{len(self.made_up) + 1}"
                    whole[node] = 1

    def _length(self, body: Scalar, whole: dict[Node, int]) -> int:
        pending = [body]
        while pending:
            term = pending[-1]
            missing = [child for child in term.children if child not in self.sizes]
            if missing:
                pending += missing
                continue
            pending.pop()
            inner = whole.get(term.tensor, 0) if isinstance(term, Read) else 0
            self.sizes[term] = min(self.longest + 1, 1 + inner + sum(self.sizes[child] for child in term.children))
        return self.sizes[body]

    def _scope(self, node: Map, read: Read) -> Scope:
        """Indices of the box that are an output axis stand for its subscript; the rest are bound here. An axis that
        is written otherwise, in a scatter, is a condition on them."""
        scope, at = Scope(node, {}, read.guarded), read.subscripts
        if read.guarded:
            pairs = zip(at, node.extents, strict=True)
            scope.outside = [(form, extent) for form, extent in pairs if self._astray(form, extent)]
        scattered: list[tuple[Affine, Affine]] = []
        for axis, form in enumerate(node.write):
            index = form.plain
            if index is not None and index not in scope.place and node.box[index.key] is node.extents[axis]:
                scope.place[index] = at[axis]
            else:
                scattered.append((form, at[axis]))
        for key, extent in enumerate(node.box):
            if Index(key) not in scope.place:
                token = Index((read, key))
                scope.place[Index(key)] = affine(token)
                scope.bound.append(token)
                self.extents[token] = extent
        scope.conditions = [(self.placed(form, scope), target) for form, target in scattered]
        self.scopes[read] = scope
        return scope

    def _explore(self) -> None:
        pending: list[tuple[Scope, Scalar, bool]] = [(self.root, self.root.node.body, False)]
        seen: set[tuple[Scope, Scalar]] = set()
        pending += [(self.root, read, True) for pair in self.root.conditions for form in pair for read in form.gathers]
        while pending:
            scope, term, moved = pending.pop()
            if (scope, term) in seen:
                continue
            seen.add((scope, term))
            if isinstance(term, Position):
                form = self.placed(term.affine, scope)
                self._numbers(form)
                pending += [(scope, read, True) for read in form.gathers]
            elif isinstance(term, Read):
                read = term if moved else self.moved(term, scope)
                for form in read.subscripts:
                    self._numbers(form)
                    pending += [(scope, gathered, True) for gathered in form.gathers]
                inner = self._enter(read, scope)
                if inner is not None:
                    pending.append((inner, inner.node.body, False))
                    for _, extent in inner.outside:
                        self.names |= extent.names
                    for pair in inner.conditions:
                        for form in pair:
                            self._numbers(form)
                            pending += [(inner, gathered, True) for gathered in form.gathers]
            else:
                pending += [(scope, child, False) for child in reversed(term.children)]

    def _enter(self, read: Read, scope: Scope) -> Scope | None:
        node = read.tensor
        name = self.name_of(node) or self.made_up.get(node)
        if name is None and isinstance(node, Map) and not (read.guarded and node.gathers):
            inner = self.scopes.get(read) or self._scope(node, read)
            inner.around.add(scope)
            scope.within.add(inner)
            return inner
        self.names.add(name or self.made_up.setdefault(node, f"t{len(self.made_up) + 1}"))
        self.reads[read] = None
        return None

    def _numbers(self, form: Affine) -> None:
        """Sizes that are written as numbers, so that no index may have their names."""
        for part in (form.offset, *(coefficient for _, coefficient in form.terms)):
            self.names |= part.names

    # -- extents

    def _unfixed(self) -> Iterator[Index]:
        """The indices whose extent has to be written, as the language infers the others from the reads."""
        plain: dict[Index, set[Size]] = {}
        shifted: list[tuple[Affine, Size]] = []
        for read in self.reads:
            for form, extent in zip(read.subscripts, read.tensor.extents, strict=True):
                index = form.plain
                if index is not None:
                    plain.setdefault(index, set()).add(extent)
                elif not read.guarded and not form.gathers:
                    shifted.append((form, extent))
        fixed = {index for index, found in plain.items() if found == {self.extents[index]}}
        given = {index for index in self.extents if index in plain and index not in fixed}
        unknown = [index for index in self.extents if index not in plain]
        yield from given
        known = fixed | given
        while unknown:
            ready = next((i for i in unknown if self._follows(i, known, shifted)), None)
            if ready is None:  # a window's extent rather than that of the axis it slides over
                ready = next((index for index in unknown if index not in self.axes), unknown[0])
                yield ready
            unknown.remove(ready)
            known.add(ready)

    def _follows(self, index: Index, known: set[Index], reads: Iterable[tuple[Affine, Size]]) -> bool:
        """Whether the largest extent that keeps these reads in range is the index's own."""
        found: list[Size] = []
        for form, extent in reads:
            slope = dict(form.terms).get(index)
            others = Affine(tuple((a, c) for a, c in form.terms if a is not index), form.offset)
            if slope is None or slope.value is None or slope.value <= 0 or any(a not in known for a, _ in others.terms):
                continue
            edges = self._bounds(others)
            if edges is not None:
                found.append((extent - 1 - edges[1]) // slope.value + 1)
        own = self.extents[index]
        return own in found and all(never_negative(other - own, 0) for other in found)

    def _bounds(self, form: Affine) -> tuple[Size, Size] | None:
        """The least and the greatest value of a subscript of tokens."""
        if form.gathers:
            return None
        places = {atom: Index(key) for key, (atom, _) in enumerate(form.terms) if isinstance(atom, Index)}
        local = move_affine(form, {atom: affine(index) for atom, index in places.items()})
        return bounds(local, tuple(self.extents[atom] for atom in places))

    def _astray(self, form: Affine, extent: Size) -> bool:
        """Whether a subscript may be out of range."""
        edges = self._bounds(form)
        return edges is None or not (never_negative(edges[0], 0) and never_negative(extent - 1 - edges[1], 0))

    # -- labels

    def _label(self) -> None:
        node, taken = self.root.node, set(self.names)
        for axis, index in enumerate(self.axes):
            box = next((key for key, form in self.root.place.items() if form.plain is index), None)
            wish, others = (
                (LETTERS[axis % len(LETTERS)], set(node.labels)) if box is None else (_wish(node, box.key), set())
            )
            self.labels[index] = _fresh(wish, taken | others)
            taken.add(self.labels[index])
        for scope in self.scopes.values():
            if not scope.bound:
                continue
            near = set(taken)
            for other in (*_reach(scope, "around"), *_reach(scope, "within")):
                near |= {self.labels[index] for index in other.bound if index in self.labels}
            for index in scope.bound:
                self.labels[index] = _fresh(_wish(scope.node, index.key[1]), near)
                near.add(self.labels[index])


def _wish(node: Map, key: int) -> str:
    return node.labels[key] if key < len(node.labels) else LETTERS[key % len(LETTERS)]


def _fresh(wish: str, taken: set[str]) -> str:
    """The label itself or, where it is taken, a free letter: k after j, else i."""
    if wish not in taken:
        return wish
    start = LETTERS[:4].find(wish) + 1
    numbered = (f"{wish}{number}" for number in range(1, len(taken) + 2))
    return next(label for label in (*LETTERS[start:], *LETTERS[:start], *numbered) if label not in taken)


def _reach(scope: Scope, direction: str) -> set[Scope]:
    """The scopes around this one, or within it, and this one."""
    found = {scope}
    pending = [scope]
    while pending:
        for other in getattr(pending.pop(), direction):
            if other not in found:
                found.add(other)
                pending.append(other)
    return found
