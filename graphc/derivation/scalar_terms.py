"""Between what is written and what calculus works on: a formula's reads are leaves that remember how they were written.

So the rules of calculus and the order of terms are those of the bodies of nodes, and what comes back is written as a
person writes it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from fractions import Fraction
from functools import cache

from ..calculus.derivative import FORMULAS, derivative
from ..calculus.rules import EXPONENTIAL
from ..calculus.structure import placeholder
from ..graph.library import formulas
from ..graph.scalar import (
    OPERATIONS as ARITY,
)
from ..graph.scalar import (
    Affine,
    Apply,
    Index,
    Number,
    Position,
    Scalar,
    add,
    affine,
    apply,
    divide,
    mul,
    negative,
    power,
    replace,
)
from ..graph.text import OPERATIONS, SIGNS, rational
from ..language import expression as e

Expression = e.Expression
COMPARED = {sign: operation for operation, sign in SIGNS.items()}


def leaf(expression: Expression) -> Scalar:
    """A read, an index or an introduced name: calculus does not look into it."""
    return Position(affine(Index(("written", expression))))


def leaf_of(term: Scalar) -> Expression | None:
    """How a leaf is written."""
    if isinstance(term, Position) and isinstance(term.affine, Affine) and term.affine.terms:
        key = term.affine.terms[0][0].key  # type: ignore[union-attr]
        return key[1] if isinstance(key, tuple) and key[0] == "written" else None
    return None


def term(expression: Expression) -> Scalar:
    """The formula as calculus takes it; what it has no operation for is a leaf."""
    memo: dict[Expression, Scalar] = {}
    stack = [expression]
    while stack:
        part = stack[-1]
        missing = [inner for inner in _entered(part) if inner not in memo] if part not in memo else []
        if missing:
            stack += missing
            continue
        stack.pop()
        if part not in memo:
            memo[part] = _made(part, [memo[inner] for inner in _entered(part)])
    return memo[expression]


def _entered(part: Expression) -> tuple[Expression, ...]:
    """The children that are scalars themselves."""
    if isinstance(part, e.Call):
        known = part.function == "sqrt" or (part.function in ARITY and not part.keywords)
        return part.arguments if known else ()
    inside = (e.Sum, e.Product, e.Quotient, e.Power, e.Negative, e.Compare)
    return part.children if isinstance(part, inside) else ()


def _made(part: Expression, inner: list[Scalar]) -> Scalar:
    if isinstance(part, e.Number):
        return Number(part.value)
    if isinstance(part, e.Call) and part.function == "sqrt":
        return power(inner[0], Fraction(1, 2))
    if isinstance(part, e.Call) and inner:
        return apply(part.function, *inner)
    if isinstance(part, e.Name) and part.name == "pi":
        return Apply("pi", ())
    if isinstance(part, e.Compare):
        tests = [apply(COMPARED[sign], a, b) for sign, a, b in zip(part.operators, inner, inner[1:], strict=False)]
        whole = tests[0]
        for test in tests[1:]:
            whole = apply("and", whole, test)
        return whole
    make = MAKE.get(type(part))
    return make(*inner) if make else leaf(part)


MAKE: dict[type[Expression], Callable[..., Scalar]] = {
    e.Sum: add,
    e.Product: mul,
    e.Quotient: divide,
    e.Power: power,
    e.Negative: negative,
}


def written(whole: Scalar) -> Expression:
    """The formula as a person writes it."""
    memo: dict[Scalar, Expression] = {}
    stack = [whole]
    while stack:
        part = stack[-1]
        missing = [child for child in part.children if child not in memo] if part not in memo else []
        if missing:
            stack += missing
            continue
        stack.pop()
        if part not in memo:
            memo[part] = _written(part, [memo[child] for child in part.children])
    return memo[whole]


def _written(part: Scalar, inner: list[Expression]) -> Expression:
    if isinstance(part, Number):
        return rational(part.value)
    if isinstance(part, Apply):
        return OPERATIONS[part.operation](inner)
    found = leaf_of(part)
    assert found is not None, f"{part!r} was not written"
    return found


def walked(expression: Expression) -> Iterator[Expression]:
    """Every distinct part."""
    seen: set[Expression] = set()
    stack = [expression]
    while stack:
        part = stack.pop()
        if part not in seen:
            seen.add(part)
            yield part
            stack.extend(part.children)


def names(expression: Expression) -> set[str]:
    """Every name that occurs, in subscripts too."""
    return {part.name for part in walked(expression) if isinstance(part, e.Name)}


def expanded(expression: Expression, functions: Mapping[str, e.Definition]) -> Expression:
    """Calls of functions of scalars replaced by what they stand for, down to the operations that calculus knows."""
    if not expression.children:
        return expression
    children = tuple(expanded(child, functions) for child in expression.children)
    whole = rebuilt(expression, children)
    if isinstance(whole, e.Call) and whole.function not in ARITY and whole.function != "sqrt":
        definition = _definition(whole.function, functions)
        if definition is not None and definition.indices is None:
            return expanded(substituted(definition.right, _bound(definition, whole)), functions)
    return whole


def _definition(name: str, functions: Mapping[str, e.Definition]) -> e.Definition | None:
    if name in functions:
        return functions[name]
    found = formulas().get(name, ())
    return found[0] if found else None


def _bound(definition: e.Definition, call: e.Call) -> dict[Expression, Expression]:
    given = dict(call.keywords)
    given |= {p.name: a for p, a in zip(definition.parameters, call.arguments, strict=False)}
    return {e.Name(p.name): given.get(p.name, p.default) for p in definition.parameters}  # type: ignore[misc]


def substituted(expression: Expression, mapping: Mapping[Expression, Expression]) -> Expression:
    """Whole parts replaced by others, everywhere."""
    if expression in mapping:
        return mapping[expression]
    if not expression.children:
        return expression
    return rebuilt(expression, tuple(substituted(child, mapping) for child in expression.children))


def rebuilt(whole: Expression, children: tuple[Expression, ...]) -> Expression:
    """The same kind of expression over other children; a sum in front of a sum is one sum."""
    if children == whole.children:
        return whole
    if isinstance(whole, e.Call):
        count = len(whole.arguments)
        keys = (key for key, _ in whole.keywords)
        return e.Call(whole.function, children[:count], tuple(zip(keys, children[count:], strict=True)))
    if isinstance(whole, e.Subscript):
        return e.Subscript(children[0], children[1:])
    if isinstance(whole, e.Reduce):
        return e.Reduce(whole.kind, children[:-1], children[-1])  # type: ignore[arg-type]
    if isinstance(whole, e.Bound):
        return e.Bound(whole.name, children[0])
    if isinstance(whole, e.Compare):
        return e.Compare(children, whole.operators)
    if isinstance(whole, e.Sum | e.Product):
        first = children[0].children if isinstance(children[0], type(whole)) else children[:1]
        return type(whole)((*first, *children[1:]))
    if isinstance(whole, e.Tuple):
        return e.Tuple(children)
    return type(whole)(*children)


def _tanh(z: Scalar) -> Scalar:
    """The quotient of exponentials that a rule knows as tanh."""
    rule = next(rule for rule in EXPONENTIAL if isinstance(rule.right, Apply) and rule.right.operation == "tanh")
    return replace(rule.left, dict.fromkeys(rule.right.children, z))


# The operations with a name of their own, and the formulas that they stand for.
STAND_FOR: dict[str, Callable[[Scalar], Scalar]] = {**FORMULAS, "tanh": _tanh}


@cache
def slope(operation: str) -> Scalar:
    """The derivative of an operation of one argument, at the leaf `blank()`."""
    return derivative(Apply(operation, (blank(),)), blank())  # type: ignore[arg-type]


def blank() -> Scalar:
    """The argument of an operation that is differentiated by itself."""
    return placeholder(0)
