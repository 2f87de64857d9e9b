"""The scalar body of a tensor: numbers, positions, reads and operations on them, interned and immutable.

A body says what one element is. It reads tensors at subscripts that are affine in the indices of the box (or
gathered through an integer tensor). Building a term folds numbers and flattens sums and products, and does no
more: what a person wrote stays in the order in which it was written.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from ..interning import Interned
from ..language.constant import MAX_BITS, MAX_DIGITS, TooLarge, bits
from ..language.constant import power as exact_power
from ..language.errors import GraphcError
from .size import Size, Sizelike, size

if TYPE_CHECKING:
    from .node import Node


UNIT, NOTHING = size(1), size(0)


class Index(metaclass=Interned):
    """A bound index. In a finished node `key` is its place in the box; while an equation is read, any token."""

    __slots__ = ("__weakref__", "key")

    def __init__(self, key: Any) -> None:
        self.key = key

    def __repr__(self) -> str:
        return f"m{self.key}" if isinstance(self.key, int) else str(self.key)


class Affine(metaclass=Interned):
    """`offset + Σ coefficient·atom`; an atom is an `Index`, or a `Read` of an integer tensor (a gather)."""

    __slots__ = ("__weakref__", "offset", "terms")

    def __init__(self, terms: tuple[tuple[Index | Read, Size], ...], offset: Size) -> None:
        self.terms, self.offset = terms, offset

    @property
    def plain(self) -> Index | None:
        """The index, where the subscript is just that."""
        if len(self.terms) == 1 and not self.offset.terms:
            atom, coefficient = self.terms[0]
            if isinstance(atom, Index) and coefficient.value == 1:
                return atom
        return None

    @property
    def gathers(self) -> tuple[Read, ...]:
        return tuple(atom for atom, _ in self.terms if isinstance(atom, Read))

    def __add__(self, other: Affine) -> Affine:
        total = dict(self.terms)
        for atom, coefficient in other.terms:
            total[atom] = total.get(atom, size(0)) + coefficient
        return Affine(tuple((a, c) for a, c in total.items() if c.terms), self.offset + other.offset)

    def scaled(self, factor: Sizelike) -> Affine:
        factor = size(factor)
        if factor is UNIT:
            return self
        if not factor.terms:
            return Affine((), size(0))
        return Affine(tuple((a, c * factor) for a, c in self.terms), self.offset * factor)

    def __repr__(self) -> str:
        parts = [f"{c}*{a!r}" if c.value != 1 else repr(a) for a, c in self.terms]
        return " + ".join(parts + [str(self.offset)] * bool(self.offset.terms or not parts))


def affine(value: Index | Read | Sizelike | Affine) -> Affine:
    """An index, an integer read or a size, as a subscript."""
    if isinstance(value, Affine):
        return value
    if isinstance(value, (Index, Read)):
        return Affine(((value, UNIT),), NOTHING)
    return Affine((), size(value))


class Scalar(metaclass=Interned):
    """Base of the kinds of scalar. `children` are scalars; subscripts are not among them."""

    __slots__ = ("__weakref__",)
    depth = 0

    @property
    def children(self) -> tuple[Scalar, ...]:
        return ()

    def __repr__(self) -> str:
        return show(self)


class Number(Scalar):
    """An exact rational."""

    __slots__ = ("value",)

    def __init__(self, value: Fraction) -> None:
        self.value = value


class Position(Scalar):
    """An index expression or a size used as a number."""

    __slots__ = ("affine",)

    def __init__(self, affine: Affine) -> None:
        self.affine = affine


class Read(Scalar):
    """One element of a tensor. A guarded read is 0 where a subscript falls outside."""

    __slots__ = ("guarded", "subscripts", "tensor")

    def __init__(self, tensor: Node, subscripts: tuple[Affine, ...], guarded: bool = False) -> None:
        self.tensor, self.subscripts, self.guarded = tensor, subscripts, guarded


class Apply(Scalar):
    """An operation of the table `OPERATIONS` on scalars."""

    __slots__ = ("arguments", "depth", "operation")

    def __init__(self, operation: str, arguments: tuple[Scalar, ...]) -> None:
        self.operation, self.arguments = operation, arguments
        self.depth = 1 + max([argument.depth for argument in arguments], default=0)

    @property
    def children(self) -> tuple[Scalar, ...]:
        return self.arguments


class Reduce(Scalar):
    """A reduction in the middle of a body: only while an equation is read, then it becomes a node of its own.

    With kind None it marks a part that is to be a node because it is used more than once.
    """

    __slots__ = ("body", "indices", "kind")

    def __init__(self, kind: str | None, indices: tuple[Index, ...], body: Scalar) -> None:
        self.kind, self.indices, self.body = kind, indices, body

    @property
    def children(self) -> tuple[Scalar, ...]:
        return (self.body,)


# How many arguments each operation takes; None is any number. Comparisons give 1 or 0. `step` is 1 above 0, else 0.
OPERATIONS: dict[str, int | None] = {
    "add": None, "mul": None, "pow": 2,
    "exp": 1, "log": 1, "sin": 1, "cos": 1, "tanh": 1, "erf": 1, "sigma": 1, "softplus": 1,
    "abs": 1, "sign": 1, "step": 1, "max": 2, "min": 2,
    "lt": 2, "le": 2, "gt": 2, "ge": 2, "eq": 2, "ne": 2, "and": 2, "where": 3, "pi": 0,
}  # fmt: skip
COMPARISONS = frozenset({"lt", "le", "gt", "ge", "eq", "ne"})
PIECEWISE = frozenset({"abs", "sign", "step", "max", "min", "where", "and"}) | COMPARISONS

ZERO, ONE = Number(Fraction(0)), Number(Fraction(1))


def number(value: int | float | Fraction) -> Number:
    return Number(Fraction(value))


def position(value: Index | Sizelike | Affine) -> Scalar:
    """An index or size as a number; a known integer is simply that number."""
    form = affine(value)
    if not form.terms and form.offset.value is not None:
        return number(form.offset.value)
    return Position(form)


def add(*terms: Scalar) -> Scalar:
    flat: list[Scalar] = []
    total, place = Fraction(0), None
    for term in terms:
        for part in term.children if isinstance(term, Apply) and term.operation == "add" else (term,):
            if isinstance(part, Number):
                place = len(flat) if place is None else place
                total = _writable(total + part.value)
            else:
                flat.append(part)
    if total and place is not None:
        flat.insert(place, Number(total))
    return ZERO if not flat else flat[0] if len(flat) == 1 else Apply("add", tuple(flat))


def mul(*factors: Scalar) -> Scalar:
    """A product; its number, if any, comes first."""
    flat: list[Scalar] = []
    constant = Fraction(1)
    for factor in factors:
        for part in factor.children if isinstance(factor, Apply) and factor.operation == "mul" else (factor,):
            if isinstance(part, Number):
                constant = _writable(constant * part.value)
            else:
                flat.append(part)
    if constant == 0:
        return ZERO
    if constant != 1 or not flat:
        flat.insert(0, Number(constant))
    return flat[0] if len(flat) == 1 else Apply("mul", tuple(flat))


def negative(term: Scalar) -> Scalar:
    return mul(number(-1), term)


def subtract(left: Scalar, right: Scalar) -> Scalar:
    return add(left, negative(right))


def power(base: Scalar, exponent: Scalar | int | Fraction) -> Scalar:
    exponent = exponent if isinstance(exponent, Scalar) else number(exponent)
    if exponent is ONE:
        return base
    if exponent is ZERO or base is ONE:
        return ONE
    if isinstance(exponent, Number):
        p = exponent.value
        if isinstance(base, Number):
            known = _power(base.value, p)
            if known is not None:
                return Number(known)
        if isinstance(base, Apply) and base.operation == "pow" and p.denominator == 1:
            inner, q = base.arguments
            if isinstance(q, Number) and (q.value.denominator == 1 or p == -1):
                return power(inner, Number(q.value * p))
    return Apply("pow", (base, exponent))


def _power(base: Fraction, exponent: Fraction) -> Fraction | None:
    """The power, where it is a short fraction; `9**9**9` is refused before it fills the memory."""
    try:
        value = exact_power(base, exponent)
    except TooLarge:
        raise _too_long() from None
    return value if value is not None and bits(value) <= 1024 else None


def _writable(value: Fraction) -> Fraction:
    if bits(value) > MAX_BITS:
        raise _too_long()
    return value


def _too_long() -> GraphcError:
    return GraphcError(f"a number here would have more than {MAX_DIGITS} digits")


def divide(left: Scalar, right: Scalar) -> Scalar:
    return mul(left, power(right, -1))


def apply(operation: str, *arguments: Scalar) -> Scalar:
    """The operation, by its own constructor where it has one."""
    special: dict[str, Callable[..., Scalar]] = {"add": add, "mul": mul, "pow": power, "where": where}
    return special[operation](*arguments) if operation in special else Apply(operation, arguments)


def where(condition: Scalar, yes: Scalar, no: Scalar) -> Scalar:
    if yes is no:
        return yes
    if isinstance(condition, Number):
        return yes if condition.value else no
    return Apply("where", (condition, yes, no))


def rebuilt(term: Scalar, children: tuple[Scalar, ...]) -> Scalar:
    """The same kind of term over other children."""
    if isinstance(term, Apply):
        return term if children == term.arguments else apply(term.operation, *children)
    if isinstance(term, Reduce):
        return Reduce(term.kind, term.indices, children[0])
    return term


def transform(
    term: Scalar, change: Callable[[Scalar], Scalar | None], memo: dict[Scalar, Scalar] | None = None
) -> Scalar:
    """Replace parts from the top: where `change` gives a term, that stands and is not entered again."""
    memo = {} if memo is None else memo
    entered: set[Scalar] = set()
    stack = [term]
    while stack:
        part = stack[-1]
        if part in memo:
            stack.pop()
        elif part in entered:
            memo[part] = rebuilt(part, tuple([memo[child] for child in part.children]))
            stack.pop()
        else:
            found = change(part)
            children = part.children
            if found is not None or not children:
                memo[part] = part if found is None else found
                stack.pop()
            else:
                entered.add(part)
                stack.extend(reversed(children))
    return memo[term]


def rewrite(term: Scalar, change: Callable[[Scalar], Scalar]) -> Scalar:
    """Replace parts from the bottom: `change` gets each distinct part with its children already replaced."""
    memo: dict[Scalar, Scalar] = {}
    entered: set[Scalar] = set()
    stack = [term]
    while stack:
        part = stack[-1]
        if part in memo:
            stack.pop()
        elif part in entered or not part.children:
            memo[part] = change(rebuilt(part, tuple([memo[child] for child in part.children])))
            stack.pop()
        else:
            entered.add(part)
            stack.extend(reversed(part.children))
    return memo[term]


def replace(term: Scalar, mapping: Mapping[Scalar, Scalar]) -> Scalar:
    """Whole parts replaced by others."""
    return transform(term, mapping.get)


def move(term: Scalar, indices: Mapping[Index, Affine]) -> Scalar:
    """Put subscripts in place of indices, everywhere in the body."""
    memo: dict[Scalar, Scalar] = {}

    def change(part: Scalar) -> Scalar | None:
        if isinstance(part, Read):
            return Read(part.tensor, tuple(move_affine(s, indices) for s in part.subscripts), part.guarded)
        if isinstance(part, Position):
            return position(move_affine(part.affine, indices))
        return None

    return transform(term, change, memo)


def move_affine(form: Affine, indices: Mapping[Index, Affine]) -> Affine:
    plain = form.plain
    if plain is not None:
        return indices.get(plain, form)
    total = Affine((), form.offset)
    for atom, coefficient in form.terms:
        if isinstance(atom, Read):
            total += affine(move(atom, indices)).scaled(coefficient)  # type: ignore[arg-type]
        else:
            total += indices.get(atom, affine(atom)).scaled(coefficient)
    return total


def walk(term: Scalar) -> Iterator[Scalar]:
    """Every distinct part, parents first, in the order in which they are written."""
    seen: set[Scalar] = set()
    stack = [term]
    while stack:
        part = stack.pop()
        if part not in seen:
            seen.add(part)
            yield part
            stack.extend(reversed(part.children))


def reads(term: Scalar) -> list[Read]:
    """The distinct reads of a body in written order, without those inside subscripts."""
    return [part for part in walk(term) if isinstance(part, Read)]


def gathers(term: Scalar) -> list[Read]:
    """The distinct integer reads inside subscripts and positions, nested ones too."""
    found: dict[Read, None] = {}

    def enter(forms: Iterable[Affine]) -> None:
        for form in forms:
            for read in form.gathers:
                if read not in found:
                    found[read] = None
                    enter(read.subscripts)

    for part in walk(term):
        if isinstance(part, Read):
            enter(part.subscripts)
        elif isinstance(part, Position):
            enter((part.affine,))
    return list(found)


def indices(term: Scalar) -> dict[Index, None]:
    """The distinct indices that a body depends on, in written order; those bound inside it are left out."""
    found: dict[Index, None] = {}
    bound: set[Index] = set()

    def enter(form: Affine) -> None:
        for atom, _ in form.terms:
            if isinstance(atom, Index):
                found[atom] = None
            else:
                for inner in atom.subscripts:
                    enter(inner)

    for part in walk(term):
        if isinstance(part, Read):
            for form in part.subscripts:
                enter(form)
        elif isinstance(part, Position):
            enter(part.affine)
        elif isinstance(part, Reduce):
            bound.update(part.indices)
    return {index: None for index in found if index not in bound}


def show(term: Scalar) -> str:
    """For debugging; people read `graph.text`."""
    if isinstance(term, Number):
        return str(term.value)
    if isinstance(term, Position):
        return repr(term.affine)
    if isinstance(term, Read):
        name = term.tensor.name or f"t{id(term.tensor) % 9973}"
        return f"{name}[{','.join(map(repr, term.subscripts))}]" + "?" * term.guarded
    if isinstance(term, Reduce):
        return f"{term.kind}{list(term.indices)}({term.body!r})"
    assert isinstance(term, Apply)
    infix = {"add": " + ", "mul": "*", "pow": "**"}.get(term.operation)
    if infix:
        return "(" + infix.join(map(repr, term.arguments)) + ")"
    return f"{term.operation}({', '.join(map(repr, term.arguments))})"
