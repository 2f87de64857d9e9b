"""The checks of an exercise as its file has them, each read strictly and held against the model."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from difflib import get_close_matches
from keyword import iskeyword
from math import prod
from typing import Any

import graphc as gc

from .document import Document
from .exercise import Check, slope
from .fields import Key, above_zero, fields, line, lines, options, shown, sizes, truth, whole

CALL = re.compile(r"\s*([^\W\d]\w*)\s*\(\s*([^\W\d]\w*(?:\s*,\s*[^\W\d]\w*)*)?\s*\)\s*")
ANSWER = re.compile(r"[^\W\d]\w*\s*(\[\s*[^\W\d]\w*\s*(,\s*[^\W\d]\w*\s*)*\])?")

EVERY = {
    "name": Key(line, needed=True),
    "kind": Key(line, needed=True),
    "points": Key(above_zero, needed=True),
    "seconds": Key(above_zero),
    "memory_mb": Key(whole),
    "tolerance": Key(above_zero),
    "sizes": Key(sizes),
    "forbid": Key(lines),
    "reveal": Key(truth),
}
CODE = EVERY | {
    "call": Key(line, needed=True),
    "returns": Key(lines, needed=True),
    "upstream": Key(line),
}
MOST_NUMBERS = 10_000_000  # in a tensor that is drawn
KINDS: Mapping[str, Mapping[str, Key]] = {
    "code": CODE,
    "formula": EVERY | {"answer": Key(line, needed=True), "equals": Key(line, needed=True)},
    "derivation": EVERY | {"show": Key(line, needed=True)},
    "number": EVERY | {"equals": Key(line, needed=True), "answer": Key(line)},
    "net": EVERY | {"require": Key(lines, needed=True), "train": Key(options)},
    "kernel": CODE,
}
TABLE = "check"
NO_KERNELS = "this version compiles no kernels, so a Triton function has nothing to be graded against"


def checks_of(document: Document, tables: Any, network: gc.Network | None) -> tuple[Check, ...]:
    """All checks, in the order of the file; their names are different."""
    if not isinstance(tables, list) or not tables or not all(isinstance(table, dict) for table in tables):
        raise document.error("a check is a table [[check]]", TABLE)
    found: dict[str, Check] = {}
    for number, table in enumerate(tables):

        def error(message: str, key: str = "", hint: str | None = None, number: int = number) -> Any:
            return document.error(message, key, TABLE, number, hint)

        kind = table.get("kind")
        keys = KINDS.get(kind, EVERY) if isinstance(kind, str) else EVERY
        if isinstance(kind, str) and kind not in KINDS:
            raise error(f"there is no kind `{kind}`", "kind", f"there are {', '.join(KINDS)}")
        check = Check(**fields(document, table, keys, TABLE, number))
        if check.name in found:
            raise error(f"there are two checks `{check.name}`", "name")
        if check.kind == "kernel":
            raise error(NO_KERNELS, "kind", "write the check as `code`, or leave it out")
        if network is None and check.kind != "net":
            raise error(
                f"a check of the kind {check.kind} needs a model", "kind", 'write model = "model.net" at the top'
            )
        if check.kind in OF_KIND:
            OF_KIND[check.kind](check, network, error)
        found[check.name] = check
    return tuple(found.values())


Error = Callable[..., Any]


def _code(check: Check, network: gc.Network, error: Error) -> None:
    if CALL.fullmatch(check.call) is None:
        raise error(f"`call` is a function and its arguments as in f(x, w), not {shown(check.call)}", "call")
    for name in (check.function, *check.arguments):
        if iskeyword(name):
            raise error(f"`{name}` is a word of Python's own, and no name", "call")
    for name in check.arguments:
        if check.arguments.count(name) > 1:
            raise error(f"`{name}` is there twice", "call")
        if name not in network and name != check.upstream:
            raise error(f"the model has no tensor `{name}`", "call", _near(name, network))
    if check.upstream is not None and check.upstream not in check.arguments:
        raise error(f"`{check.upstream}` is no argument of {check.call}", "upstream")
    if check.upstream is not None and check.upstream in network:
        raise error(f"the model has a tensor `{check.upstream}` of its own", "upstream", "call the gradient otherwise")
    for text in check.returns:
        if check.returns.count(text) > 1:
            raise error(f"`{text}` is there twice", "returns")
        of, by = slope(text, network)
        if by is None and check.upstream is not None:
            raise error(f"with an upstream gradient, what is returned is a derivative, not `{text}`", "returns")
        _derived(text, of, by, network, error)
    _known_sizes(check, network, error)


def _derived(text: str, of: str, by: str | None, network: gc.Network, error: Error) -> Any:
    """The node that is asked for; whatever the graph says against it is said at `returns`."""
    if of.startswith("("):
        inner = _derived(of[1:-1], *slope(of[1:-1], network), network, error)
    elif of in network:
        inner = network[of]
    else:
        raise error(f"the model has no tensor `{of}`", "returns", _near(of, network))
    if by is None:
        return inner
    if by not in network:
        raise error(f"the model has no tensor `{by}`", "returns", _near(by, network))
    try:
        return gc.grad(inner, network[by])
    except gc.GraphcError as problem:
        raise error(f"`{text}` cannot be derived: {problem.message}", "returns", problem.hint) from None


def _known_sizes(check: Check, network: gc.Network, error: Error) -> None:
    free = {size for leaf in (*network.inputs, *network.params) for size in leaf.shape if isinstance(size, str)}
    for sizes_ in check.sizes:
        for name in sizes_:
            if name not in free:
                hint = f"it has {', '.join(sorted(free))}" if free else None
                raise error(f"the model has no free size `{name}`", "sizes", hint)
        for leaf in (*network.inputs, *network.params):
            count = prod(sizes_.get(size, 1) if isinstance(size, str) else size for size in leaf.shape)
            if count > MOST_NUMBERS:
                raise error(f"`{leaf.name}` would hold {count:,} numbers: at most {MOST_NUMBERS:,} are", "sizes")


def _formula(check: Check, network: gc.Network, error: Error) -> None:
    if ANSWER.fullmatch(check.answer) is None:
        raise error(f"`answer` is a name with its indices as in delta[i], not {shown(check.answer)}", "answer")
    _means_something(check.equals, "equals", network, error)
    written = check.answer.partition("[")[2].rstrip("] ").split(",")
    for index in sorted(_read(check.equals) - set(network.nodes) - {name.strip() for name in written}):
        raise error(f"`{index}` is no index of {check.answer}", "equals")


def _read(equals: str) -> set[str]:
    """The names with which something is read, and over which no sum is taken."""
    from graphc import syntax

    parts, pending = [], [syntax.parse_expression(equals)[0]]
    while pending:
        parts.append(pending.pop())
        pending += parts[-1].children
    summed = {index.name for part in parts if isinstance(part, syntax.Reduce) for index in part.indices}
    read = {name.name for part in parts if isinstance(part, syntax.Subscript) for name in part.subscripts
            if isinstance(name, syntax.Name)}  # fmt: skip
    return read - summed


def _derivation(check: Check, network: gc.Network, error: Error) -> None:
    _means_something(check.show, "show", network, error)


def _means_something(expression: str, key: str, network: gc.Network, error: Error) -> None:
    try:
        gc.Equations(network).value(expression)
    except gc.GraphcError as problem:
        raise error(f"{shown(expression)} means nothing in this model: {problem.message}", key, problem.hint) from None


def _number(check: Check, network: gc.Network, error: Error) -> None:
    if check.answer and not check.answer.isidentifier():
        raise error(f"`answer` is a name, not {shown(check.answer)}", "answer")
    if len(check.sizes) > 1:
        raise error("a number is asked for at one set of sizes", "sizes")
    _known_sizes(check, network, error)


def _net(check: Check, network: gc.Network | None, error: Error) -> None:
    from .kinds.net import requirement

    for text in check.require:
        if requirement(text) is None:
            raise error(
                f"{shown(text)} is no requirement", "require", "write params <= 60, or accuracy(spiral) >= 0.95"
            )
    for name in check.train or {}:
        if name not in TRAINING:
            near = get_close_matches(name, TRAINING, n=1)
            hint = f"did you mean `{near[0]}`?" if near else f"there are {', '.join(TRAINING)}"
            raise error(f"`train` has no option `{name}`", "train", hint)


TRAINING = (
    "epochs",
    "batch_size",
    "optimizer",
    "lr",
    "schedule",
    "validation",
    "patience",
    "l1",
    "l2",
    "clip",
    "sizes",
)


def _near(name: str, network: gc.Network) -> str | None:
    names = list(network.nodes)
    near = [one for one in names if one.casefold() == name.casefold()] or get_close_matches(name, names, 1, 0.5)
    return f"did you mean `{near[0]}`?" if near else f"it has {', '.join(names)}"


OF_KIND: dict[str, Callable[[Check, Any, Error], None]] = {
    "code": _code,
    "formula": _formula,
    "derivation": _derivation,
    "number": _number,
    "net": _net,
}
