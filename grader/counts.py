"""What a net is, without its being trained: `python -m grader.counts FILE.net` prints it as JSON."""

from __future__ import annotations

import json
import sys
from typing import Any

import graphc as gc
from graphc import syntax

from .references import walk

DIGITS = 4  # of a weight: with more, several could hide in one


def counts(file: str) -> dict[str, Any]:
    """Its parameters and links, and the inputs that its outputs are computed from."""
    net = gc.load(file)
    table = gc.layer_table(net)
    needed = set(walk(net.outputs))
    read = [leaf.name for leaf in net.inputs if leaf in needed]
    given = {leaf.name for leaf in (*net.inputs, *net.params)}
    numbers = sum(_numbers(right, given) for statement in net.statements for right in _rights(statement))
    counted = {"params": table.params, "links": table.links, "numbers": numbers}
    return {**counted, "inputs": read, "outputs": len(net.outputs)}


def _rights(statement: Any) -> list[Any]:
    """The expressions in which a statement may hold numbers that take part in the computing."""
    parameters = getattr(statement, "parameters", ())
    found = [getattr(statement, "right", None), getattr(statement, "value", None)]
    return [one for one in (*found, *(parameter.default for parameter in parameters)) if one is not None]


def _numbers(right: Any, given: set[str | None]) -> int:
    """How many numbers are written out; of many digits one counts as several. Which element of x is read is none."""
    if isinstance(right, syntax.Number):
        digits = max(len(str(abs(part)).strip("0")) for part in (right.value.numerator, right.value.denominator))
        return max(1, -(-digits // DIGITS))
    if isinstance(right, syntax.Subscript) and getattr(right.base, "name", None) in given:
        return 0
    return sum(_numbers(child, given) for child in right.children)


if __name__ == "__main__":
    try:
        found = counts(sys.argv[1])
    except gc.GraphcError as error:
        place = f"line {error.line}: " if error.line else ""
        found = {"error": place + error.message + (f" ({error.hint})" if error.hint else "")}
    print(json.dumps(found))
