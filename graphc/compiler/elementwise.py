"""How NumPy writes one operation on operands of the same box: a table."""

from __future__ import annotations

from ..graph.node import Map
from ..graph.scalar import Apply, Index, Number, Position, Scalar, apply
from .forms import static
from .kinds import result
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
    arguments = joined(body)
    kinds = {result(argument) for argument in arguments}
    numbers = "int" if "int" in kinds and "float" not in kinds else "float"
    truths = {"and": 2, "where": 1}.get(body.operation, 0)
    wanted = ["bool" if place < truths else number_kind(a, numbers) for place, a in enumerate(arguments)]
    operands = [writer.operand(a, axes, node.box, kind) for a, kind in zip(arguments, wanted, strict=True)]
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


def joined(body: Apply) -> tuple[Scalar, ...]:
    """The operands; the factors or terms that are numbers are one number."""
    if body.operation not in ("add", "mul") or len(body.arguments) == 2:
        return body.arguments
    numbers = [argument for argument in body.arguments if static(argument)]
    rest = tuple(argument for argument in body.arguments if not static(argument))
    return (apply(body.operation, *numbers), *rest)


def number_kind(argument: Scalar, kind: str) -> str:
    """A number beside integers is an integer, where it is one."""
    return "float" if isinstance(argument, Number) and argument.value.denominator != 1 else kind


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

