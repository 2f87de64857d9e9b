"""How NumPy writes a contraction: as one matrix product on views, wherever it is one."""

from __future__ import annotations

import math
from collections.abc import Sequence

from ...graph.node import Map
from ...graph.scalar import Index, Read, indices
from ...graph.size import Size
from ..layout import Contraction
from ..windows import bound, estimate
from .writer import Writer

Groups = Sequence[tuple[Index, ...]]


def write_contraction(writer: Writer, node: Map) -> None:
    plan = writer.layout.contractions[node]
    if plan.stack:
        return write_stacked(writer, node, plan)
    if plan.batch and not (plan.rows and plan.columns) and (plan.rows or plan.columns):
        return write_einsum(writer, node)
    batch = tuple((index,) for index in plan.batch)
    left = matrix(writer, plan.left, (*batch, plan.rows, plan.inner), node.box)
    right = matrix(writer, plan.right, (*batch, plan.inner, plan.columns), node.box)
    out = matrix(writer, own_read(node), (*batch, plan.rows, plan.columns), node.box, result=True)
    if plan.batch and not plan.rows:
        writer.say(f"np.vecdot({left}, {right}, out={out})")
    elif plan.batch:
        writer.say(f"np.matmul({left}, {right}, out={out})")
    else:
        writer.say(f"{product(writer, node, plan)}({left}, {right}, out={out})")
    return None


LARGE = 2**20  # elements from which on a product over a single place is better taken element by element


def product(writer: Writer, node: Map, plan: Contraction) -> str:
    """What multiplies two matrices; over a batch that may be of one example, chosen when the sizes are known."""
    summed = [node.box[index.key] for index in plan.inner]
    large = plan.rows and plan.columns and math.prod(map(estimate, node.extents)) >= LARGE
    if not large or any(extent.value for extent in summed):
        return "np.dot"
    alone = " and ".join(f"{writer.size(extent)} == 1" for extent in summed)
    return writer.once("outer", f"np.multiply if {alone} else np.dot")


def write_stacked(writer: Writer, node: Map, plan: Contraction) -> None:
    """One product for each row of windows, all in one call; added up where rows are summed."""
    stack = tuple((index,) for index in plan.stack)
    own = [stack if set(plan.stack) & set(indices(read)) else () for read in (plan.left, plan.right)]
    left = matrix(writer, plan.left, (*own[0], plan.rows or (), plan.inner), node.box)
    right = matrix(writer, plan.right, (*own[1], plan.inner, plan.columns), node.box)
    kept = all(index.key < node.rank for index in plan.stack)
    groups = (*(stack if kept else ()), plan.rows, plan.columns)
    result = own_read(node)
    direct = all(mergeable(writer, result, group, node.box) for group in groups)
    name = writer.variable[node]
    axes = tuple(index for group in groups for index in group)
    if direct:
        out = matrix(writer, result, groups, node.box, result=True)
    else:
        shape = [node.box[index.key] for index in axes]
        own_shape = writer.namer(f"{name}_result")
        writer.prepared.append(f"{own_shape} = np.empty({writer.shape(shape)}, dtype)")
        merged_shape = ", ".join(merged(writer, group, node.box) for group in groups)
        out = writer.once(f"{own_shape}_matrix", f"{own_shape}.reshape({merged_shape})")
    if kept:
        writer.say(f"np.matmul({left}, {right}, out={out})")
    else:
        rows = ", ".join(merged(writer, group, node.box) for group in (*stack, plan.rows, plan.columns))
        parts = writer.once(f"{name}_parts", f"np.empty(({rows}), dtype)")
        writer.say(f"np.matmul({left}, {right}, out={parts})")
        writer.say(f"np.add.reduce({parts}, axis=0, out={out})")
    if not direct:
        back = ", ".join(str(axes.index(Index(axis))) for axis in range(node.rank))
        writer.say(f"np.copyto({name}, {writer.once(f'{own_shape}_turned', f'{own_shape}.transpose({back})')})")


def own_read(node: Map) -> Read:
    return Read(node, node.write)


def matrix(writer: Writer, read: Read, groups: Groups, box: Sequence[Size], result: bool = False) -> str:
    """An operand as a matrix, its axes merged by groups: a view, or a copy of it where no view is one."""
    axes = tuple(index for group in groups for index in group)
    if all(len(group) <= 1 for group in groups):
        return writer.view(read, axes, box)
    shape = ", ".join(merged(writer, group, box) for group in groups if group)
    if result or all(mergeable(writer, read, group, box) for group in groups):
        base = writer.variable[read.tensor]
        text = f"{writer.view_text(base, read, axes, box, True)}.reshape({shape})"
        return text if writer.late(read.tensor) else writer.once(f"{base}_matrix", text)
    key = (read, axes)
    copy = writer.copies.get(key)
    base = writer.variable[read.tensor]
    if copy is None:
        copy = writer.copies[key] = writer.namer(f"{base}_copy")
        writer.prepared.append(f"{copy} = np.empty({writer.shape([box[i.key] for i in axes])}, dtype)")
        writer.say(f"np.copyto({copy}, {writer.view(read, axes, box)})")
    return writer.once(f"{base}_matrix", f"{copy}.reshape({shape})")


def merged(writer: Writer, group: Sequence[Index], box: Sequence[Size]) -> str:
    known = 1
    rest = []
    for index in group:
        extent = box[index.key]
        if extent.value is not None:
            known *= extent.value
        else:
            text = writer.extent(extent)
            rest.append(f"({text})" if len(extent.terms) > 1 else text)
    return "*".join([str(known)] * (known != 1 or not rest) + rest)


def mergeable(writer: Writer, read: Read, group: Sequence[Index], box: Sequence[Size]) -> bool:
    """Whether the group's axes follow each other in memory, all but the first in their full length."""
    if len(group) <= 1:
        return True
    axis_of: dict[Index, int] = {}
    for axis, form in enumerate(read.subscripts):
        for index in bound(form):
            if index in axis_of:
                return False
            axis_of[index] = axis
    order = writer.layout.order(read.tensor)
    places = [order.index(axis_of[index]) for index in group]
    if places != list(range(places[0], places[0] + len(places))):
        return False
    if dict(read.subscripts[axis_of[group[0]]].terms)[group[0]].value != 1:
        return False
    return all(
        read.subscripts[axis_of[index]].plain is index and box[index.key] is read.tensor.extents[axis_of[index]]
        for index in group[1:]
    )


def write_einsum(writer: Writer, node: Map) -> None:
    """Neither a matrix product nor a sum of a plain product: NumPy's own loops over the indices."""
    plan = writer.layout.contractions[node]
    letters: dict[Index, str] = {}
    for index in (*plan.batch, *plan.rows, *plan.inner, *plan.columns):
        letters[index] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"[len(letters)]
    texts, operands = [], []
    for read in (plan.left, plan.right):
        axes = [index for index in letters if index in writer.layout.places(read)]
        texts.append("".join(letters[index] for index in axes))
        operands.append(writer.view(read, axes, node.box))
    result = "".join(letters[Index(axis)] for axis in range(node.rank))
    pattern = f"{','.join(texts)}->{result}"
    writer.say(f'np.einsum("{pattern}", {", ".join(operands)}, out={writer.variable[node]})')
