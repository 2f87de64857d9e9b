"""A body's structure apart from what it reads: the key under which work on bodies is remembered.

A chain of sixty equal layers has sixty bodies and one structure, so SymPy is asked once.
"""

from __future__ import annotations

from ..graph.scalar import Apply, Index, Number, Position, Read, Scalar, affine, replace, walk


def is_leaf(term: Scalar) -> bool:
    """What a body is made from and calculus does not enter: reads and positions."""
    return isinstance(term, (Read, Position))


def placeholder(place: int) -> Scalar:
    return Position(affine(Index(("leaf", place))))


def skeleton(term: Scalar) -> tuple[Scalar, tuple[Scalar, ...]]:
    """The body with its leaves numbered in written order, and the leaves."""
    leaves = tuple(part for part in walk(term) if is_leaf(part))
    return replace(term, {leaf: placeholder(k) for k, leaf in enumerate(leaves)}), leaves


def clothe(shape: Scalar, leaves: tuple[Scalar, ...]) -> Scalar:
    """The inverse of `skeleton`."""
    return replace(shape, {placeholder(k): leaf for k, leaf in enumerate(leaves)})


def constant(term: Scalar) -> bool:
    """Whether it is the same number at every place of the box: numbers, sizes, consts and what they make."""
    for part in walk(term):
        if isinstance(part, Read) and part.tensor.kind != "const":
            return False
        if isinstance(part, Position) and part.affine.terms:
            return False
    return True


# What an operation costs beside one multiplication; the rest cost as much as `exp`.
WEIGHTS = {"add": 1, "mul": 1, "max": 1, "min": 1, "abs": 1, "sign": 1, "step": 1, "where": 1, "and": 1,
           "lt": 1, "le": 1, "gt": 1, "ge": 1, "eq": 1, "ne": 1, "pi": 0}  # fmt: skip
DIVISION, TRANSCENDENTAL = 6, 8


def cost(term: Scalar) -> int:
    """What a body costs to compute, shared parts once, constants for nothing."""
    total = 0
    seen: set[Scalar] = set()
    stack = [term]
    while stack:
        part = stack.pop()
        if part in seen or not isinstance(part, Apply) or constant(part):
            continue
        seen.add(part)
        stack.extend(part.arguments)
        if part.operation in ("add", "mul"):
            total += len(part.arguments) - 1
            if isinstance(part.arguments[0], Number) and part.arguments[0].value == -1:
                total -= 1  # a sign is a subtraction instead of an addition
        elif part.operation == "pow":
            exponent = part.arguments[1]
            if isinstance(exponent, Number) and exponent.value.denominator == 1:
                p = int(exponent.value)
                total += (DIVISION if p < 0 else 0) + max(abs(p) - 1, 0).bit_length()
            elif isinstance(exponent, Number) and exponent.value.denominator == 2:
                total += DIVISION
            else:
                total += 2 * TRANSCENDENTAL
        else:
            total += WEIGHTS.get(part.operation, TRANSCENDENTAL)
    return total
