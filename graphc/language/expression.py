"""What is written: the kinds of expression and statement of a `.net` file, interned and immutable.

Two texts that mean the same tree give the same object, and `parse(text(e)) is e`. Nothing here knows shapes.
Chains of `+` and of `*` are one node with many children, so a sum of 20,000 terms is not 20,000 levels deep.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction
from typing import NamedTuple

from ..interning import Interned


class Expression(metaclass=Interned):
    """Base of all kinds. `children` are the sub-expressions in the order in which they are written."""

    __slots__ = ("__weakref__", "depth")
    depth: int

    @property
    def children(self) -> tuple[Expression, ...]:
        return ()

    def _measure(self) -> None:
        self.depth = 1 + max((child.depth for child in self.children), default=0)

    def __repr__(self) -> str:
        from .text import text

        return text(self)


class Number(Expression):
    """An exact number: `0.1` is one tenth."""

    __slots__ = ("value",)

    def __init__(self, value: Fraction) -> None:
        self.value = value
        self._measure()


class Name(Expression):
    """A tensor, a size, an index or an argument: which of them is decided by who reads the name."""

    __slots__ = ("name",)

    def __init__(self, name: str) -> None:
        self.name = name
        self._measure()


class Call(Expression):
    """`function(a, b, key=c)`; a whole-tensor reduction such as `sum(x, axis=1)` is a call too."""

    __slots__ = ("function", "arguments", "keywords")  # noqa: RUF023

    def __init__(
        self, function: str, arguments: tuple[Expression, ...], keywords: tuple[tuple[str, Expression], ...] = ()
    ) -> None:
        self.function, self.arguments, self.keywords = function, arguments, keywords
        self._measure()

    @property
    def children(self) -> tuple[Expression, ...]:
        return self.arguments + tuple(value for _, value in self.keywords)


class Subscript(Expression):
    """`base[i, 2*p+r, tok[b,s]]`; the base is a name, a call or a bracketed expression."""

    __slots__ = ("base", "subscripts")

    def __init__(self, base: Expression, subscripts: tuple[Expression, ...]) -> None:
        self.base, self.subscripts = base, subscripts
        self._measure()

    @property
    def children(self) -> tuple[Expression, ...]:
        return (self.base, *self.subscripts)


class Ellipsis_(Expression):
    """`...` as a subscript: the leading axes, whatever they are (library formulas use it)."""

    __slots__ = ()

    def __init__(self) -> None:
        self._measure()


class Bound(Expression):
    """An index where it is bound: `i`, or `i<EXTENT`. Only in a reduction's brackets or on a left side."""

    __slots__ = ("name", "extent")  # noqa: RUF023

    def __init__(self, name: str, extent: Expression | None = None) -> None:
        self.name, self.extent = name, extent
        self._measure()

    @property
    def children(self) -> tuple[Expression, ...]:
        return () if self.extent is None else (self.extent,)


class Reduce(Expression):
    """`sum[j, k<3](body)`; kind is sum, mean, max, min, prod or logsumexp."""

    __slots__ = ("kind", "indices", "body")  # noqa: RUF023

    def __init__(self, kind: str, indices: tuple[Bound, ...], body: Expression) -> None:
        self.kind, self.indices, self.body = kind, indices, body
        self._measure()

    @property
    def children(self) -> tuple[Expression, ...]:
        return (*self.indices, self.body)


class Sum(Expression):
    """`a + b - c`, flat: a subtracted term is a `Negative`. Never fewer than two terms; the first is never a `Sum`."""

    __slots__ = ("terms",)

    def __init__(self, terms: tuple[Expression, ...]) -> None:
        self.terms = terms
        self._measure()

    @property
    def children(self) -> tuple[Expression, ...]:
        return self.terms


class Product(Expression):
    """`a * b * c`, flat. Never fewer than two factors; the first is never a `Product`."""

    __slots__ = ("factors",)

    def __init__(self, factors: tuple[Expression, ...]) -> None:
        self.factors = factors
        self._measure()

    @property
    def children(self) -> tuple[Expression, ...]:
        return self.factors


class Negative(Expression):
    """`-a`. As in Python it binds looser than `**` and tighter than `*`."""

    __slots__ = ("operand",)

    def __init__(self, operand: Expression) -> None:
        self.operand = operand
        self._measure()

    @property
    def children(self) -> tuple[Expression, ...]:
        return (self.operand,)


class _Pair(Expression):
    __slots__ = ("left", "right")

    def __init__(self, left: Expression, right: Expression) -> None:
        self.left, self.right = left, right
        self._measure()

    @property
    def children(self) -> tuple[Expression, ...]:
        return (self.left, self.right)


class Quotient(_Pair):
    """`a / b`."""

    __slots__ = ()


class FloorQuotient(_Pair):
    """`a // b`, for sizes and indices."""

    __slots__ = ()


class Power(_Pair):
    """`a ** b`, associating to the right."""

    __slots__ = ()


class MatMul(_Pair):
    """`a @ b`, with the precedence of `*`."""

    __slots__ = ()


class Compare(Expression):
    """`a < b`, or a chain `a < b <= c`. Operators are < <= > >= == !=."""

    __slots__ = ("operands", "operators")

    def __init__(self, operands: tuple[Expression, ...], operators: tuple[str, ...]) -> None:
        self.operands, self.operators = operands, operators
        self._measure()

    @property
    def children(self) -> tuple[Expression, ...]:
        return self.operands


class Tuple(Expression):
    """`(n, 400)`: a shape. One element is written `(n,)`."""

    __slots__ = ("items",)

    def __init__(self, items: tuple[Expression, ...]) -> None:
        self.items = items
        self._measure()

    @property
    def children(self) -> tuple[Expression, ...]:
        return self.items


class Span(NamedTuple):
    """Where an expression stands: `children` runs parallel to the expression's own. Lines and columns from 1.

    `column` is the token that makes the node: a name for names, calls and subscripts, the first operator for
    operators, the opening token for the rest. An argument that is given by name has the place of that too.
    """

    line: int
    column: int
    children: tuple[Span, ...] = ()
    keyword: Span | None = None


@dataclass(frozen=True)
class Declaration:
    """`input NAME[dims] : attributes` or `param NAME[dims] : start(value)`. An attribute is one of
    integer, binary (`in {0, 1}`), unit (`in (0, 1)`), one_hot, distribution."""

    kind: str  # input | param
    name: str
    dims: tuple[Expression, ...]  # Number or Name each
    attributes: tuple[str, ...]
    span: Span  # of the name; children are the dims
    start: Expression | None = None  # of a parameter: a number, or the Name of one of STARTS


@dataclass(frozen=True)
class Constant:
    """`const NAME = number`."""

    name: str
    value: Expression
    span: Span  # of the name; one child, the value


@dataclass(frozen=True)
class Equation:
    """`[output|loss] NAME = right` or `NAME[i, j<4] = right`; indices is None where no brackets are written."""

    name: str
    indices: tuple[Bound, ...] | None
    right: Expression
    span: Span  # of the name; children are the indices' spans, then the right side's
    mark: str | None = None  # output | loss


@dataclass(frozen=True)
class Parameter:
    """One argument of a defined function: `x`, `x[N,C]` (its axes named as sizes inside), or `slope=0.01`."""

    name: str
    dims: tuple[Expression, ...] | None = None
    default: Expression | None = None
    place: Span | None = field(default=None, compare=False)  # of the default


@dataclass(frozen=True)
class Definition:
    """`swish(z) = right` or `softmax(z)[n,i] = right` (a leading `...` among the indices stands for any axes)."""

    name: str
    parameters: tuple[Parameter, ...]
    indices: tuple[Expression, ...] | None  # Bound or Ellipsis_
    right: Expression
    span: Span  # of the name; children are the indices' spans, then the right side's


@dataclass(frozen=True)
class Mark:
    """`output a, b` or `loss L` on a line of its own."""

    kind: str  # output | loss
    names: tuple[str, ...]
    span: Span  # of the keyword; children are the names


Statement = Declaration | Constant | Equation | Definition | Mark


@dataclass(frozen=True)
class Source:
    """A text and what it is called in messages."""

    file: str
    text: str


@dataclass(frozen=True)
class NetText:
    """A whole `.net` file, parsed."""

    source: Source
    statements: tuple[Statement, ...]
