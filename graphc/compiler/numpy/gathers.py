"""How NumPy writes what stands at subscripts that are known only at the call: by place in memory."""

from __future__ import annotations

from collections.abc import Sequence

from ...graph.node import Map, Node
from ...graph.scalar import Affine, Index, Read, affine
from ...graph.size import Size, size
from .products import merged
from .writer import Writer


def write_gather(writer: Writer, node: Map, read: Read) -> None:
    """Elements taken by their place in memory; those outside, where that is allowed, are 0."""
    out = writer.variable[node]
    axis = rows_by_index(node, read)
    if axis is not None:
        write_rows(writer, node, read, axis)
        return
    index, outside = flat_index(writer, node, read, read.guarded)
    take = f"np.take({flat(writer, read.tensor)}, {index}, out={out}, mode='clip')"
    filled = all(extent.value for extent in read.tensor.extents)  # else there may be nothing to take from
    writer.say(take if filled else f"if {writer.variable[read.tensor]}.size: {take}")
    if outside is not None:
        writer.say(f"np.copyto({out}, 0, where={outside})")


def rows_by_index(node: Map, read: Read) -> int | None:
    """The axis that is gathered, where the others are taken whole and nothing is computed in the subscript."""
    gathered = [axis for axis, form in enumerate(read.subscripts) if form.gathers]
    if len(gathered) != 1 or read.guarded:
        return None
    (axis,) = gathered
    form = read.subscripts[axis]
    if form is not affine(form.gathers[0]) or any(inner.gathers for inner in form.gathers[0].subscripts):
        return None
    wanted = [inner.plain for inner in form.gathers[0].subscripts]
    others = [other.plain for other in read.subscripts]
    axes = [*others[:axis], *wanted, *others[axis + 1 :]]
    whole = all(node.box[i.key] is read.tensor.extents[k] for k, i in enumerate(others) if i is not None and k != axis)
    return axis if whole and axes == [Index(k) for k in range(node.rank)] else None


def write_rows(writer: Writer, node: Map, read: Read, axis: int) -> None:
    """Whole rows at once."""
    integers = read.subscripts[axis].gathers[0]
    used = [form.plain for form in integers.subscripts if form.plain is not None]
    index = writer.view(integers, used, node.box)
    given, out = writer.variable[read.tensor], writer.variable[node]
    check_range(writer, index, read, axis)
    writer.say(f"np.take({given}, {index}, axis={axis}, out={out}, mode='clip')")


def check_range(writer: Writer, place: str, access: Read, axis: int) -> None:
    form, tensor = access.subscripts[axis], access.tensor
    names, of = in_words(form), writer.known_as(tensor)
    extent = writer.extent(tensor.extents[axis])
    writer.say(f"{writer.helper('_check_range')}({place}, {extent}, {names!r}, {of!r}, {axis})")


def in_words(form: Affine) -> str:
    """`2*t + 1`, the integers by name and an index of the equation as …."""
    parts = []
    for atom, step in form.terms:
        word = (atom.tensor.name or "an index") if isinstance(atom, Read) else "…"
        parts.append(word if step.value == 1 else f"({step})*{word}" if step.compound else f"{step}*{word}")
    if form.offset.terms:
        parts.append(str(form.offset))
    return " + ".join(parts).replace("+ -", "- ")


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
    index = writer.namer(f"{writer.variable[node]}_index")
    writer.prepared.append(f"{index} = np.empty({writer.shape(node.box)}, np.intp)")
    varies = any(form.gathers for form in access.subscripts)
    before = writer.now
    if not varies:
        writer.now = writer.prepared
    outside = None
    if guarded:
        outside = write_guarded(writer, node, access, index)
    else:
        write_places(writer, node, access, index)
    writer.now = before
    return index, outside


def write_places(writer: Writer, node: Map, access: Read, index: str) -> None:
    """Σ stride·subscript, the part that sizes decide in one array."""
    axes = [Index(k) for k in range(len(node.box))]
    known = affine(0)
    varying: list[tuple[str, Size]] = []
    for axis, (form, stride) in enumerate(zip(access.subscripts, memory_strides(writer, access.tensor), strict=True)):
        if form.gathers:
            check_range(writer, subscript(writer, form, axes, node.box), access, axis)
        known += Affine(tuple((a, c) for a, c in form.terms if isinstance(a, Index)), form.offset).scaled(stride)
        for atom, step in form.terms:
            if isinstance(atom, Read):
                varying.append((integer_operand(writer, atom, axes, node.box), step * stride))
    fixed = counted(writer, known, axes, node.box)
    if not varying:
        writer.say(f"{index}[...] = {fixed}")
        return
    (first, step), *rest = varying
    writer.say(f"np.multiply({first}, {writer.size(step)}, out={index}, dtype=np.intp)")
    for operand, step in rest:
        writer.say(f"np.add({index}, {operand}*({writer.size(step)}), out={index})")
    writer.say(f"np.add({index}, {fixed}, out={index})")


def write_guarded(writer: Writer, node: Map, access: Read, index: str) -> str:
    """The same with every subscript held inside its axis, and a mask of those that were not."""
    axes = [Index(k) for k in range(len(node.box))]
    outside = writer.namer(f"{writer.variable[node]}_outside")
    writer.prepared.append(f"{outside} = np.empty({writer.shape(node.box)}, np.bool_)")
    writer.say(f"{outside}.fill(False)")
    writer.say(f"{index}.fill(0)")
    for axis, (form, stride) in enumerate(zip(access.subscripts, memory_strides(writer, access.tensor), strict=True)):
        place = subscript(writer, form, axes, node.box)
        extent = writer.extent(access.tensor.extents[axis])
        writer.say(f"np.logical_or({outside}, ({place} < 0) | ({place} >= {extent}), out={outside})")
        inside = f"np.clip({place}, 0, max(0, {extent} - 1))"
        writer.say(f"np.add({index}, {inside}*({writer.size(stride)}), out={index})")
    return outside


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
