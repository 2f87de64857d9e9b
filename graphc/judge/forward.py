"""Derivatives of scalars, forward: the oracle that every other way of differentiating is held against.

The one place where derivatives of functions are written by hand, some twenty scalar functions, so that it shares
nothing with the rules it judges. `by` moves as if nothing defined it: the way down ends at it.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

from .dag import Dag


class Forward:
    """The derivative of any node by one node, remembered."""

    def __init__(self, dag: Dag, by: int, within: int | None = None) -> None:
        """`within` is the one named element that is looked into; all others are held."""
        self.dag, self.by, self.within = dag, by, within
        self._known: dict[int, int | None] = {by: dag.one}

    def __call__(self, root: int) -> int:
        if root not in self._known:
            for node in self.dag.below((root,)):
                if node not in self._known:
                    self._known[node] = self._derivative(node)
        found = self._known[root]
        return self.dag.zero if found is None else found

    def _derivative(self, node: int) -> int | None:
        """None is zero."""
        dag = self.dag
        op = dag.op[node]
        if op == "ref":
            if self._held(node):
                return None
            return self._known[dag.args[node][0]]
        moved = [self._known[child] for child in dag.children(node)]
        if not any(part is not None for part in moved) or op not in RULES:
            return None
        return RULES[op](dag, node, dag.args[node], moved)

    def _held(self, node: int) -> bool:
        return self.within is not None and node != self.within


def _sum(dag: Dag, node: int, args: tuple, moved: list) -> int:
    return dag.add(part for part in moved if part is not None)


def _product(dag: Dag, node: int, args: tuple, moved: list) -> int:
    """Each factor's derivative times all others, by products from the left and from the right."""
    count = len(args)
    left, right = [dag.one] * (count + 1), [dag.one] * (count + 1)
    if count > 4:
        for k in range(count):
            left[k + 1] = dag.mul((left[k], args[k]))
            right[count - k - 1] = dag.mul((right[count - k], args[count - k - 1]))
    terms = []
    for k, part in enumerate(moved):
        if part is not None:
            others = (left[k], right[k + 1]) if count > 4 else args[:k] + args[k + 1 :]
            terms.append(dag.mul((part, *others)))
    return dag.add(terms)


def _quotient(dag: Dag, node: int, args: tuple, moved: list) -> int:
    (above, below), (da, db) = args, moved
    terms = []
    if da is not None:
        terms.append(dag.div(da, below))
    if db is not None:
        terms.append(dag.negative(dag.div(dag.mul((above, db)), dag.power(below, Fraction(2)))))
    return dag.add(terms)


def _power(dag: Dag, node: int, args: tuple, moved: list) -> int:
    base, exponent = args
    return dag.mul((dag.number(exponent), dag.power(base, exponent - 1), moved[0]))


def _raised(dag: Dag, node: int, args: tuple, moved: list) -> int:
    (base, exponent), (db, de) = args, moved
    terms = []
    if db is not None:
        less = dag.add((exponent, dag.number(Fraction(-1))))
        terms.append(dag.mul((exponent, dag.raised(base, less), db)))
    if de is not None:
        terms.append(dag.mul((node, dag.apply("log", base), de)))
    return dag.add(terms)


def _where(dag: Dag, node: int, args: tuple, moved: list) -> int:
    yes, no = (dag.zero if part is None else part for part in moved[1:])
    return dag.apply("where", args[0], yes, no)


def _best(better: str) -> Callable[..., int]:
    def rule(dag: Dag, node: int, args: tuple, moved: list) -> int:
        found = dag.zero if moved[-1] is None else moved[-1]
        for k in range(len(args) - 2, -1, -1):
            least = args[k + 1] if k == len(args) - 2 else dag.node(dag.op[node], args[k + 1 :])
            own = dag.zero if moved[k] is None else moved[k]
            found = dag.apply("where", dag.apply(better, args[k], least), own, found)
        return found

    return rule


def _chain(slope: Callable[[Dag, int, int], int]) -> Callable[..., int]:
    def rule(dag: Dag, node: int, args: tuple, moved: list) -> int:
        return dag.mul((slope(dag, args[0], node), moved[0]))

    return rule


def _less_one(dag: Dag, node: int) -> int:
    """1 − node."""
    return dag.add((dag.one, dag.negative(node)))


def _bell(dag: Dag, u: int) -> int:
    """2/√π · exp(−u²)."""
    return dag.mul(
        (
            dag.number(Fraction(2)),
            dag.apply("exp", dag.negative(dag.power(u, Fraction(2)))),
            dag.power(dag.node("pi", ()), Fraction(-1, 2)),
        )
    )


# d/du of each function of one variable; `y` is its value. What is missing has derivative 0 where it has one.
RULES: dict[str, Callable[..., int]] = {
    "add": _sum,
    "mul": _product,
    "div": _quotient,
    "power": _power,
    "raised": _raised,
    "where": _where,
    "max": _best("ge"),
    "min": _best("le"),
    "exp": _chain(lambda dag, u, y: y),
    "log": _chain(lambda dag, u, y: dag.power(u, Fraction(-1))),
    "sin": _chain(lambda dag, u, y: dag.apply("cos", u)),
    "cos": _chain(lambda dag, u, y: dag.negative(dag.apply("sin", u))),
    "tanh": _chain(lambda dag, u, y: _less_one(dag, dag.power(y, Fraction(2)))),
    "erf": _chain(lambda dag, u, y: _bell(dag, u)),
    "sigma": _chain(lambda dag, u, y: dag.mul((y, _less_one(dag, y)))),
    "softplus": _chain(lambda dag, u, y: dag.apply("sigma", u)),
    "abs": _chain(lambda dag, u, y: dag.apply("sign", u)),
}
