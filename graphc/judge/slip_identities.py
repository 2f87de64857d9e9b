"""Identities that do not hold and are often used: what a part of a line becomes by each of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from fractions import Fraction

from ..language.expression import (
    Call,
    Expression,
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
)
from .repair_tree import put, sites
from .slip_rules import Slip

TWO = Number(Fraction(2))
HALF = Quotient(Number(Fraction(1)), TWO)
LINEAR = frozenset(
    ("relu", "sigma", "tanh", "exp", "log", "abs", "sqrt", "sin", "cos", "softplus", "silu", "gelu", "step")
)
Becomes = Callable[[Expression], Iterator[Expression]]


def _termwise(part: Expression) -> Iterator[Expression]:
    """f(a + b) as f(a) + f(b)."""
    if isinstance(part, Call) and part.function in LINEAR and len(part.arguments) == 1:
        (inner,) = part.arguments
        if isinstance(inner, Sum):
            yield Sum(tuple(_under(term, lambda u: Call(part.function, (u,))) for term in inner.terms))
        if isinstance(inner, Reduce) and inner.kind in ("sum", "mean"):
            yield Reduce(inner.kind, inner.indices, Call(part.function, (inner.body,)))


def _under(term: Expression, change: Callable[[Expression], Expression]) -> Expression:
    return Negative(change(term.operand)) if isinstance(term, Negative) else change(term)


def _power_termwise(part: Expression) -> Iterator[Expression]:
    if isinstance(part, Power) and isinstance(part.left, Sum):
        yield Sum(tuple(_under(term, lambda u: Power(u, part.right)) for term in part.left.terms))
    if isinstance(part, Power) and isinstance(part.left, Reduce) and part.left.kind in ("sum", "mean"):
        yield Reduce(part.left.kind, part.left.indices, Power(part.left.body, part.right))


def _root(part: Expression) -> Iterator[Expression]:
    """√(a² + b²) as a + b, and √(a²) as a."""
    if isinstance(part, Call) and part.function == "sqrt" and isinstance(part.arguments[0], Sum):
        terms = part.arguments[0].terms
        if all(isinstance(term, Power) and term.right is TWO for term in terms):
            yield Sum(tuple(term.left for term in terms if isinstance(term, Power)))


def _square_root(part: Expression) -> Iterator[Expression]:
    if isinstance(part, Call) and part.function == "sqrt":
        inner = part.arguments[0]
        if isinstance(inner, Power) and inner.right is TWO:
            yield inner.left
    if isinstance(part, Call) and part.function == "abs":
        yield part.arguments[0]


def _reciprocal(part: Expression) -> Iterator[Expression]:
    if isinstance(part, Quotient) and isinstance(part.right, Sum):
        yield Sum(tuple(_under(term, lambda u: Quotient(part.left, u)) for term in part.right.terms))


def _logarithm(part: Expression) -> Iterator[Expression]:
    """log(a·b) as log a · log b, log(a/b) as log a / log b, log a · log b as log(a + b)."""
    if isinstance(part, Call) and part.function == "log":
        (inner,) = part.arguments
        if isinstance(inner, Product):
            yield Product(tuple(Call("log", (factor,)) for factor in inner.factors))
        if isinstance(inner, Quotient):
            yield Quotient(Call("log", (inner.left,)), Call("log", (inner.right,)))
            top = Call("log", (inner.left,))
            if isinstance(inner.right, Reduce):
                yield Sum((top, Negative(Reduce("sum", inner.right.indices, Call("log", (inner.right.body,))))))


def _homogeneous(part: Expression) -> Iterator[Expression]:
    """f(c·x) as c·f(x), and f(A)@B as f(A@B)."""
    if isinstance(part, Call) and part.function in LINEAR and len(part.arguments) == 1:
        (inner,) = part.arguments
        if isinstance(inner, Product):
            for k, factor in enumerate(inner.factors):
                rest = (*inner.factors[:k], *inner.factors[k + 1 :])
                yield Product((factor, Call(part.function, (rest[0] if len(rest) == 1 else Product(rest),))))
        if isinstance(inner, Negative):
            yield Negative(Call(part.function, (inner.operand,)))
        if isinstance(inner, Quotient):
            yield Quotient(Call(part.function, (inner.left,)), inner.right)
    if isinstance(part, Reduce) and part.kind in ("max", "min"):
        if isinstance(part.body, Negative):
            yield Negative(Reduce(part.kind, part.indices, part.body.operand))
        if isinstance(part.body, Product):
            first, *others = part.body.factors
            body = others[0] if len(others) == 1 else Product(tuple(others))
            yield Product((first, Reduce(part.kind, part.indices, body)))
    if isinstance(part, MatMul) and isinstance(part.left, Call) and part.left.function in LINEAR:
        inner = part.left.arguments[0]
        yield Call(part.left.function, (MatMul(inner, part.right),))
        if isinstance(inner, MatMul):
            yield Call(part.left.function, (MatMul(inner.left, MatMul(inner.right, part.right)),))


def _sum_of_products(part: Expression) -> Iterator[Expression]:
    """Σ a·b as Σ a · Σ b, and back; (Σ a)² as Σ a²."""
    if isinstance(part, Reduce) and part.kind in ("sum", "mean") and isinstance(part.body, Product):
        yield Product(tuple(Reduce(part.kind, part.indices, factor) for factor in part.body.factors))
    if isinstance(part, Product):
        reductions = [factor for factor in part.factors if isinstance(factor, Reduce)]
        if len(reductions) == 2 and all(len(one.indices) == 1 for one in reductions):
            from .repair_tree import renamed

            one, two = reductions
            body = renamed(two.body, {two.indices[0].name: one.indices[0].name})
            rest = tuple(factor for factor in part.factors if factor not in reductions)
            whole = Reduce(one.kind, one.indices, Product((one.body, body)))
            yield Product((*rest, whole)) if rest else whole
    if isinstance(part, Reduce) and len(part.indices) > 1:
        first, *others = part.indices
        for other in others:
            from .repair_tree import renamed

            rest_ = tuple(index for index in part.indices if index is not other)
            yield Reduce(part.kind, rest_, renamed(part.body, {other.name: first.name}))


def _transposed(part: Expression) -> Iterator[Expression]:
    if isinstance(part, Call) and part.function == "transpose" and isinstance(part.arguments[0], MatMul):
        inner = part.arguments[0]
        yield MatMul(Call("transpose", (inner.left,)), Call("transpose", (inner.right,)))


def _commuted(part: Expression) -> Iterator[Expression]:
    if isinstance(part, MatMul):
        yield MatMul(part.right, part.left)


def _exponents(part: Expression) -> Iterator[Expression]:
    """(aᵐ)ⁿ as aᵐ⁺ⁿ, aᵐ·aⁿ as aᵐⁿ, exp a · exp b as exp(a·b)."""
    if isinstance(part, Power) and isinstance(part.left, Power):
        yield Power(part.left.left, Sum((part.left.right, part.right)))
    if isinstance(part, Product):
        exps = [f.arguments[0] for f in part.factors if isinstance(f, Call) and f.function == "exp"]
        if len(exps) == len(part.factors):
            yield Call("exp", (Product(tuple(exps)),))
        powers = [f for f in part.factors if isinstance(f, Power)]
        if len(powers) == len(part.factors) and len({p.left for p in powers}) == 1:
            yield Power(powers[0].left, Product(tuple(p.right for p in powers)))


def _single(part: Expression) -> Iterator[Expression]:
    """y² as y, which holds for 0 and 1."""
    if isinstance(part, Power) and isinstance(part.left, (Name, Subscript)):
        yield part.left


IDENTITIES: tuple[tuple[str, str, Becomes], ...] = (
    ("square of a sum", "a power of a sum is no sum of powers: (a + b)**2 is a**2 + 2*a*b + b**2", _power_termwise),
    ("square root", "sqrt(a**2 + b**2) is not a + b", _root),
    ("square root", "sqrt(x**2) is abs(x), which is x only where x is not negative", _square_root),
    ("reciprocal", "1/(a + b) is not 1/a + 1/b", _reciprocal),
    ("logarithm", "log(a*b) is log(a) + log(b), and log(a/b) is log(a) - log(b)", _logarithm),
    ("sum", "a function of a sum is no sum of its values", _termwise),
    ("linearity", "a factor or a matrix may be taken out of linear functions only", _homogeneous),
    ("sum", "a sum of products is no product of sums", _sum_of_products),
    ("transpose", "the transpose of A @ B is transpose(B) @ transpose(A)", _transposed),
    ("matrix product", "A @ B is not B @ A", _commuted),
    ("exponents", "(a**m)**n is a**(m*n), and a**m*a**n is a**(m + n)", _exponents),
    ("power", "y**2 is y only where y is 0 or 1", _single),
)


def misused(line: Expression) -> Iterator[tuple[Slip, Expression]]:
    """The line as each of them would rewrite it, at one place."""
    for rule, sentence, becomes in IDENTITIES:
        for site in sites(line, ()):
            for new in becomes(site.part):
                whole = put(line, site.path, new)
                if whole is not None:
                    yield Slip(rule, sentence), whole
