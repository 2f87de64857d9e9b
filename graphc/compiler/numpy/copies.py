"""How NumPy writes a copy: as it is, with zeros around it, or with the batch turned to the innermost place."""

from __future__ import annotations

from ...graph.node import Leaf, Map
from ...graph.scalar import Affine, Index, Read
from ...graph.size import Size
from .gathers import write_gather
from .products import matrix, merged, own_read
from .writer import Writer


def write_copy(writer: Writer, node: Map) -> None:
    out, body = writer.variable[node], node.body
    axes = [Index(k) for k in range(node.rank)]
    if not isinstance(body, Read):
        writer.say(f"{out}[...] = {writer.operand(body, axes, node.box)}")
    elif any(form.gathers for form in body.subscripts):
        write_gather(writer, node, body)
    elif body.guarded:
        write_padded(writer, node, body)
    elif turns_batch_inside(writer, node, body):
        write_turned(writer, node, body)
    else:
        writer.say(f"np.copyto({out}, {writer.view(body, axes, node.box)})")


def turns_batch_inside(writer: Writer, node: Map, read: Read) -> bool:
    """Whether the copy moves the first axis of a given tensor to the innermost place, and nothing else."""
    return (
        isinstance(read.tensor, Leaf)
        and not read.tensor.integer
        and node.rank > 1
        and read.subscripts == node.write
        and writer.layout.order(node) == (*range(1, node.rank), 0)
    )


def write_turned(writer: Writer, node: Map, read: Read) -> None:
    """By way of rows a little longer than needed: rows a power of two apart fall into one set of the cache."""
    given = writer.variable[read.tensor]
    behind = tuple(Index(k) for k in range(1, node.rank))
    batch, length = writer.extent(node.extents[0]), merged(writer, behind, node.extents)
    rows = writer.once(f"{given}_rows", f"np.empty(({batch}, {length} + 16), dtype)[:, :{length}]")
    columns = matrix(writer, own_read(node), (behind, (Index(0),)), node.box, result=True)
    writer.say(f"np.copyto({rows}, {given}.reshape({batch}, {length}))")
    writer.say(f"np.copyto({columns}, {rows}.T)")


def write_padded(writer: Writer, node: Map, read: Read) -> None:
    """The tensor with zeros around it, or cut off, or both: out[k] = x[k + low] where that is inside."""
    shifts = [shift(form) for form in read.subscripts]
    if any(one is None for one in shifts):
        write_gather(writer, node, read)
        return
    out, source = writer.variable[node], writer.variable[read.tensor]
    lows = ", ".join(writer.size(low) for low in shifts if low is not None)
    comma = "," * (len(shifts) == 1)
    inside, there = writer.namer(f"{out}_inside"), writer.namer(f"{source}_inside")
    shape = writer.shape(read.tensor.extents)
    writer.prepared.append(f"{out}.fill(0)")
    writer.prepared.append(f"{inside}, {there} = {writer.helper('_overlap')}({out}, {shape}, ({lows}{comma}))")
    seen = f"{source}[{there}]"
    seen = seen if writer.late(read.tensor) else writer.once(f"{source}_view", seen)
    writer.say(f"np.copyto({inside}, {seen})")


def shift(form: Affine) -> Size | None:
    """How much is added to the one index of a subscript."""
    if len(form.terms) != 1 or not isinstance(form.terms[0][0], Index) or form.terms[0][1].value != 1:
        return None
    return form.offset
