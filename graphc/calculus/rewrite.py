"""The rewrite engine: rules are equations between bodies, matched up to the order of sums and products."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from ..graph.scalar import Apply, Index, Position, Scalar, affine, apply, mul, negative, number, rebuilt, transform
from .log import Log

Binding = dict[Scalar, Scalar]
Rules = tuple["Rule", ...]


def any_(name: str) -> Scalar:
    """A variable of a rule: it stands for any body."""
    return Position(affine(Index(("any", name))))


def _is_variable(pattern: Scalar) -> bool:
    return isinstance(pattern, Position) and bool(pattern.affine.terms) and pattern.affine.terms[0][0].key[0] == "any"  # type: ignore[union-attr]


@dataclass(frozen=True)
class Rule:
    """`left = right` wherever both sides are defined, and why one wants the right side."""

    name: str
    left: Scalar
    right: Scalar
    why: str


def opposite(term: Scalar) -> Scalar:
    """−term, with the sign taken inside a sum that starts with a minus: −(−a + b) is a − b."""
    if isinstance(term, Apply) and term.operation == "add":
        first = term.arguments[0]
        if isinstance(first, Apply) and first.operation == "mul" and first.arguments[0] is MINUS:
            return apply("add", *map(negative, term.arguments))
    return negative(term)


MINUS = number(-1)


def match(pattern: Scalar, term: Scalar, binding: Binding) -> Iterator[Binding]:
    """Every way in which the pattern is the term."""
    if _is_variable(pattern):
        if binding.get(pattern, term) is term:
            yield {**binding, pattern: term}
    elif isinstance(pattern, Apply) and pattern.operation == "mul" and pattern.arguments[0] is MINUS:
        yield from match(mul(*pattern.arguments[1:]), opposite(term), binding)
    elif pattern is term:
        yield binding
    elif isinstance(pattern, Apply) and isinstance(term, Apply) and pattern.operation == term.operation:
        if len(pattern.arguments) != len(term.arguments):
            return
        if pattern.operation in ("add", "mul"):
            for found, _ in match_some(pattern.arguments, term.arguments, binding):
                yield found
        else:
            yield from _match_all(pattern.arguments, term.arguments, binding)


def _match_all(patterns: Sequence[Scalar], terms: Sequence[Scalar], binding: Binding) -> Iterator[Binding]:
    if not patterns:
        yield binding
        return
    for found in match(patterns[0], terms[0], binding):
        yield from _match_all(patterns[1:], terms[1:], found)


def match_some(
    patterns: Sequence[Scalar], terms: Sequence[Scalar], binding: Binding
) -> Iterator[tuple[Binding, tuple[Scalar, ...]]]:
    """The patterns matched by distinct terms in any order, with the terms that are left over."""
    if not patterns:
        yield binding, tuple(terms)
        return
    for place, term in enumerate(terms):
        for found in match(patterns[0], term, binding):
            yield from match_some(patterns[1:], [*terms[:place], *terms[place + 1 :]], found)


def apply_rule(rule: Rule, term: Scalar) -> Scalar | None:
    """The term rewritten at its root, or None; in a sum or product a part of it may match."""
    left = rule.left
    if isinstance(left, Apply) and left.operation in ("add", "mul") and isinstance(term, Apply):
        if term.operation == left.operation and len(term.arguments) >= len(left.arguments):
            for binding, rest in match_some(left.arguments, term.arguments, {}):
                return apply(left.operation, *rest, instantiate(rule.right, binding))
        return None
    for binding in match(left, term, {}):
        return instantiate(rule.right, binding)
    return None


def instantiate(pattern: Scalar, binding: Binding) -> Scalar:
    def change(part: Scalar) -> Scalar | None:
        if part in binding:
            return binding[part]
        if isinstance(part, Apply) and part.operation == "mul" and part.arguments[0] is MINUS:
            return opposite(instantiate(mul(*part.arguments[1:]), binding))
        return None

    return transform(pattern, change)


def rewrite(term: Scalar, rules: Rules, log: Log | None = None) -> Scalar:
    """The rules applied from the leaves up until none applies; each application is recorded."""
    memo: dict[Scalar, Scalar] = {}
    table = _by_operation(rules)

    def visit(part: Scalar) -> Scalar:
        if not isinstance(part, Apply):
            return part
        if part not in memo:
            now = rebuilt(part, tuple([visit(child) for child in part.arguments]))
            memo[part] = once(now)
        return memo[part]

    def once(now: Scalar) -> Scalar:
        for rule in table.get(now.operation, ()) if isinstance(now, Apply) else ():
            after = apply_rule(rule, now)
            if after is not None and after is not now:
                if log is not None:
                    log.record(rule.name, now, after)
                return visit(after)
        return now

    return visit(term)


@lru_cache(maxsize=8)
def _by_operation(rules: Rules) -> dict[str, list[Rule]]:
    """The rules that may apply to a term, by its operation."""
    table: dict[str, list[Rule]] = {}
    for rule in rules:
        assert isinstance(rule.left, Apply)
        table.setdefault(rule.left.operation, []).append(rule)
    return table
