"""How NumPy writes a scatter: slice by slice where it is known which elements meet, else by place in memory."""

from __future__ import annotations

from collections.abc import Sequence

from ...graph.node import Map
from ...graph.scalar import Affine, Apply, Index, Read, Scalar, affine, move_affine
from ...graph.size import Size, never_negative, size
from ..windows import estimate, fewest_first, places
from .elementwise import write_operation
from .gathers import flat, flat_index
from .products import merged
from .reductions import MOST_TAPS
from .writer import Writer

LOOP = 4  # slices from which on they stand in a list


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
    every = places(taps, node.box, MOST_TAPS) if taps else [()]
    if len(every) >= LOOP and not any(writer.late(tensor) for tensor in (node, *node.inputs)):
        return add_slices(writer, node, taps, axes)
    for place in every:
        fixed: dict[Index, Affine] = {index: affine(k) for index, k in zip(taps, place, strict=True)}
        target = Read(node, tuple(move_affine(f, fixed) for f in node.write))
        into = writer.view(target, axes, node.box)
        part = slice_of(writer, body, fixed, axes, node.box)
        writer.say(f"np.copyto({into}, {part})" if disjoint else f"np.add({into}, {part}, out={into})")
    return None


def add_slices(writer: Writer, node: Map, taps: Sequence[Index], axes: Sequence[Index]) -> None:
    """The slices of a large window in a loop: `for tap, part in zip(taps, parts)`."""
    names = [writer.namer("rspq"[k % 4]) for k in range(len(taps))]
    moving: dict[Index, Affine] = {index: affine(size(name)) for index, name in zip(taps, names, strict=True)}
    over = " ".join(
        f"for {name} in range({writer.extent(node.box[index.key])})" for index, name in zip(taps, names, strict=True)
    )

    def slices(wish: str, read: Read) -> str:
        moved = Read(read.tensor, tuple(move_affine(form, moving) for form in read.subscripts))
        view = writer.view_text(writer.variable[read.tensor], moved, axes, node.box, True)
        return writer.once(wish, f"[{view} {over}]")

    into = slices(f"{writer.variable[node]}_taps", Read(node, node.write))
    if not isinstance(node.body, Read):
        writer.say(f"for tap in {into}: np.add(tap, {writer.constant(node.body)}, out=tap)")
        return
    parts = slices(f"{writer.variable[node.body.tensor]}_parts", node.body)
    writer.say(f"for tap, part in zip({into}, {parts}): np.add(tap, part, out=tap)")


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
        steps = dict(form.terms)
        terms = [(index, steps[index]) for index in fewest_first(form, node.box) if index not in known]
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
    part = writer.namer(f"{out}_part")
    writer.prepared.append(f"{part} = np.empty({writer.shape(node.box)}, dtype)")
    writer.say(f"np.copyto({part}, {writer.operand(body, axes, node.box)})")
    if outside is not None:
        writer.say(f"np.copyto({part}, 0, where={outside})")
    writer.say(f"{out}.fill(0)")
    one_axis = [
        writer.once(f"{name}_flat", f"{name}.reshape({merged(writer, axes, node.box)})") for name in (index, part)
    ]
    some = f"if {out}.size: " * node.guarded  # else there is no place at all, not even one outside
    writer.say(f"{some}np.add.at({flat(writer, node)}, {', '.join(one_axis)})")
