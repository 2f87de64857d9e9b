"""How NumPy writes what only moves elements: copies, padding, gathers and scatters."""

from __future__ import annotations

from collections.abc import Sequence

from ..graph.node import Leaf, Map, Node, bounds
from ..graph.scalar import Affine, Apply, Index, Read, Scalar, affine, move_affine
from ..graph.size import Size, never_negative, size
from .elementwise import write_operation
from .products import matrix, merged, own_read
from .reductions import MOST_TAPS
from .windows import estimate, places
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
    """By way of rows a little longer than needed: rows a power of two apart would all fall into one set of the cache."""
    given = writer.variable[read.tensor]
    batch, length = writer.extent(node.extents[0]), merged(writer, [Index(k) for k in range(1, node.rank)], node.extents)
    rows = writer.once(f"{given}_rows", f"np.empty(({batch}, {length} + 16), dtype)[:, :{length}]")
    columns = matrix(writer, own_read(node), (tuple(Index(k) for k in range(1, node.rank)), (Index(0),)), node.box, True)
    writer.say(f"np.copyto({rows}, {given}.reshape({batch}, {length}))")
    writer.say(f"np.copyto({columns}, {rows}.T)")


def write_padded(writer: Writer, node: Map, read: Read) -> None:
    """The tensor with zeros around it, or cut off, or both: out[k] = x[k + low] where that is inside."""
    shifts = [shift(form) for form in read.subscripts]
    if any(one is None for one in shifts):
        write_gather(writer, node, read)
        return
    out = writer.variable[node]
    lows = ", ".join(writer.size(low) for low in shifts if low is not None)
    comma = "," * (len(shifts) == 1)
    source = writer.variable[read.tensor]
    call = f"{writer.helper('_overlap')}({out}, {source}.shape, ({lows}{comma}))"
    if writer.late(read.tensor):
        inside, there = writer.namer(f"{out}_inside"), writer.namer(f"{source}_inside")
        shape = writer.shape(read.tensor.extents)
        writer.prepared.append(f"{out}[...] = 0")
        call = call.replace(f"{source}.shape", shape)
        writer.prepared.append(f"{inside}, {there} = {call}")
        writer.say(f"np.copyto({inside}, {source}[{there}])")
    else:
        inside, there = writer.namer(f"{out}_inside"), writer.namer(f"{source}_inside")
        writer.prepared.append(f"{out}[...] = 0")
        writer.prepared.append(f"{inside}, {there} = {call}")
        writer.say(f"np.copyto({inside}, {writer.once(f'{source}_view', f'{source}[{there}]')})")


def shift(form: Affine) -> Size | None:
    """How much is added to the one index of a subscript."""
    if len(form.terms) != 1 or not isinstance(form.terms[0][0], Index) or form.terms[0][1].value != 1:
        return None
    return form.offset


# -- gathers


def write_gather(writer: Writer, node: Map, read: Read) -> None:
    """Elements taken by their place in memory; those outside, where that is allowed, are 0."""
    out = writer.variable[node]
    index, outside = flat_index(writer, node, read, read.guarded)
    base = flat(writer, read.tensor)
    take = f"np.take({base}, {index}, out={out}, mode='clip')"
    filled = all(extent.value for extent in read.tensor.extents)  # else there may be nothing to take from
    writer.say(take if filled else f"if {writer.variable[read.tensor]}.size: {take}")
    if outside is not None:
        writer.say(f"np.copyto({out}, 0, where={outside})")


def flat(writer: Writer, node: Node) -> str:
    """An array as one axis, in the order of its memory."""
    base = writer.variable[node]
    order = writer.layout.order(node)
    turned = base if list(order) == sorted(order) else f"{base}.transpose({', '.join(map(str, order))})"
    text = f"{turned}.reshape({merged(writer, [Index(k) for k in range(node.rank)], node.extents)})"
    return text if writer.late(node) else writer.once(f"{base}_flat", text)


def memory_strides(writer: Writer, node: Node) -> list[Size]:
    """How far apart in memory, in elements, neighbours along each axis are."""
    strides = [size(1)] * node.rank
    step = size(1)
    for axis in reversed(writer.layout.order(node)):
        strides[axis] = step
        step = step * node.extents[axis]
    return strides


def flat_index(writer: Writer, node: Map, access: Read, guarded: bool) -> tuple[str, str | None]:
    """The place in memory of every element accessed, and where it falls outside.

    What depends on sizes alone is counted once; what integers add to it, at every call.
    """
    axes = [Index(k) for k in range(len(node.box))]
    shape = writer.shape(node.box)
    tensor = access.tensor
    strides = memory_strides(writer, tensor)
    varies = any(form.gathers for form in access.subscripts)
    lines = writer.say if varies else writer.prepared.append
    index = writer.namer(f"{writer.variable[node]}_index")
    writer.prepared.append(f"{index} = np.empty({shape}, np.intp)")
    outside = None
    if guarded:
        outside = writer.namer(f"{writer.variable[node]}_outside")
        writer.prepared.append(f"{outside} = np.empty({shape}, np.bool_)")
        lines(f"{outside}[...] = False")
    start = True
    for axis, form in enumerate(access.subscripts):
        place = subscript(writer, form, axes, node.box)
        extent = writer.extent(tensor.extents[axis])
        if form.gathers and not guarded:
            names = " and ".join(sorted({read.tensor.name or "an index" for read in form.gathers}))
            of = tensor.name or writer.variable[tensor]
            lines(f"{writer.helper('_check_range')}({place}, {extent}, {names!r}, {of!r}, {axis})")
        if guarded:
            lines(f"np.logical_or({outside}, ({place} < 0) | ({place} >= {extent}), out={outside})")
            place = f"np.clip({place}, 0, max(0, {extent} - 1))"
        stride = writer.size(strides[axis])
        term = place if stride == "1" else f"{place}*({stride})" if not stride.isalnum() else f"{place}*{stride}"
        lines(f"{index}[...] = {term}" if start else f"np.add({index}, {term}, out={index})")
        start = False
    if start:
        lines(f"{index}[...] = 0")
    return index, outside


def subscript(writer: Writer, form: Affine, axes: Sequence[Index], box: Sequence[Size]) -> str:
    """A subscript as an array over the box: what sizes alone decide is counted when they are known."""
    known = Affine(tuple((a, c) for a, c in form.terms if isinstance(a, Index)), form.offset)
    parts = [counted(writer, known, axes, box)] if known.terms or known.offset.terms or not form.gathers else []
    for atom, coefficient in form.terms:
        if isinstance(atom, Read):
            text = integer_operand(writer, atom, axes, box)
            parts.append(text if coefficient.value == 1 else f"{text}*({writer.size(coefficient)})")
    return parts[0] if len(parts) == 1 else f"({' + '.join(parts)})"


def integer_operand(writer: Writer, read: Read, axes: Sequence[Index], box: Sequence[Size]) -> str:
    """Integers that stand in a subscript, which may be gathered themselves."""
    if not any(form.gathers for form in read.subscripts):
        return writer.view(read, axes, box)
    inner = [subscript(writer, form, axes, box) for form in read.subscripts]
    return f"{writer.variable[read.tensor]}[{', '.join(inner)}]"


def counted(writer: Writer, form: Affine, axes: Sequence[Index], box: Sequence[Size]) -> str:
    """`2*np.arange(n)[:, None] + 1`, made once."""
    parts = []
    for index, coefficient in form.terms:
        assert isinstance(index, Index)
        behind = len(axes) - 1 - axes.index(index)
        spread = f"[:, {', '.join(['None'] * behind)}]" if behind else ""
        arange = f"np.arange({writer.extent(box[index.key])}){spread}"
        parts.append(arange if coefficient.value == 1 else f"({writer.size(coefficient)})*{arange}")
    if form.offset.terms or not parts:
        parts.append(writer.size(form.offset))
    text = " + ".join(parts)
    return writer.once("place", f"np.asarray({text})")


# -- scatters


def write_scatter(writer: Writer, node: Map) -> None:
    """out[write(m)] += part[m]."""
    form = taps_of(node)
    if isinstance(node.body, Apply) and node.body.operation == "taps":
        return write_parts(writer, node, node.body, form)
    if node.guarded or form is None:
        return write_scatter_anywhere(writer, node)
    out, body = writer.variable[node], node.body
    taps, disjoint, covers = form
    axes = [Index(k) for k in range(len(node.box)) if Index(k) not in taps]
    if not covers:
        writer.say(f"{out}.fill(0)")
    for place in places(taps, node.box, MOST_TAPS) if taps else [()]:
        fixed: dict[Index, Affine] = {index: affine(k) for index, k in zip(taps, place, strict=True)}
        target = Read(node, tuple(move_affine(f, fixed) for f in node.write))
        into = writer.view(target, axes, node.box)
        part = slice_of(writer, body, fixed, axes, node.box)
        writer.say(f"np.copyto({into}, {part})" if disjoint else f"np.add({into}, {part}, out={into})")
    return None


def write_parts(writer: Writer, node: Map, body: Apply, form: tuple[list[Index], bool, bool] | None) -> None:
    """The places of a window one by one; where windows overlap, what is written is added."""
    out = writer.variable[node]
    _, disjoint, covers = form or ((), False, False)
    count = 0
    while len(places([Index(k) for k in range(count)], node.box, MOST_TAPS)) < len(body.arguments):
        count += 1
    taps = [Index(k) for k in range(count)]
    axes = [Index(k) for k in range(count, len(node.box))]
    if not covers:
        writer.say(f"{out}.fill(0)")
    for place, part in zip(places(taps, node.box, MOST_TAPS), body.arguments, strict=True):
        fixed: dict[Index, Affine] = {index: affine(k) for index, k in zip(taps, place, strict=True)}
        target = Read(node, tuple(move_affine(f, fixed) for f in node.write))
        into = writer.view(target, axes, node.box)
        if isinstance(part, Apply) and disjoint:
            write_operation(writer, part, axes, node.box, into, writer.late(node))
        elif isinstance(part, Apply):
            scratch = writer.once(f"{out}_part", f"np.empty({writer.shape([node.box[i.key] for i in axes])}, dtype)")
            write_operation(writer, part, axes, node.box, scratch, False)
            writer.say(f"np.add({into}, {scratch}, out={into})")
        else:
            value = writer.operand(part, axes, node.box)
            writer.say(f"np.copyto({into}, {value})" if disjoint else f"np.add({into}, {value}, out={into})")


def slice_of(
    writer: Writer, body: Scalar, fixed: dict[Index, Affine], axes: Sequence[Index], box: Sequence[Size]
) -> str:
    if not isinstance(body, Read):
        return writer.constant(body)
    return writer.view(Read(body.tensor, tuple(move_affine(f, fixed) for f in body.subscripts)), axes, box)


def taps_of(node: Map) -> tuple[list[Index], bool, bool] | None:
    """The indices to be taken one value at a time so that no two writes of a slice meet.

    With them: whether no two writes meet at all, and whether every element is written.
    """
    if any(form.gathers for form in node.write):
        return None
    covers = True
    taps: list[Index] = []
    known: set[Index] = set()  # what the axes before have settled
    for form, extent in zip(node.write, node.extents, strict=True):
        terms = [(atom, step) for atom, step in form.terms if isinstance(atom, Index) and atom not in known]
        terms.sort(key=lambda term: estimate(node.box[term[0].key]))
        covers = covers and len(terms) == len(form.terms) and not form.offset.terms
        while terms and (reach := digits(terms, node.box)) is None:
            taps.append(terms.pop(0)[0])
            covers = False
        covers = covers and (reach if terms else size(1)) is extent
        known.update(atom for atom, _ in form.terms if isinstance(atom, Index))
    count = 1
    for index in taps:
        count *= node.box[index.key].value or MOST_TAPS + 1
    return (taps, not taps, covers) if count <= MOST_TAPS else None


def digits(terms: Sequence[tuple[Index, Size]], box: Sequence[Size]) -> Size | None:
    """Where every index is a digit of the place, so that no two places are one: the number of places, gaps counted."""
    if len(terms) == 1:
        (index, step) = terms[0]
        return box[index.key] if step.value == 1 else size(-1)
    reach = size(1)
    gaps = False
    for index, step in sorted(terms, key=lambda term: estimate(term[1])):
        if not never_negative(step - reach, 0):
            return None
        gaps = gaps or step is not reach
        reach = step * box[index.key]
    return size(-1) if gaps else reach


def write_scatter_anywhere(writer: Writer, node: Map) -> None:
    """Where elements meet is known only at the call: added one after the other, by place in memory."""
    out, body = writer.variable[node], node.body
    axes = [Index(k) for k in range(len(node.box))]
    index, outside = flat_index(writer, node, Read(node, node.write), node.guarded)
    target = flat(writer, node)
    if isinstance(body, Read):
        part = writer.view(body, axes, node.box)
    else:
        part = writer.constant(body)
    if outside is not None:
        scratch = writer.namer(f"{out}_part")
        writer.prepared.append(f"{scratch} = np.empty({writer.shape(node.box)}, dtype)")
        writer.say(f"np.copyto({scratch}, {part})")
        writer.say(f"np.copyto({scratch}, 0, where={outside})")
        part = scratch
    elif not isinstance(body, Read) or len([i for i in axes if i in _used(body)]) < len(axes):
        part = f"np.broadcast_to({part}, {writer.shape(node.box)})"
    writer.say(f"{out}.fill(0)")
    writer.say(f"np.add.at({target}, {index}, {part})")


def _used(body: Read) -> set[Index]:
    return {atom for form in body.subscripts for atom, _ in form.terms if isinstance(atom, Index)}


__all__ = ["bounds", "write_copy", "write_padded", "write_scatter"]
