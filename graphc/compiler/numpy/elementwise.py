"""How NumPy writes one operation on operands of the same box: a table."""

from __future__ import annotations

from collections.abc import Sequence

from ...graph.node import Map
from ...graph.scalar import Apply, Index, Number, Position, Read, Scalar, apply
from ...graph.size import Size
from ..forms import static
from ..kinds import result
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
    axes = tuple(Index(k) for k in range(node.rank))
    write_operation(writer, body, axes, node.box, writer.variable[node], writer.late(node))


def write_operation(
    writer: Writer, body: Apply, axes: Sequence[Index], box: Sequence[Size], out: str, late: bool
) -> None:
    """One operation over the axes given, into an array or a view that has them."""
    if body.operation in BITWISE:
        write_bits(writer, body, axes, box, out, late)
        return
    arguments = joined(body)
    kinds = {result(argument) for argument in arguments}
    numbers = next((kind for kind in ("float", "int", "tiny") if kind in kinds), "float")
    truths = {"and": 2, "where": 1}.get(body.operation, 0)
    wanted = ["bool" if place < truths else number_kind(a, numbers) for place, a in enumerate(arguments)]
    operands = [writer.operand(a, axes, box, kind) for a, kind in zip(arguments, wanted, strict=True)]
    if body.operation in ("max", "min") and axes:
        operands = [
            row(writer, body, text, axes, box) if static(argument) else text
            for argument, text in zip(arguments, operands, strict=True)
        ]
    if body.operation in UFUNCS:
        writer.say(f"np.{UFUNCS[body.operation]}({', '.join(operands)}, out={out})")
    elif body.operation == "where":
        condition, yes, no = operands
        if writer.array_of(no) != writer.array_of(out):
            writer.say(f"np.copyto({out}, {no})")
        writer.say(f"np.copyto({out}, {yes}, where={condition})")
    elif body.operation == "float":
        writer.say(f"np.copyto({out}, {operands[0]}, casting='unsafe')")
    else:
        writer.say(f"{writer.helper('_' + body.operation)}({', '.join(operands)}, {out})")


def row(writer: Writer, body: Apply, text: str, axes: Sequence[Index], box: Sequence[Size]) -> str:
    """A number as a row as long as the operands' rows: `maximum` and `minimum` are slow with a single number."""
    reads = [part for part in body.arguments if isinstance(part, Read)]
    innermost = writer.innermost(reads, axes)
    ones = ", 1" * (len(axes) - 1 - list(axes).index(innermost))
    shape = writer.extent(box[innermost.key]) + ones
    return writer.once(f"{text}_row", f"np.full(({shape}), {text})" if ones else f"np.full({shape}, {text})")


BITWISE = frozenset({"bits", "nobits", "keep", "select", "nth"})


def write_bits(writer: Writer, body: Apply, axes: Sequence[Index], box: Sequence[Size], out: str, late: bool) -> None:
    """Choices made by bits: all ones where a mask is true, then `and`."""
    writer.helpers.add("bits")
    first = body.arguments[0]
    if body.operation in ("bits", "nobits", "nth"):
        mask = writer.seen_as(first, axes, box, "np.int8")
        if body.operation == "bits":
            writer.say(f"np.negative({mask}, out={out}, casting='unsafe')")
        elif body.operation == "nobits":
            one = writer.once("one_int8", "np.asarray(1, np.int8)")
            writer.say(f"np.subtract({mask}, {one}, out={out}, casting='unsafe')")
        else:
            place = writer.operand(body.arguments[1], axes, box, "tiny")
            writer.say(f"np.multiply({mask}, {place}, out={out})")
        return
    mask = writer.operand(first, axes, box)
    into = f"{out}.view(bits)" if late else writer.once(f"{out}_bits", f"{out}.view(bits)")
    values = [writer.seen_as(argument, axes, box, "bits") for argument in body.arguments[1:]]
    if body.operation == "keep":
        writer.say(f"np.bitwise_and({mask}, {values[0]}, out={into})")
        return
    yes, no = values
    writer.say(f"np.bitwise_xor({yes}, {no}, out={into})")
    writer.say(f"np.bitwise_and({into}, {mask}, out={into})")
    writer.say(f"np.bitwise_xor({into}, {no}, out={into})")


def joined(body: Apply) -> tuple[Scalar, ...]:
    """The operands; the factors or terms that are numbers are one number."""
    if body.operation not in ("add", "mul") or len(body.arguments) == 2:
        return body.arguments
    numbers = [argument for argument in body.arguments if static(argument)]
    rest = tuple(argument for argument in body.arguments if not static(argument))
    return (apply(body.operation, *numbers), *rest)


def number_kind(argument: Scalar, kind: str) -> str:
    """A number beside integers is an integer, where it is surely one."""
    huge = isinstance(argument, Number) and abs(argument.value) >= 2**62
    return "float" if result(argument) == "float" or huge or isinstance(argument, Apply) else kind


def write_position(writer: Writer, node: Map) -> None:
    """An index expression as an array of whole numbers."""
    body = node.body
    assert isinstance(body, Position)
    parts = []
    for index, coefficient in body.affine.terms:
        assert isinstance(index, Index)
        spread = ", ".join(":" if axis == index.key else "None" for axis in range(index.key, node.rank))
        counted = f"np.arange({writer.extent(node.box[index.key])})" + (f"[{spread}]" if spread != ":" else "")
        parts.append(counted if coefficient.value == 1 else f"({whole(writer, coefficient)})*{counted}")
    if body.affine.offset.terms:
        parts.append(whole(writer, body.affine.offset))
    writer.say(f"{writer.variable[node]} = {' + '.join(parts)}")


def whole(writer: Writer, value: Size) -> str:
    """A size, or a number that no integer of an array reaches."""
    return repr(float(value.value)) if value.value is not None and abs(value.value) >= 2**62 else writer.size(value)
