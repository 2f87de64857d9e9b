"""Networks written in Python: leaves, the operators of nodes, and one formula as a whole operation.

Everything that is made here is a node, the same object that a `.net` file with the same equations gives.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from functools import cache
from numbers import Real
from typing import TYPE_CHECKING, Any

from ..language.errors import GraphcError, did_you_mean
from .size import Size, size

if TYPE_CHECKING:
    from .node import Leaf, Node

Shape = int | str | Size | Sequence[int | str | Size]

# What may be assumed of an input, as in the language.
ASSUMPTIONS = {
    "integer": "integer",
    "in {0, 1}": "binary",
    "in (0, 1)": "unit",
    "one_hot": "one_hot",
    "distribution": "distribution",
}


def input(name: str, shape: Shape = (), assume: str | Sequence[str] = ()) -> Leaf:
    """A tensor that is given at each call. `assume` is `integer`, `in {0, 1}`, `in (0, 1)`, `one_hot`, `distribution`.

    Sizes are whole numbers or names: `gc.input("x", ("n", 2))`.
    """
    return _leaf("input", name, shape, [assume] if isinstance(assume, str) else assume)


def param(name: str, shape: Shape = (), start: str | float | Fraction | None = None) -> Leaf:
    """A tensor that is learned. It starts with a number, or by a rule such as `he`, else by how it is used."""
    return _leaf("param", name, shape, (), _start(name, start))


def const(name: str, value: int | float | Fraction) -> Leaf:
    """A fixed number with a name."""
    from .node import Leaf

    return Leaf("const", _name(name), (), (), Fraction(value if isinstance(value, int | Fraction) else repr(value)))


def op(formula: str) -> Callable[..., Node]:
    """A function of nodes from one line of the language: `gc.op("swish(z) = z * sigma(z)")`."""
    from .functions import define

    return define(formula)


def library_names() -> list[str]:
    """Every function of the library."""
    from .functions import names

    return [name for name in names() if name.isidentifier() and name != "inside"]


@cache
def library_function(name: str) -> Callable[..., Node] | None:
    """A function of the library as a function of nodes, or None where there is none of that name."""
    if name not in library_names():
        return None

    def function(*arguments: Any, **keywords: Any) -> Node:
        from .functions import call

        return call(name, arguments, keywords)

    function.__name__ = function.__qualname__ = name
    function.__doc__ = _formula(name)
    return function


def _formula(name: str) -> str:
    from ..language.text import statement_text
    from .library import formulas

    table = formulas()
    return "\n".join(map(statement_text, table[name])) if name in table else f"{name}, as in the language"


def _leaf(kind: str, name: str, shape: Shape, assume: Sequence[str], start: Fraction | str | None = None) -> Leaf:
    from .node import Leaf

    attributes = []
    for one in assume:
        if one not in ASSUMPTIONS:
            raise GraphcError(f"`{one}` is no known assumption", did_you_mean(one, ASSUMPTIONS))
        attributes.append(ASSUMPTIONS[one])
    sizes = (shape,) if isinstance(shape, int | str | Size) else tuple(shape)
    return Leaf(kind, _name(name), tuple(_size(name, one) for one in sizes), tuple(attributes), None, start)


def _start(name: str, given: str | float | Fraction | None) -> Fraction | str | None:
    from ..language.build import STARTS

    if given is None or (isinstance(given, str) and given in STARTS):
        return given
    if isinstance(given, str):
        known = did_you_mean(given, STARTS) or f"there are {', '.join(STARTS)}"
        raise GraphcError(f"there is no rule `{given}` to start by", known)
    try:
        return Fraction(given if isinstance(given, int | Fraction) else repr(float(given)))
    except (TypeError, ValueError):
        raise GraphcError(f"`{name}` starts with a number or by a rule, not with {given!r}") from None


def _name(name: str) -> str:
    from ..language.names import first_stray, normalised

    if not isinstance(name, str) or not name or first_stray(normalised(name)) is not None:
        raise GraphcError(f"{name!r} cannot be a name", "letters, digits and `_`, not starting with a digit")
    return normalised(name)


def _size(name: str, one: int | str | Size) -> Size:
    if isinstance(one, str):
        return size(_name(one))
    if isinstance(one, Size):
        return one
    try:
        whole = one.__index__()
    except AttributeError:
        raise GraphcError(f"a size of `{name}` is {one!r}: neither a whole number nor a name") from None
    if whole < 0:
        raise GraphcError(f"a size of `{name}` is {whole}, below 0")
    return size(whole)


def _binary(operation: str, swapped: bool = False) -> Callable[[Any, Any], Any]:
    def method(self: Any, other: Any) -> Any:
        from .functions import binary
        from .node import Node

        if not isinstance(other, Node | Real | Size):
            return NotImplemented
        return binary(operation, other, self) if swapped else binary(operation, self, other)

    return method


class Operators:
    """Arithmetic on nodes. `==` stays identity: nodes that are made alike are one object."""

    # NumPy arrays leave `array + node` to the node, which says what is wrong with it
    __array_ufunc__ = None

    __add__, __radd__ = _binary("add"), _binary("add", swapped=True)
    __sub__, __rsub__ = _binary("sub"), _binary("sub", swapped=True)
    __mul__, __rmul__ = _binary("mul"), _binary("mul", swapped=True)
    __truediv__, __rtruediv__ = _binary("div"), _binary("div", swapped=True)
    __pow__, __rpow__ = _binary("pow"), _binary("pow", swapped=True)
    __matmul__, __rmatmul__ = _binary("matmul"), _binary("matmul", swapped=True)
    __lt__, __le__, __gt__, __ge__ = _binary("lt"), _binary("le"), _binary("gt"), _binary("ge")

    def __neg__(self: Any) -> Any:
        from .functions import negative

        return negative(self)

    def __abs__(self: Any) -> Any:
        from .functions import call

        return call("abs", [self])

    def __pos__(self: Any) -> Any:
        return self

    @property
    def T(self: Any) -> Any:
        """The axes in reverse order."""
        from .functions import call

        return call("transpose", [self])

    def __getitem__(self: Any, places: Any) -> Any:
        """Elements and slices, as NumPy counts them: `x[0]`, `x[:, 1:3]`, `x[..., ::2]`."""
        from .slicing import sliced

        return sliced(self, places if isinstance(places, tuple) else (places,))

    def __bool__(self) -> bool:
        raise GraphcError(
            "a node has no truth: its elements are known when the program runs", "write gc.where(c, a, b)"
        )

    def __iter__(self) -> Any:
        raise GraphcError("a node is no sequence of its elements", 'write a formula with indices: gc.op("f(x)[i] = …")')
