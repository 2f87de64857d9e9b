"""A node as text in the language: `a[i] = sum[j](x[i,j]*w[j]) + b`.

The text is what a person would write: quotients as quotients, differences as differences, roots as roots. Parsed again
it means the same. A scatter, which the language lacks, is a sum over the places that write to an element; as an
equation it is shown as it is computed, `out[n,2*p+r] += …`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from ..language import expression as e
from ..language.text import text
from .arithmetic import ZERO, raised, rational, scaled, signed, size_expression, times_size, total
from .inline import OPENED, NameOf, Opened, Scope
from .node import Leaf, Map, Node
from .scalar import (
    COMPARISONS,
    Affine,
    Apply,
    Index,
    Number,
    Position,
    Read,
    Scalar,
    affine,
    mul,
    position,
    power,
)
from .size import Size, size

Expression = e.Expression
WINNERS = {"argmax": "max", "argmin": "min"}
SIGNS = {"lt": "<", "le": "<=", "gt": ">", "ge": ">=", "eq": "==", "ne": "!="}


def own_name(node: Node) -> str | None:
    return node.name


def formula(node: Node, name_of: NameOf = own_name) -> str:
    """The right side of the node's equation. A tensor that `name_of` gives no name is written out in place."""
    if isinstance(node, Leaf):
        return text(rational(node.value)) if node.value is not None else node.name or node.kind
    assert isinstance(node, Map)
    return text(_Writer(Opened(node, name_of), strict=True).whole())


def equation(node: Node, name_of: NameOf = own_name) -> str:
    """The whole equation, for people: of a scatter what is added where, and `argmax` where it is meant."""
    assert isinstance(node, Leaf | Map)
    if isinstance(node, Leaf):
        return statement(node, name_of)
    if not _scatters(node):
        return _equation(node, name_of, strict=False)
    opened = Opened(_places(node), name_of)
    writer = _Writer(opened)
    left = _left(name_of(node) or "out", [writer.affine(form, opened.root) for form in node.write])
    return f"{f'inside({left})' if node.guarded else left} += {text(writer.whole())}"


def statement(node: Node, name_of: NameOf = own_name) -> str:
    """The equation or declaration as the language reads it."""
    if isinstance(node, Leaf):
        return _declaration(node, name_of(node) or "out")
    assert isinstance(node, Map)
    return _equation(node, name_of, strict=True)


def written(node: Map, name_of: NameOf = own_name, parts: int = OPENED) -> tuple[tuple[e.Bound, ...], Expression]:
    """The indices of an equation's left side and its right side; up to so many parts, everything is written out."""
    writer = _Writer(Opened(node, name_of, parts), strict=True)
    body = writer.whole()
    return tuple(map(writer.bound, writer.opened.axes)), body


def _equation(node: Map, name_of: NameOf, strict: bool) -> str:
    writer = _Writer(Opened(node, name_of), strict)
    left = _left(name_of(node) or "out", [writer.bound(index) for index in writer.opened.axes])
    return f"{left} = {text(writer.whole())}"


def _scatters(node: Map) -> bool:
    """Whether elements are added up where they are written, instead of each being computed by itself."""
    written = [form.plain for form in node.write]
    extents = [node.box[index.key] if index else None for index in written]
    return len(set(written)) < node.rank or tuple(extents) != node.extents


def _places(node: Map) -> Map:
    """What a scatter writes, over its whole box: the right side of `+=`."""
    identity = tuple(affine(Index(k)) for k in range(len(node.box)))
    return Map(None, node.box, node.box, identity, False, None, node.body, node.labels)


def _left(name: str, subscripts: Iterable[Expression]) -> str:
    subscripts = tuple(subscripts)
    return text(e.Subscript(e.Name(name), subscripts)) if subscripts else name


def _declaration(leaf: Leaf, name: str) -> str:
    if leaf.value is not None:
        return f"const {name} = {text(rational(leaf.value))}"
    words = {"binary": "in {0, 1}", "unit": "in (0, 1)"}
    said = [words.get(attribute, attribute) for attribute in leaf.attributes]
    if leaf.start is not None:
        said.append(f"start({leaf.start if isinstance(leaf.start, str) else text(rational(leaf.start))})")
    dims = f"[{', '.join(map(str, leaf.extents))}]" if leaf.extents else ""
    return f"{leaf.kind} {name}{dims}" + (f" : {', '.join(said)}" if said else "")


class _Writer:
    """Scalars to expressions, with a stack of its own in place of recursion.

    If `strict`, everything is said in words that the language has.
    """

    def __init__(self, opened: Opened, strict: bool = False) -> None:
        self.opened, self.strict = opened, strict
        self.done: dict[tuple[Scope | None, Scalar], Expression] = {}

    def whole(self) -> Expression:
        return self._opened_scope(self.opened.root)

    def bound(self, index: Index) -> e.Bound:
        extent = size_expression(self.opened.extents[index]) if index in self.opened.written else None
        return e.Bound(self.opened.labels[index], extent)

    def affine(self, form: Affine, scope: Scope) -> Expression:
        """A subscript of the scope's own indices."""
        return self._subscript(self.opened.placed(form, scope))

    # -- terms; a key with no scope is a read whose subscripts stand already as they are written

    def _expression(self, term: Scalar, scope: Scope | None) -> Expression:
        pending = [(scope, term)]
        while pending:
            key = pending[-1]
            if len(pending) > 1 and self.opened.sizes.get(key[1], 0) > self.opened.longest:
                self.done[key] = e.Name("…")
            missing = [need for need in self._needs(*key) if need not in self.done] if key not in self.done else []
            if missing:
                pending += missing
                continue
            pending.pop()
            if key not in self.done:
                self.done[key] = self._made(*key)
        return self.done[scope, term]

    def _needs(self, scope: Scope | None, term: Scalar) -> list[tuple[Scope | None, Scalar]]:
        if isinstance(term, Position):
            assert scope is not None
            return [(None, read) for read in self.opened.placed(term.affine, scope).gathers]
        if isinstance(term, Read):
            read = term if scope is None else self.opened.moved(term, scope)
            needs: list[tuple[Scope | None, Scalar]] = [(None, r) for form in read.subscripts for r in form.gathers]
            inner = self.opened.opens(read)
            if inner is not None:
                needs.append((inner, self._term(inner)[1]))
                needs += [(None, r) for pair in inner.conditions for form in pair for r in form.gathers]
            return needs
        return [(scope, child) for child in term.children]

    def _made(self, scope: Scope | None, term: Scalar) -> Expression:
        if isinstance(term, Number):
            return rational(term.value)
        if isinstance(term, Position):
            assert scope is not None
            return self._subscript(self.opened.placed(term.affine, scope))
        if isinstance(term, Read):
            return self._read(term if scope is None else self.opened.moved(term, scope))
        assert isinstance(term, Apply), f"{type(term).__name__} in a finished node"
        return OPERATIONS[term.operation]([self.done[scope, child] for child in term.arguments])

    def _read(self, read: Read) -> Expression:
        inner = self.opened.opens(read)
        if inner is not None:
            return self._opened_scope(inner)
        name: Expression = e.Name(self.opened.name(read.tensor))
        if read.subscripts:
            name = e.Subscript(name, tuple(map(self._subscript, read.subscripts)))
        return e.Call("inside", (name,)) if read.guarded else name

    def _opened_scope(self, scope: Scope) -> Expression:
        kind, term = self._term(scope)
        body = self._expression(term, scope)
        for written, target in reversed(scope.conditions):
            here = e.Compare((self._subscript(written), self._subscript(target)), ("==",))
            body = e.Call("where", (here, body, ZERO))
        bounds: Any = tuple(map(self.bound, scope.bound))
        if bounds and self.strict and kind in WINNERS:
            body = self._first_winner(scope, WINNERS[kind], bounds, body)
        elif bounds:
            body = e.Reduce(kind, bounds, body)
        for form, extent in reversed(scope.outside):
            place = self._subscript(form)
            here = e.Compare((ZERO, place, size_expression(extent)), ("<=", "<"))
            body = e.Call("where", (here, body, ZERO))
        return body

    def _first_winner(self, scope: Scope, kind: str, bounds: Any, body: Expression) -> Expression:
        """`argmax`, for which the language has no word: the least place at which the extreme is reached."""
        place, places = affine(0), size(1)
        for index in scope.bound:
            extent = self.opened.extents[index]
            place, places = place.scaled(extent) + affine(index), places * extent
        reached = e.Compare((body, e.Reduce(kind, bounds, body)), ("==",))
        return e.Reduce("min", bounds, e.Call("where", (reached, self._subscript(place), size_expression(places))))

    def _term(self, scope: Scope) -> tuple[str, Scalar]:
        """The reduction's kind and what it reduces."""
        kind, body = scope.node.reduce or "sum", scope.node.body
        if kind == "sum" and scope.bound and not scope.conditions:
            averaged = _averaged(body, [self.opened.extents[index] for index in scope.bound])
            if averaged is not None:
                return "mean", averaged
        return kind, body

    def _subscript(self, form: Affine) -> Expression:
        """`2*p + r - 1`; a sum that starts with a minus starts with its offset instead: `n - 1 - i`."""
        terms: list[Expression] = []
        for atom, coefficient in form.terms:
            inner = self._expression(atom, None) if isinstance(atom, Read) else e.Name(self.opened.labels[atom])
            terms.append(times_size(coefficient, inner))
        if form.offset.terms or not terms:
            offset = size_expression(form.offset)
            first = bool(terms) and signed(terms[0])[0] and not _minus_first(offset)
            terms.insert(0 if first else len(terms), offset)
        return total(terms)


def _averaged(body: Scalar, extents: Iterable[Size]) -> Scalar | None:
    """What a sum is the mean of: its body without the division by the number of places."""
    places = size(1)
    for extent in extents:
        places *= extent
    if not places.terms:
        return None
    share = power(position(places), -1)
    factors = body.arguments if isinstance(body, Apply) and body.operation == "mul" else ()
    if share not in factors:
        return None
    return mul(*(factor for factor in factors if factor is not share))


def _minus_first(size: Expression) -> bool:
    return signed(size.terms[0] if isinstance(size, e.Sum) else size)[0]


def _call(function: str) -> Callable[[list[Expression]], Expression]:
    return lambda arguments: e.Call(function, tuple(arguments))


def _comparison(sign: str) -> Callable[[list[Expression]], Expression]:
    return lambda sides: e.Compare(tuple(sides), (sign,))


def _where(arguments: list[Expression]) -> Expression:
    """Both conditions at once, which the language has no word for, are one inside the other."""
    condition, yes, no = arguments
    if isinstance(condition, e.Call) and condition.function == "where" and condition.arguments[2] is ZERO:
        first, second, _ = condition.arguments
        return _where([first, _where([second, yes, no]), no])
    return e.Call("where", (condition, yes, no))


def _and(both: list[Expression]) -> Expression:
    """`a < b` and `b < c` is `a < b < c`; else one is the condition of the other."""
    one, two = both
    if isinstance(one, e.Compare) and isinstance(two, e.Compare) and one.operands[-1] is two.operands[0]:
        return e.Compare(one.operands + two.operands[1:], one.operators + two.operators)
    return e.Call("where", (one, two, ZERO))


OPERATIONS: dict[str, Callable[[list[Expression]], Expression]] = {
    "add": total,
    "mul": scaled,
    "pow": lambda arguments: raised(*arguments),
    "where": _where,
    "and": _and,
    "pi": lambda nothing: e.Name("pi"),
    **{operation: _comparison(SIGNS[operation]) for operation in COMPARISONS},
    **{name: _call(name) for name in ("exp", "log", "sin", "cos", "tanh", "erf", "sigma", "softplus")},
    **{name: _call(name) for name in ("abs", "sign", "step", "max", "min")},
}
