"""Rules of differentiation as they are misremembered: each row breaks the judge's own forward rule in one way."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from .dag import Dag
from .forward import RULES, Forward

Rule = Callable[..., int]


@dataclass(frozen=True)
class Slip:
    """The rule that was meant, and what was done instead."""

    rule: str
    sentence: str


def _held(op: str) -> Rule:
    """The outer derivative alone: what the inner one gives is left out."""

    def rule(dag: Dag, node: int, args: tuple, moved: list) -> int:
        return RULES[op](dag, node, args, [None if part is None else dag.one for part in moved])

    return rule


def _turned(op: str) -> Rule:
    return lambda dag, node, args, moved: dag.negative(RULES[op](dag, node, args, moved))


def _own(slope: Callable[[Dag, int, int], int]) -> Rule:
    """Another derivative of a function of u whose value is y."""
    return lambda dag, node, args, moved: dag.mul((slope(dag, args[0], node), moved[0]))


def _one(dag: Dag, sign: int, node: int) -> int:
    return dag.add((dag.one, node if sign > 0 else dag.negative(node)))


def _factor_by_factor(dag: Dag, node: int, args: tuple, moved: list) -> int:
    parts = [part for part in moved if part is not None]
    still = [arg for arg, part in zip(args, moved, strict=True) if part is None]
    return dag.mul((*parts, *still))


def _first_factor(dag: Dag, node: int, args: tuple, moved: list) -> int:
    return _only(dag, node, args, moved, 0)


def _last_factor(dag: Dag, node: int, args: tuple, moved: list) -> int:
    return _only(dag, node, args, moved, -1)


def _only(dag: Dag, node: int, args: tuple, moved: list, which: int) -> int:
    chosen = [k for k, part in enumerate(moved) if part is not None][which]
    return RULES["mul"](dag, node, args, [part if k == chosen else None for k, part in enumerate(moved)])


def _minus(dag: Dag, node: int, args: tuple, moved: list) -> int:
    if sum(part is not None for part in moved) < 2:
        return RULES["mul"](dag, node, args, moved)
    first, last = _first_factor(dag, node, args, moved), _last_factor(dag, node, args, moved)
    return dag.add((first, dag.negative(last)))


def _quotient(sign: int, square: bool, both: bool = True, turned: bool = False) -> Rule:
    def rule(dag: Dag, node: int, args: tuple, moved: list) -> int:
        (above, below), (da, db) = args, moved
        if db is None and not turned:
            return RULES["div"](dag, node, args, moved)
        terms = []
        if da is not None:
            terms.append(dag.mul((da, below)))
        if db is not None:
            terms.append(dag.mul((dag.number(Fraction(sign)), above, db)))
        whole = dag.div(dag.add(terms), dag.power(below, Fraction(2)) if square else below)
        return dag.negative(whole) if turned else whole

    return rule


def _each(dag: Dag, node: int, args: tuple, moved: list) -> int:
    """u′/v′."""
    above, below = moved
    return RULES["div"](dag, node, args, moved) if above is None or below is None else dag.div(above, below)


def _power(exponent: Callable[[Fraction], Fraction], factor: bool = True, inner: bool = True) -> Rule:
    def rule(dag: Dag, node: int, args: tuple, moved: list) -> int:
        base, power = args
        parts = [dag.power(base, exponent(power))]
        parts += [dag.number(power)] if factor else []
        parts += [moved[0]] if inner else []
        return dag.mul(parts)

    return rule


def _as_power(dag: Dag, node: int, args: tuple, moved: list) -> int:
    """x·aˣ⁻¹."""
    base, exponent = args
    less = dag.add((exponent, dag.number(Fraction(-1))))
    part = moved[0] if moved[0] is not None else moved[1]
    return dag.mul((exponent, dag.raised(base, less), part))


def _without_log(dag: Dag, node: int, args: tuple, moved: list) -> int:
    part = moved[1] if moved[1] is not None else moved[0]
    return dag.mul((node, part))


def _other_side(op: str) -> Rule:
    return lambda dag, node, args, moved: RULES["min" if op == "max" else "max"](dag, node, args, moved)


INNER = "the inner derivative is missing: (f(u))' is f'(u)*u'"
WORDS = {
    "power": "the power",
    "exp": "exp",
    "log": "log",
    "sigma": "sigma",
    "tanh": "tanh",
    "sin": "sin",
    "cos": "cos",
    "abs": "abs",
    "softplus": "softplus",
    "erf": "erf",
}
PRODUCT = "(u*v)' is u'*v + u*v'"
QUOTIENT = "(u/v)' is (u'*v - u*v')/v**2"
POWER = "(u**k)' is k*u**(k - 1)*u'"

# rule, what it says, and the rules of differentiation that stand in the place of the right ones
BROKEN: tuple[tuple[str, str, Mapping[str, Rule]], ...] = (
    *(("chain rule", f"{INNER}, here of {word}", {op: _held(op)}) for op, word in WORDS.items() if op != "power"),
    ("chain rule", f"{INNER}, here of a power", {"power": _power(lambda k: k - 1, inner=False)}),
    ("product rule", f"{PRODUCT}; a product is not differentiated factor by factor", {"mul": _factor_by_factor}),
    ("product rule", f"{PRODUCT}; the second term is missing", {"mul": _first_factor}),
    ("product rule", f"{PRODUCT}; the first term is missing", {"mul": _last_factor}),
    ("product rule", f"{PRODUCT}, with a plus", {"mul": _minus}),
    ("quotient rule", f"{QUOTIENT}, with a minus", {"div": _quotient(1, True)}),
    ("quotient rule", f"{QUOTIENT}, the square below is missing", {"div": _quotient(-1, False)}),
    ("quotient rule", f"{QUOTIENT}; the terms stand the other way round", {"div": _quotient(-1, True, turned=True)}),
    ("quotient rule", f"{QUOTIENT}; a quotient is not differentiated above and below", {"div": _each}),
    ("power rule", f"{POWER}; the exponent goes down by one", {"power": _power(lambda k: k)}),
    ("power rule", f"{POWER}; the factor k is missing", {"power": _power(lambda k: k - 1, factor=False)}),
    ("power rule", f"{POWER}; the exponent goes down, not up", {"power": _power(lambda k: k + 1)}),
    ("exponential", "(a**u)' is log(a)*a**u*u'; the power rule is for a fixed exponent", {"raised": _as_power}),
    ("exponential", "(a**u)' is log(a)*a**u*u'; the factor log(a) is missing", {"raised": _without_log}),
    ("exponential", "exp(u)' is exp(u)*u', with no minus of its own", {"exp": _turned("exp")}),
    ("logarithm", "log(u)' is u'/u", {"log": _own(lambda dag, u, y: u)}),
    ("logarithm", "log(u)' is u'/u, with a plus", {"log": _turned("log")}),
    ("sigmoid", "sigma' is sigma*(1 - sigma)", {"sigma": _own(lambda dag, u, y: dag.mul((y, _one(dag, 1, y))))}),
    ("sigmoid", "sigma' is sigma*(1 - sigma)", {"sigma": _own(lambda dag, u, y: _one(dag, -1, y))}),
    ("sigmoid", "sigma' is sigma*(1 - sigma)", {"sigma": _own(lambda dag, u, y: y)}),
    ("sigmoid", "sigma' is sigma*(1 - sigma), with a plus", {"sigma": _turned("sigma")}),
    ("tanh", "tanh' is 1 - tanh**2", {"tanh": _own(lambda dag, u, y: _one(dag, 1, dag.power(y, Fraction(2))))}),
    ("tanh", "tanh' is 1 - tanh**2", {"tanh": _own(lambda dag, u, y: _one(dag, -1, y))}),
    (
        "tanh",
        "tanh' is 1 - tanh**2; h*(1 - h) is the derivative of sigma",
        {"tanh": _own(lambda dag, u, y: dag.mul((y, _one(dag, -1, y))))},
    ),
    ("sine and cosine", "sin' is cos", {"sin": _turned("sin")}),
    ("sine and cosine", "cos' is -sin", {"cos": _turned("cos")}),
    ("absolute value", "abs(u)' is sign(u)*u'", {"abs": _own(lambda dag, u, y: dag.one)}),
    ("absolute value", "abs(u)' is sign(u)*u', with a plus", {"abs": _turned("abs")}),
    ("maximum", "max(u, v)' is u' where u is the greater, v' where v is", {"max": _other_side("max")}),
    ("minimum", "min(u, v)' is u' where u is the smaller, v' where v is", {"min": _other_side("min")}),
)


class BrokenForward(Forward):
    """Forward differentiation by rules of which some are broken; `still` are tensors that are taken not to move."""

    def __init__(
        self, dag: Dag, by: int, within: int | None, rules: Mapping[str, Rule], still: frozenset[str] = frozenset()
    ) -> None:
        super().__init__(dag, by, within)
        self.rules, self.still = rules, still

    def _derivative(self, node: int) -> int | None:
        op = self.dag.op[node]
        if op == "ref" and self.dag.args[node][1] in self.still:
            return None
        if op not in self.rules:
            return super()._derivative(node)
        moved = [self._known[child] for child in self.dag.children(node)]
        if all(part is None for part in moved):
            return None
        return self.rules[op](self.dag, node, self.dag.args[node], moved)


class BrokenForwards(dict[Any, Forward]):
    """Those of one expansion, made when they are asked for."""

    def __init__(self, dag: Dag, rules: Mapping[str, Rule], still: frozenset[str] = frozenset()) -> None:
        super().__init__()
        self.dag, self.rules, self.still = dag, rules, still

    def get(self, key: Any, default: Any = None) -> Forward:
        if key not in self:
            self[key] = BrokenForward(self.dag, key[0], key[1], self.rules, self.still)
        return self[key]


def broken(names: list[str]) -> Iterator[tuple[Slip, Mapping[str, Rule], frozenset[str]]]:
    """Every way in which a derivative is taken wrongly; the paths through named tensors last."""
    for rule, sentence, rules in BROKEN:
        yield Slip(rule, sentence), rules, frozenset()
    for name in names:
        yield Slip("chain rule", f"the path through `{name}` is missing: every path counts"), {}, frozenset((name,))
