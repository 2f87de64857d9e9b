"""One mistake in one formula: every way in which an expression can be written down slightly wrong.

Each row of `EDITS` is for one kind of expression and gives the expressions that stand in its place, each with the
code of its mistake. `edits` tries them at every place of a formula.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from fractions import Fraction
from itertools import combinations
from typing import Any

from graphc.syntax import (
    Bound,
    Call,
    Compare,
    Expression,
    FloorQuotient,
    MatMul,
    Name,
    Negative,
    Number,
    Power,
    Product,
    Quotient,
    Reduce,
    Subscript,
    Sum,
    Tuple,
    formulas,
)

Edit = tuple[Expression, str]
ONE = Number(Fraction(1))
REDUCTIONS = {"mean": ("sum", "missing-mean"), "sum": ("mean", "extra-mean")}  # what is taken for them
WHOLE_ROWS = ("softmax", "log_softmax", "layer_norm", "batch_norm")
# functions that leave the shape as it is, so that they can be left out
ELEMENTWISE = frozenset(
    (
        *("exp", "log", "sqrt", "abs", "sin", "cos", "tanh", "erf", "sign", "step"),
        *("sigma", "sigmoid", "σ", "softplus", "relu", "leaky_relu", "elu", "gelu", "silu"),
        *WHOLE_ROWS,
    )
)


def edits(expression: Expression) -> Iterator[Edit]:
    """The formula with one mistake in it, for each place and each mistake that can be made there."""
    for row in EDITS.get(type(expression), ()):
        yield from row(expression)
    for place, child in enumerate(expression.children):
        if isinstance(expression, Subscript) and place and not isinstance(child, Sum):
            continue  # a bare index is no formula; what is added to one is
        for changed, code in edits(child):
            made = with_child(expression, place, changed)
            if made is not None:
                yield made, "off-by-one" if isinstance(expression, Subscript) and place else code


def with_child(parent: Any, place: int, child: Expression) -> Expression | None:
    """The same kind of expression with another part in that place."""
    parts = list(parent.children)
    parts[place] = child
    return _rebuilt(parent, parts)


def with_parts(expression: Expression, change: Callable[[Expression], Expression]) -> Expression:
    """The same kind of expression with each of its parts changed; itself where none is, or where none can be."""
    parts = [change(child) for child in expression.children]
    if all(part is child for part, child in zip(parts, expression.children, strict=True)):
        return expression
    return _rebuilt(expression, parts) or expression


def _rebuilt(parent: Any, parts: list[Expression]) -> Expression | None:
    return REBUILT[type(parent)](parent, parts) if type(parent) in REBUILT else None


REBUILT: dict[type[Expression], Callable[[Any, list[Expression]], Expression]] = {
    Sum: lambda e, parts: added(parts),
    Product: lambda e, parts: multiplied(parts),
    Negative: lambda e, parts: Negative(parts[0]),
    Quotient: lambda e, parts: Quotient(*parts),
    FloorQuotient: lambda e, parts: FloorQuotient(*parts),
    Power: lambda e, parts: Power(*parts),
    MatMul: lambda e, parts: MatMul(*parts),
    Compare: lambda e, parts: Compare(tuple(parts), e.operators),
    Tuple: lambda e, parts: Tuple(tuple(parts)),
    Subscript: lambda e, parts: Subscript(parts[0], tuple(parts[1:])),
    Reduce: lambda e, parts: Reduce(e.kind, e.indices, parts[-1]),
    Call: lambda e, parts: Call(
        e.function,
        tuple(parts[: len(e.arguments)]),
        tuple((key, part) for (key, _), part in zip(e.keywords, parts[len(e.arguments) :], strict=True)),
    ),
}


def added(terms: list[Expression]) -> Expression:
    """A sum, flat where its first term is one."""
    flat = [*terms[0].terms, *terms[1:]] if isinstance(terms[0], Sum) else terms
    return flat[0] if len(flat) == 1 else Sum(tuple(flat))


def multiplied(factors: list[Expression]) -> Expression:
    flat = [*factors[0].factors, *factors[1:]] if isinstance(factors[0], Product) else factors
    return flat[0] if len(flat) == 1 else Product(tuple(flat))


# -- the mistakes, by the kind of expression


def _terms_left_out(sum_: Sum) -> Iterator[Edit]:
    for place in range(len(sum_.terms)):
        yield added([*sum_.terms[:place], *sum_.terms[place + 1 :]]), "missing-term"


def _terms_negated(sum_: Sum) -> Iterator[Edit]:
    for place, term in enumerate(sum_.terms):
        turned = term.operand if isinstance(term, Negative) else Negative(term)
        yield added([*sum_.terms[:place], turned, *sum_.terms[place + 1 :]]), "sign"


def _shifted(sum_: Sum) -> Iterator[Edit]:
    """One more or one less, where a whole number is added: `t - 1`."""
    for place, term in enumerate(sum_.terms):
        inner = term.operand if isinstance(term, Negative) else term
        if isinstance(inner, Number) and inner.value.denominator == 1 and inner.value:
            doubled = Number(inner.value + 1)
            turned = Negative(doubled) if isinstance(term, Negative) else doubled
            yield added([*sum_.terms[:place], turned, *sum_.terms[place + 1 :]]), "off-by-one"


def _factors_left_out(product: Product) -> Iterator[Edit]:
    for place, factor in enumerate(product.factors):
        rest = multiplied([*product.factors[:place], *product.factors[place + 1 :]])
        yield rest, "constant-factor" if _constant(factor) else "dropped-factor"


def _without_minus(negative: Negative) -> Iterator[Edit]:
    yield negative.operand, "sign"


def _quotients(quotient: Quotient) -> Iterator[Edit]:
    factor = "constant-factor" if _constant(quotient.right) else "dropped-factor"
    yield quotient.left, factor
    yield Product((*_factors(quotient.left), quotient.right)), factor
    yield Quotient(quotient.right, quotient.left), "swapped"


def _powers(power: Power) -> Iterator[Edit]:
    yield power.left, "dropped-factor"
    if isinstance(power.right, Name):
        yield Power(power.left, Sum((power.right, ONE))), "off-by-one"
        yield Power(power.left, Sum((power.right, Negative(ONE)))), "off-by-one"


def _calls(call: Call) -> Iterator[Edit]:
    if call.function in ELEMENTWISE:
        yield call.arguments[0], "dropped-factor"
        yield Call(call.function, (Negative(call.arguments[0]), *call.arguments[1:]), call.keywords), "sign"
    condition = call.function == "where"  # which stays where it is
    for left, right in combinations(range(condition, len(call.arguments)), 2):
        turned = list(call.arguments)
        turned[left], turned[right] = turned[right], turned[left]
        yield Call(call.function, tuple(turned), call.keywords), "swapped"
    if call.function in REDUCTIONS:
        other, code = REDUCTIONS[call.function]
        yield Call(other, call.arguments, call.keywords), code
    yield from _keywords(call)
    yield from _counts(call)


def _keywords(call: Call) -> Iterator[Edit]:
    for place, (key, value) in enumerate(call.keywords):
        rest = (*call.keywords[:place], *call.keywords[place + 1 :])
        if key == "axis":
            for axis in (0, 1, 2, -1):
                other = Number(Fraction(axis)) if axis >= 0 else Negative(Number(Fraction(-axis)))
                yield Call(call.function, call.arguments, (*rest, (key, other))), "wrong-axis"
        elif isinstance(value, Number):
            whole = value.value.denominator == 1
            without = "missing-term" if key == "eps" else "off-by-one" if whole else "constant-factor"
            yield Call(call.function, call.arguments, rest), without
            for step in (-1, 1):
                if value.value.denominator == 1 and value.value + step >= 0:
                    changed = (*rest, (key, Number(value.value + step)))
                    yield Call(call.function, call.arguments, changed), "off-by-one"


def _counts(call: Call) -> Iterator[Edit]:
    """Whole numbers among the arguments, one more or one less; those too that are left out: a stride, a padding."""
    counts = () if call.function in ("max", "min", "where") else call.arguments
    for place, argument in enumerate(counts):
        for other in _beside(argument):
            changed = (*call.arguments[:place], other, *call.arguments[place + 1 :])
            yield Call(call.function, changed, call.keywords), "off-by-one"
    given = {key for key, _ in call.keywords}
    for definition in formulas(call.function)[:1]:
        for parameter in definition.parameters[len(call.arguments) :]:
            if parameter.name not in given:
                others = _beside(parameter.default) if isinstance(parameter.default, Number) else [ONE]
                for other in others:
                    keywords = (*call.keywords, (parameter.name, other))
                    yield Call(call.function, call.arguments, keywords), "off-by-one"


def _beside(number: Expression | None) -> list[Number]:
    """The whole numbers beside a whole number."""
    if not isinstance(number, Number) or number.value.denominator != 1:
        return []
    return [Number(number.value + step) for step in (-1, 1) if number.value + step >= 0]


def unmasked(expression: Expression) -> Iterator[Edit]:
    """Every element takes the part of the largest: what the backward pass of a maximum is without its mask."""
    if isinstance(expression, Reduce) and expression.kind in ("max", "min"):
        yield Reduce("sum", expression.indices, expression.body), "dropped-factor"
    for place, child in enumerate(expression.children):
        for changed, code in unmasked(child):
            made = with_child(expression, place, changed)
            if made is not None:
                yield made, code


def _reductions(reduction: Reduce) -> Iterator[Edit]:
    other = REDUCTIONS.get(reduction.kind)
    if other is not None:
        yield Reduce(other[0], reduction.indices, reduction.body), other[1]
    if len(reduction.indices) > 1 and other is not None:
        for place, index in enumerate(reduction.indices):
            rest = (*reduction.indices[:place], *reduction.indices[place + 1 :])
            inner = Reduce(reduction.kind, rest, reduction.body)
            yield Reduce(other[0], (index,), inner), other[1]
    for place, index in enumerate(reduction.indices):
        rest = (*reduction.indices[:place], *reduction.indices[place + 1 :])
        first = put(reduction.body, index.name, Number(Fraction(0)))
        yield Reduce(reduction.kind, rest, first) if rest else first, "missing-sum"
    if other is not None:
        for index in reduction.indices:
            for inside in _all_but_one(reduction, index.name):
                left_out = Call("where", (inside, reduction.body, Number(Fraction(0))))
                yield Reduce(reduction.kind, reduction.indices, left_out), "off-by-one"
    if reduction.kind == "mean" and len(reduction.indices) == 1:
        yield _one_fewer(reduction), "off-by-one"
    if reduction.kind in ("max", "min"):
        yield Reduce("min" if reduction.kind == "max" else "max", reduction.indices, reduction.body), "swapped"


def put(expression: Expression, name: str, other: Expression) -> Expression:
    """Something else in the place of an index."""
    if isinstance(expression, Name):
        return other if expression.name == name else expression
    if isinstance(expression, Reduce) and name in {index.name for index in expression.indices}:
        return expression
    return with_parts(expression, lambda part: put(part, name, other))


def _all_but_one(reduction: Reduce, index: str) -> Iterator[Expression]:
    """What holds for all values of an index but the first, or the last."""
    yield Compare((Number(Fraction(0)), Name(index)), ("<",))
    if len(reduction.indices) == 1:
        other = f"{index}_"
        zero = Product((Number(Fraction(0)), put(reduction.body, index, Name(other))))
        count = Reduce("sum", (Bound(other, reduction.indices[0].extent),), Sum((ONE, zero)))
        yield Compare((Sum((Name(index), ONE)), count), ("<",))


def _one_fewer(mean: Reduce) -> Expression:
    """Divided by one less than there are elements, as an estimate of a variance is."""
    count = Reduce("sum", mean.indices, Sum((ONE, Product((Number(Fraction(0)), mean.body)))))
    return Quotient(Reduce("sum", mean.indices, mean.body), Sum((count, Negative(ONE))))


def _products(product: MatMul) -> Iterator[Edit]:
    yield MatMul(product.right, product.left), "swapped"
    yield MatMul(product.left, Call("transpose", (product.right,))), "transpose"
    yield MatMul(Call("transpose", (product.left,)), product.right), "transpose"


def _subscripts(subscript: Subscript) -> Iterator[Edit]:
    """Two subscripts exchanged: rows for columns."""
    for left, right in combinations(range(len(subscript.subscripts)), 2):
        turned = list(subscript.subscripts)
        turned[left], turned[right] = turned[right], turned[left]
        yield Subscript(subscript.base, tuple(turned)), "transpose"


def _constant(expression: Expression) -> bool:
    """Whether a factor is a number, written out."""
    return isinstance(expression, Number) or (
        bool(expression.children) and all(_constant(child) for child in expression.children)
    )


def _factors(expression: Expression) -> tuple[Expression, ...]:
    return expression.factors if isinstance(expression, Product) else (expression,)


EDITS: dict[type[Expression], tuple[Callable[[Any], Iterator[Edit]], ...]] = {
    Sum: (_terms_left_out, _terms_negated, _shifted),
    Product: (_factors_left_out,),
    Negative: (_without_minus,),
    Quotient: (_quotients,),
    Power: (_powers,),
    Call: (_calls,),
    Reduce: (_reductions,),
    MatMul: (_products,),
    Subscript: (_subscripts,),
}
