"""What an atom's elements are: floats of the program's type, whole numbers or truths; and where they must change.

Only what may stand in a subscript is whole numbers: integers that are given, their copies, places, and the extremes of
such. What is computed is floats, so that t·t of integers does not wrap.
"""

from __future__ import annotations

from collections.abc import Sequence
from weakref import WeakKeyDictionary

from ..graph.node import Leaf, Map, Node
from ..graph.scalar import COMPARISONS, Apply, Number, Position, Read, Scalar

FIXED = {
    **dict.fromkeys((*COMPARISONS, "and"), "bool"),
    "bits": "bits",  # all ones where true, in integers as wide as the floats
    "nobits": "bits",  # all ones where false
    "nth": "tiny",  # a small number where true, else 0
}
UNTURNED = frozenset({"bits", "nobits", "keep", "select", "nth"})
EXACT = frozenset({"add", "mul", "sub", "neg", "square", "max", "min", "abs", "sign"})  # of whole numbers, again such
_known: WeakKeyDictionary[Node, str] = WeakKeyDictionary()


def kind(node: Node) -> str:
    """`float`, `int` or `bool`."""
    found = _known.get(node)
    if found is None:
        found = _known[node] = _kind(node)
    return found


def _kind(node: Node) -> str:
    if isinstance(node, Leaf):
        return "int" if node.integer else "float"
    assert isinstance(node, Map)
    if node.reduce in ("argmax", "argmin"):
        return "int"
    if not node.plain:
        return "float"
    if node.reduce in (None, "max", "min"):
        found = result(node.body)
        return "float" if found == "number" else found
    return "float"


def result(term: Scalar) -> str:
    """The kind of an operation's value; `number` where sizes and literals leave it open."""
    if isinstance(term, Read):
        return kind(term.tensor)
    if isinstance(term, Position):
        return "int" if term.affine.terms else "number"
    if isinstance(term, Number):
        return "number" if term.value.denominator == 1 else "float"
    assert isinstance(term, Apply)
    if term.operation in FIXED:
        return FIXED[term.operation]
    kinds = {result(argument) for argument in term.arguments} if term.operation in EXACT else {"float"}
    if kinds == {"number"}:
        return "number"
    return "tiny" if kinds == {"tiny"} and term.operation in ("max", "min") else "float"


def wanted(operation: str, arguments: Sequence[Scalar]) -> list[str]:
    """The kind that each argument must have; `any` where it may stay as it is."""
    if operation in COMPARISONS or operation in UNTURNED:
        return ["any"] * len(arguments)
    if operation == "and":
        return ["bool"] * len(arguments)
    value = result(Apply(operation, tuple(arguments)))
    if operation == "where":
        return ["bool", value, value]
    if operation == "mul" and any(result(argument) in ("float", "int") for argument in arguments):
        return ["any" if result(argument) == "bool" else "float" for argument in arguments]  # a mask as it is
    return [value] * len(arguments)
