"""The frame of an emitted module: what it takes, how that is checked, how workspaces are kept, its command line."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Iterable, Sequence

from ...graph.node import Leaf, Node
from ...graph.size import Size, size
from .helpers import HELPERS
from .naming import printable
from .writer import Writer

FRAME = '''\
"""{title}

It needs NumPy alone. `run` takes arrays and returns new ones; `python THIS.py in.npz out.npz` does so for files.
"""

{imports}

import numpy as np

INPUTS = {inputs}
OUTPUTS = {outputs}


def run({arguments}):
    """The OUTPUTS, in a tuple; they are the caller's to keep.

{shapes}
    """
    try:
        if {{{types}}} != {{np.ndarray}}:
            raise TypeError
        idle, sizes = _workspaces[
            {key}
        ]
    except (AttributeError, KeyError, TypeError):
        idle = None
    if idle is None:
        arrays = _checked({arguments})
        {targets} = arrays
        key = tuple(part for array in arrays for part in (array.dtype, array.shape)){told}
        idle, sizes = _workspaces.setdefault(key, ([], _sizes(*arrays)))
        if len(_workspaces) > 16:
            _workspaces.pop(next(iter(_workspaces)), None)
    try:
        step = idle.pop()
    except IndexError:
        step = None
    if step is None:
        step = _prepare(*sizes)
    try:
        return step({arguments})
    finally:
        idle.append(step)


# for each set of shapes the steps that are idle: a running one is in no list, so none share memory
_workspaces = {{}}


@np.errstate(all="ignore")
def _prepare({parameters}):
    """The memory and the views that one set of sizes needs, and the step that uses them."""
{prepared}

    @np.errstate(all="ignore")
    def step({arguments}):
{steps}
        return {returned}

    return step


{fitting}def _checked(*given):
    """Everything as arrays of one float type, or of whole numbers where these are wanted."""
    arrays = [np.asarray(value) for value in given]
    for name, array in zip(INPUTS, arrays):
        if array.dtype.kind not in "fiub":
            raise TypeError(f"`{{name}}` should hold numbers, but holds {{array.dtype}}")
    floats = [array for value, array in zip(given, arrays) if hasattr(value, "dtype") and array.dtype.kind == "f"]
    single = bool(floats) and np.result_type(*floats).itemsize <= 4
    for place in _INTEGERS:
        wrong = (arrays[place] != np.floor(arrays[place])) | (np.abs(arrays[place]) >= 2.0**63)
        if wrong.any():
            raise ValueError(f"`{{INPUTS[place]}}` should hold whole numbers, but holds {{arrays[place][wrong][0]}}")
    types = [np.intp if place in _INTEGERS else np.float32 if single else np.float64 for place in range(len(arrays))]
    return [np.asarray(array, kind).view(np.ndarray) for array, kind in zip(arrays, types)]


_INTEGERS = {integers}  # the places of the INPUTS that are whole numbers
{helpers}

def main():
    if len(sys.argv) != 3:
        raise SystemExit(f"usage: python {{sys.argv[0]}} in.npz out.npz")
    with np.load(sys.argv[1]) as given:
        missing = [name for name in INPUTS if name not in given]
        if missing:
            raise SystemExit(f"{{sys.argv[1]}} lacks {{', '.join(missing)}}")
        results = run(*[given[name] for name in INPUTS])
    with open(sys.argv[2], "wb") as file:
        np.savez(file, **dict(zip(OUTPUTS, results)))


if __name__ == "__main__":
    main()
'''
SIZES = '''\
def _sizes({arguments}):
    """The free sizes and the float type of arrays that fit each other."""
    ranks = [
{ranks}
    ]
    for name, array, rank, text in ranks:
        if array.ndim != rank:
            raise ValueError(f"`{{name}}` should have shape {{text}}, but has {{array.shape}}")
{bindings}
    shapes = [
{fits}
    ]
    for (name, array, _, text), shape in zip(ranks, shapes):
        if array.shape != shape:
            here = "" if text == str(shape) else f", here {{shape}},"
            raise ValueError(f"`{{name}}` should have shape {{text}}{{here}} but has {{array.shape}}")
    return {sizes}


'''
WIDTH = 118


def module(
    writer: Writer, leaves: Sequence[Leaf], sizes: Sequence[str], names: Sequence[str], returned: Sequence[str]
) -> tuple[str, int]:
    """The text of the whole module, and the number of the line at which the steps start."""
    variables = [writer.variable[leaf] for leaf in leaves]
    own = [str(writer.size_names[name]) for name in sizes]
    floats = [variable for leaf, variable in zip(leaves, variables, strict=True) if not leaf.integer]
    dtype = f"{floats[0]}.dtype" if floats else "np.dtype(float)"
    told = [f"{v}.tobytes()" for leaf, v in zip(leaves, variables, strict=True) if "size" in leaf.attributes]
    about = list(zip(leaves, variables, strict=True))
    types = wrapped((f"type({v})" for v in variables), "", "", 12) if variables else "np.ndarray"
    prepared = ["bits = np.dtype(f'i{dtype.itemsize}')"] * ("bits" in writer.helpers) + writer.prepared
    before, after = FRAME.split("{steps}")
    parts = {
        "title": titled(printable(", ".join(names)).replace("\\", "/").replace('"', "'")),
        "imports": "import math\nimport sys" if any("math." in line for line in prepared) else "import sys",
        "inputs": wrapped(map(_literal, (leaf.name for leaf in leaves)), "(", ")", 4),
        "outputs": wrapped(map(_literal, names), "(", ")", 4),
        "arguments": ", ".join(variables),
        "targets": f"{', '.join(variables)}," if len(variables) == 1 else ", ".join(variables) or "()",
        "shapes": "\n".join(f"    {v}: {dims(leaf)}{', whole numbers' * leaf.integer}" for leaf, v in about),
        "types": f"\n{' ' * 12}{types}\n{' ' * 8}" if "\n" in types else types,
        "key": wrapped([*(f"{v}.dtype, {v}.shape" for v in variables), *told], "", ",", 12) if variables else "()",
        "told": f" + ({', '.join(told)},)" if told else "",
        "parameters": ", ".join([*own, "dtype"]),
        "prepared": indented(prepared or ["pass"], 4),
        "returned": bare(wrapped(returned, "(", ")", 12)),
        "fitting": fitting(writer, leaves, sizes, [*own, dtype]),
        "integers": tuple(k for k, leaf in enumerate(leaves) if leaf.integer),
        "helpers": "".join("\n" + HELPERS[name] for name in HELPERS if name in writer.helpers),
    }
    head = before.format(**parts)
    return head + indented(writer.steps or ["pass"], 8) + after.format(**parts), 1 + head.count("\n")


def fitting(writer: Writer, leaves: Sequence[Leaf], sizes: Sequence[str], told: Sequence[str]) -> str:
    """The function that reads the sizes off arrays and says which of them do not fit each other."""
    about = [(leaf, writer.variable[leaf]) for leaf in leaves]
    return SIZES.format(
        arguments=", ".join(variable for _, variable in about),
        ranks=indented((f"({_literal(leaf.name)}, {v}, {leaf.rank}, {_literal(dims(leaf))})," for leaf, v in about), 8),
        bindings=indented(bindings(writer, leaves, sizes), 4),
        fits=indented((f"{writer.shape(leaf.extents)}," for leaf in leaves), 8),
        sizes=wrapped(told, "(", ")", 8),
    )


def computed(writer: Writer, start: int) -> list[tuple[Node, range]]:
    """The nodes in the order in which the steps compute them, each with the numbers of its lines."""
    found: list[tuple[Node, range]] = []
    for node, step in zip(writer.makes, writer.steps, strict=True):
        stop = start + 1 + folded(" " * 8 + step).count("\n")
        if node is not None:
            same = found and found[-1][0] is node
            found[-1 if same else len(found) :] = [(node, range(found[-1][1].start if same else start, stop))]
        start = stop
    return found


def titled(names: str) -> str:
    return "\n".join(textwrap.wrap(f"A program made of equations: {names}.", WIDTH - 3, break_on_hyphens=False))


def indented(lines: Iterable[str], width: int) -> str:
    return "\n".join(folded(" " * width + line) for line in lines)


def folded(line: str) -> str:
    """A line on as many as it needs, broken behind commas within brackets."""
    if len(line) <= WIDTH or line.lstrip().startswith("#"):
        return line
    indent = " " * (len(line) - len(line.lstrip()) + 4)
    depth, quote, start, last = 0, "", 0, 0
    out: list[str] = []
    for place, character in enumerate(line):
        if quote:
            quote = "" if character == quote else quote
        elif character in "'\"":
            quote = character
        elif character in "([{":
            depth += 1
        elif character in ")]}":
            depth -= 1
        elif character == " " and depth and line[place - 1] == ",":
            if place - start > WIDTH - len(indent) * bool(out) and last > start:
                out.append(line[start:last])
                start = last + 1
            last = place
    rest = line[start:]
    if len(rest) > WIDTH - len(indent) and last > start:
        out.append(line[start:last])
        rest = line[last + 1 :]
    return ("\n" + indent).join([*out, rest])


def wrapped(parts: Iterable[str], start: str, end: str, width: int) -> str:
    """A tuple's parts on one line, or on as many as they need."""
    texts = list(parts)
    line = f"{start}{', '.join(texts)}{',' * (len(texts) == 1 and end == ')')}{end}"
    if len(line) + width <= WIDTH:
        return line
    whole = [text.replace(" ", "\0") if text.startswith('"') else text for text in texts]  # a literal stays on its line
    body = textwrap.wrap(", ".join(whole) + ",", WIDTH - width, break_long_words=False, break_on_hyphens=False)
    inner = ("\n" + " " * width).join(body).replace("\0", " ")
    return f"{start}\n{' ' * width}{inner}\n{' ' * (width - 4)}{end}" if start else inner


def bare(text: str) -> str:
    """A tuple on one line without its brackets."""
    return text if "\n" in text or text == "()" else text[1:-1]


def _literal(text: str | None) -> str:
    """As Python reads it, in double quotes."""
    return json.dumps(text or "", ensure_ascii=False)


def dims(leaf: Leaf) -> str:
    return f"({', '.join(map(str, leaf.extents))}{',' * (leaf.rank == 1)})"


def bindings(writer: Writer, leaves: Sequence[Leaf], sizes: Sequence[str]) -> list[str]:
    """How each free size is read off a shape: off the axis that is just it, or a multiple of it and a number."""
    lines = []
    for name in sizes:
        own = writer.size_names[name]
        given = next((leaf for leaf in leaves if leaf.name == name and "size" in leaf.attributes), None)
        if given is not None:
            lines += [f"{own} = int({writer.variable[given]})", f"if {own} < 0:"]
            lines.append(f'    raise ValueError(f"the size `{name}` cannot be {{{own}}}")')
            continue
        _, place, axis = min(
            (extent is not size(name), place, axis)
            for place, leaf in enumerate(leaves)
            for axis, extent in enumerate(leaf.extents)
            if tells(extent, name)
        )
        extent = leaves[place].extents[axis]
        offset = extent.bind({name: 0})
        step = (extent - offset).bind({name: 1})
        length = f"{writer.variable[leaves[place]]}.shape[{axis}]"
        text = f"({length} - ({offset}))" if offset.terms else length
        lines.append(f"{own} = {text}" + ("" if step.value == 1 else f" // {step}"))
    return lines


def tells(extent: Size, name: str) -> bool:
    """Whether a size can be read off an axis."""
    return extent.names == {name} and all(
        len(monomial) <= 1 and all(isinstance(atom, str) for atom in monomial) for monomial, _ in extent.terms
    )
