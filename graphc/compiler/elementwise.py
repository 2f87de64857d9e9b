"""How NumPy writes one operation on operands of the same box: a table."""

from __future__ import annotations

from ..graph.node import Map
from ..graph.scalar import Apply, Index, Position, Read
from .forms import static
from .kinds import kind, result
from .writer import Writer

UFUNCS = {
    "add": "add", "sub": "subtract", "mul": "multiply", "div": "divide", "pow": "power", "max": "maximum",
    "min": "minimum", "neg": "negative", "square": "square", "sqrt": "sqrt", "reciprocal": "reciprocal", "exp": "exp",
    "log": "log", "sin": "sin", "cos": "cos", "tanh": "tanh", "abs": "absolute", "sign": "sign",
    "logaddexp": "logaddexp", "lt": "less", "le": "less_equal", "gt": "greater", "ge": "greater_equal", "eq": "equal",
    "ne": "not_equal", "and": "logical_and",
}  # fmt: skip


def write_elementwise(writer: Writer, node: Map) -> None:
    body = node.body
    assert isinstance(body, Apply)
    out = writer.variable[node]
    axes = [Index(k) for k in range(node.rank)]
    kinds = [result(argument) for argument in body.arguments]
    whole = "int" in kinds and "float" not in kinds and all(k != "number" or True for k in kinds)
    operands = [
        writer.operand(argument, axes, node.box, literal_kind(node, argument, whole)) for argument in body.arguments
    ]
    if body.operation in UFUNCS:
        writer.say(f"np.{UFUNCS[body.operation]}({', '.join(operands)}, out={out})")
    elif body.operation == "where":
        condition, yes, no = operands
        if no != out:
            writer.say(f"np.copyto({out}, {no})")
        writer.say(f"np.copyto({out}, {yes}, where={condition})")
    elif body.operation == "float":
        writer.say(f"np.copyto({out}, {operands[0]}, casting='unsafe')")
    else:
        writer.say(f"{writer.helper('_' + body.operation)}({', '.join(operands)}, {out})")


def literal_kind(node: Map, argument: object, whole: bool) -> str:
    """A number beside integers is an integer, where it is one."""
    if isinstance(argument, Read) or not whole:
        return "float"
    from ..graph.scalar import Number

    if isinstance(argument, Number) and argument.value.denominator != 1:
        return "float"
    return "int"


def write_position(writer: Writer, node: Map) -> None:
    """An index expression as an array of whole numbers."""
    body = node.body
    assert isinstance(body, Position)
    parts = []
    for index, coefficient in body.affine.terms:
        assert isinstance(index, Index)
        spread = ", ".join(":" if axis == index.key else "None" for axis in range(index.key, node.rank))
        counted = f"np.arange({writer.extent(node.box[index.key])})" + (f"[{spread}]" if spread != ":" else "")
        parts.append(counted if coefficient.value == 1 else f"({writer.size(coefficient)})*{counted}")
    if body.affine.offset.terms:
        parts.append(writer.size(body.affine.offset))
    writer.say(f"{writer.variable[node]} = {' + '.join(parts)}")


__all__ = ["kind", "static", "write_elementwise", "write_position"]
