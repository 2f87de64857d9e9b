"""Scalar bodies put together, taken apart and changed; the kinds themselves stand in `kinds`.

Building a term folds numbers and flattens sums and products, and does no more: what a person wrote stays in the
order in which it was written. Walking uses no recursion, so a body may be as deep as it likes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from fractions import Fraction

from ..language.constant import MAX_BITS, MAX_DIGITS, TooLarge, bits
from ..language.constant import power as exact_power
from ..language.errors import GraphcError
from .kinds import (
    COMPARISONS,
    NOTHING,
    ONE,
    OPERATIONS,
    PIECEWISE,
    UNIT,
    ZERO,
    Affine,
    Apply,
    Index,
    Number,
    Position,
    Read,
    Reduce,
    Scalar,
    affine,
    show,
)
from .size import Sizelike

__all__ = [
    "COMPARISONS",
    "NOTHING",
    "ONE",
    "OPERATIONS",
    "PIECEWISE",
    "UNIT",
    "ZERO",
    "Affine",
    "Apply",
    "Index",
    "Number",
    "Position",
    "Read",
    "Reduce",
    "Scalar",
    "add",
    "affine",
    "apply",
    "divide",
    "gathers",
    "indices",
    "move",
    "move_affine",
    "mul",
    "negative",
    "number",
    "position",
    "power",
    "reads",
    "rebuilt",
    "replace",
    "rewrite",
    "show",
    "subtract",
    "transform",
    "walk",
    "where",
]


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
