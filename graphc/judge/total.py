"""`dA/dB` as a total derivative. The grammar sees a division of two names; here the two are put together again."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Protocol

from ..language.errors import GraphcError
from ..language.expression import (
    Bound,
    Call,
    Compare,
    Expression,
    FloorQuotient,
    MatMul,
    Name,
    Negative,
    Power,
    Product,
    Quotient,
    Reduce,
    Subscript,
    Sum,
    Tuple,
)
from ..language.text import text

SECOND = re.compile(r"[0-9²]+")  # of `d2y/dx2`, behind the first d


class Total(Expression):
    """∂of/∂by: `by` is a name or one element of a tensor."""

    __slots__ = ("by", "of")

    def __init__(self, of: Expression, by: Expression) -> None:
        self.of, self.by = of, by
        self._measure()

    @property
    def children(self) -> tuple[Expression, ...]:
        return (self.of, self.by)


class Names(Protocol):
    """Which names there are."""

    @property
    def has_equations(self) -> bool: ...
    def is_known(self, name: str) -> bool: ...
    def is_defined(self, name: str) -> bool: ...
    def meant(self, name: str) -> str | None:
        """The known name that an unknown one is likely a slip for."""


def regroup(expression: Expression, names: Names) -> Expression:
    """The expression with each `dA/dB` made one: A is known, and no tensor is called dA or dB itself."""
    if not _worth(expression):
        return expression
    return _regrouped(expression, names)


@lru_cache(4096)
def mentioned(expression: Expression) -> frozenset[str]:
    """All names in an expression, bound or not, but for functions."""
    return frozenset(part.name for part in parts(expression) if isinstance(part, Name))


def parts(expression: Expression) -> list[Expression]:
    """The expression and all in it, each once, what stands outside first."""
    found: dict[Expression, None] = {}
    stack = [expression]
    while stack:
        part = stack.pop()
        if part not in found:
            found[part] = None
            stack.extend(reversed(part.children))
    return list(found)


@lru_cache(4096)
def _worth(expression: Expression) -> bool:
    return any(name.startswith("d") and len(name) > 1 for name in mentioned(expression)) or any(
        isinstance(part, Call) and part.function == "d" for part in parts(expression)
    )


def _regrouped(expression: Expression, names: Names) -> Expression:
    if isinstance(expression, Product | Quotient | MatMul):
        return _chain(expression, names)
    return rebuilt(expression, tuple(_regrouped(child, names) for child in expression.children))


def _chain(expression: Expression, names: Names) -> Expression:
    """`a*dL/dy*dy/dx` is ((a·dL/dy)·dy)/dx to the grammar: taken apart to its factors, and paired."""
    factors = _factors(expression)
    made: Expression | None = None
    place = 0
    while place < len(factors):
        sign, factor = factors[place]
        below = factors[place + 1] if place + 1 < len(factors) else None
        pair = _pair(factor, below[1], names) if below is not None and below[0] == "/" and sign != "/" else None
        made = _joined(made, sign, _regrouped(factor, names) if pair is None else pair)
        place += 1 if pair is None else 2
    assert made is not None
    return made


def _joined(made: Expression | None, sign: str, factor: Expression) -> Expression:
    if made is None:
        return factor
    if sign == "*":
        return Product((*made.factors, factor) if isinstance(made, Product) else (made, factor))
    return Quotient(made, factor) if sign == "/" else MatMul(made, factor)


def _factors(expression: Expression) -> list[tuple[str, Expression]]:
    """The factors along the left edge, each with the sign before it."""
    found: list[tuple[str, Expression]] = []
    while True:
        if isinstance(expression, Quotient | MatMul):
            found.append(("/" if isinstance(expression, Quotient) else "@", expression.right))
            expression = expression.left
        elif isinstance(expression, Product):
            found.extend(("*", factor) for factor in reversed(expression.factors[1:]))
            expression = expression.factors[0]
        else:
            found.append(("*", expression))
            return found[::-1]


def _pair(above: Expression, below: Expression, names: Names) -> Expression | None:
    signs = 0
    while isinstance(above, Negative):
        above, signs = above.operand, signs + 1
    of = _variable(above, names)
    # nothing moves with a name that is not there
    by = _variable(below, names, anything=of is not None)
    if by is None:
        if _named(below, names):
            _refuse(above, below, names)
        return None
    if of is None and isinstance(above, Call) and above.function == "d" and len(above.arguments) == 1:
        of = None if names.is_defined("d") else _regrouped(above.arguments[0], names)
    if of is None:
        _refuse(above, below, names)
        return None
    total: Expression = Total(of, by)
    for _ in range(signs):
        total = Negative(total)
    return total


def _variable(expression: Expression, names: Names, anything: bool = False) -> Expression | None:
    """`dy` as y and `dy[i]` as y[i], unless something is called dy."""
    name = _named(expression, names)
    if not name or not (anything or names.is_known(name)):
        return None
    return Subscript(Name(name), expression.subscripts) if isinstance(expression, Subscript) else Name(name)


def _named(expression: Expression, names: Names) -> str:
    base = expression.base if isinstance(expression, Subscript) else expression
    if not isinstance(base, Name) or not base.name.startswith("d") or names.is_defined(base.name):
        return ""
    return base.name[1:]


def _refuse(above: Expression, below: Expression, names: Names) -> None:
    """`dLoss/dw` where it is L that is known, or `d2y/dx2`: not the quotient of two free numbers."""
    name = _named(above, names)
    if not name or not (names.has_equations or names.meant(name)):
        return
    if SECOND.match(name):
        known = SECOND.sub("", name)
        of, by = known or "y", _named(below, names).rstrip("0123456789") or "x"
        error = GraphcError("a second derivative is written as the derivative of one", f"d(d{of}/d{by})/d{by}")
    else:
        error = GraphcError(f"nothing is called `{name}` here, so it has no derivative", names.meant(name))
    error.culprit = above  # type: ignore[attr-defined]
    raise error


def rebuilt(expression: Expression, children: tuple[Expression, ...]) -> Expression:
    """The same kind of expression with other children."""
    if children == expression.children:
        return expression
    match expression:
        case Call():
            count = len(expression.arguments)
            keys = [key for key, _ in expression.keywords]
            return Call(expression.function, children[:count], tuple(zip(keys, children[count:], strict=True)))
        case Subscript():
            return Subscript(children[0], children[1:])
        case Bound():
            return Bound(expression.name, children[0])
        case Reduce():
            return Reduce(expression.kind, children[:-1], children[-1])  # type: ignore[arg-type]
        case Compare():
            return Compare(children, expression.operators)
        case Sum() | Product() | Tuple():
            return type(expression)(children)
        case Negative() | Quotient() | FloorQuotient() | Power() | MatMul() | Total():
            return type(expression)(*children)
    raise AssertionError(type(expression))


def written(expression: Expression) -> Expression:
    """The expression as it was written, derivatives as divisions."""
    if isinstance(expression, Total):
        return Quotient(_marked(expression.of), _marked(expression.by))
    return rebuilt(expression, tuple(written(child) for child in expression.children))


def _marked(expression: Expression) -> Expression:
    match expression:
        case Name():
            return Name("d" + expression.name)
        case Subscript(base=Name() as base):
            return Subscript(Name("d" + base.name), tuple(written(place) for place in expression.subscripts))
    return Call("d", (written(expression),))


def text_of(what: Expression | str) -> str:
    """An expression for a message, cut if it is long."""
    if isinstance(what, str):
        return what
    shown = text(written(what)) if what.depth < 100 else "this"
    return f"`{shown}`" if len(shown) < 60 else f"`{shown[:57]}…`"
