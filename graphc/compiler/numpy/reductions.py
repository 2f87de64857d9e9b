"""How NumPy writes a reduction of one operand."""

from __future__ import annotations

from collections.abc import Sequence

from ...graph.node import Map
from ...graph.scalar import Index, Read
from ...graph.size import Size
from ..kinds import kind
from ..windows import at, places, simple
from .products import matrix, mergeable, merged, own_read
from .writer import Writer

UFUNCS = {"sum": "add", "max": "maximum", "min": "minimum", "prod": "multiply"}
# What the largest and the smallest of nothing are.
IDENTITY = {
    "max": {"float": "-np.inf", "int": "np.iinfo(np.intp).min", "tiny": "-128"},
    "min": {"float": "np.inf", "int": "np.iinfo(np.intp).max", "tiny": "127"},
}
MOST_TAPS = 64


def write_reduction(writer: Writer, node: Map) -> None:
    read = node.body
    assert isinstance(read, Read)
    over = [Index(k) for k in range(node.rank, len(node.box))]
    if node.reduce in ("argmax", "argmin"):
        return write_place(writer, node, read, over)
    if taps(read, over, node.box) and node.reduce in UFUNCS:
        return write_taps(writer, node, read, over)
    if node.reduce == "sum" and write_by_ones(writer, node, read, over):
        return None
    axes = [Index(k) for k in range(len(node.box))]
    operand = writer.view(read, axes, node.box)
    which = ", ".join(str(index.key) for index in over)
    which = "None" if not node.rank else f"({which})" if len(over) > 1 else which
    start = ""
    if node.reduce in IDENTITY and maybe_empty(over, node.box):
        start = f", initial={IDENTITY[node.reduce][kind(node)]}"
    writer.say(f"np.{UFUNCS[node.reduce or 'sum']}.reduce({operand}, axis={which}, out={writer.variable[node]}{start})")
    return None


def write_by_ones(writer: Writer, node: Map, read: Read, over: list[Index]) -> bool:
    """A sum along the rows or the columns of a matrix is its product with ones: that is the fastest way."""
    kept = [Index(k) for k in range(node.rank)]
    if not kept or not simple(read) or kind(read.tensor) != "float":
        return False
    place = writer.layout.places(read)
    inner = tuple(sorted(over, key=lambda index: place[index]))
    outer = tuple(index for axis in writer.layout.order(node) for index in [Index(axis)])
    if not all(mergeable(writer, read, group, node.box) for group in (inner, outer)):
        return False
    if sorted(outer, key=lambda index: place[index]) != list(outer):
        return False
    ones = writer.once("ones", f"np.ones({merged(writer, inner, node.box)}, dtype)")
    out = matrix(writer, own_read(node), (outer,), node.box, result=True)
    if place[inner[0]] < place[outer[0]]:
        writer.say(f"np.dot({ones}, {matrix(writer, read, (inner, outer), node.box)}, out={out})")
    else:
        writer.say(f"np.dot({matrix(writer, read, (outer, inner), node.box)}, {ones}, out={out})")
    return True


def maybe_empty(over: Sequence[Index], box: Sequence[Size]) -> bool:
    return not all(box[index.key].value for index in over)


def taps(read: Read, over: Sequence[Index], box: Sequence[Size]) -> bool:
    """Whether the reduction runs over a few places of a window, so that it is a few operations on slices."""
    if simple(read):
        return False
    return bool(places(over, box, MOST_TAPS)) and simple(at(read, over, [0] * len(over)))


def write_taps(writer: Writer, node: Map, read: Read, over: Sequence[Index]) -> None:
    """Slice by slice: max(x[0::2], x[1::2])."""
    out, axes = writer.variable[node], [Index(k) for k in range(node.rank)]
    slices = [writer.view(at(read, over, place), axes, node.box) for place in places(over, node.box, MOST_TAPS)]
    ufunc = UFUNCS[node.reduce or "sum"]
    if len(slices) == 1:
        writer.say(f"np.copyto({out}, {slices[0]})")
        return
    first, second, *rest = slices
    writer.say(f"np.{ufunc}({first}, {second}, out={out})")
    for tap in rest:
        writer.say(f"np.{ufunc}({out}, {tap}, out={out})")


def write_place(writer: Writer, node: Map, read: Read, over: Sequence[Index]) -> None:
    """Where the first winner stands, counted through the reduced indices."""
    out, axes = writer.variable[node], [Index(k) for k in range(len(node.box))]
    operand = writer.view(read, axes, node.box)
    if len(over) > 1:
        kept = node.box[: node.rank]
        copy = writer.namer(f"{out}_copy")
        kind = "dtype" if not read.tensor.integer else "np.intp"
        writer.prepared.append(f"{copy} = np.empty({writer.shape(node.box)}, {kind})")
        writer.say(f"np.copyto({copy}, {operand})")
        shape = ", ".join([*map(writer.extent, kept), merged(writer, over, node.box)])
        operand = writer.once(f"{out}_flat", f"{copy}.reshape({shape})")
    writer.say(f"np.{node.reduce}({operand}, axis={node.rank}, out={out})")
