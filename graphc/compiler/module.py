"""The frame of an emitted module: what it takes, how it checks it, how workspaces are kept, and its command line."""

from __future__ import annotations

from collections.abc import Sequence

from ..graph.node import Leaf
from ..graph.size import Size, size
from ..language.errors import GraphcError
from .helpers import HELPERS
from .writer import Writer

FRAME = '''\
"""{title}

{about}
"""

{imports}

import numpy as np

INPUTS = {inputs!r}
OUTPUTS = {outputs!r}


def run({arguments}):
    """{outputs_text} as a tuple of new arrays.

{shapes_text}
    """
    try:
        if not ({all_arrays}):
            raise TypeError
        idle, sizes = _workspaces[{key}]
    except (AttributeError, KeyError, TypeError):
        {arguments_} = arrays = _checked({arguments})
        idle, sizes = _workspaces.setdefault(({key}), ([], _sizes(*arrays)))
        if len(_workspaces) > 16:
            _workspaces.pop(next(iter(_workspaces)), None)
    try:
        step = idle.pop()
    except IndexError:
        step = _prepare(*sizes)
    try:
        with np.errstate(all="ignore"):
            return step({arguments})
    finally:
        idle.append(step)


_workspaces = {{}}  # idle steps for each set of shapes; one that is running is not in its list


def _prepare({parameters}):
    """The memory and the views that one set of sizes needs, and the step that uses them."""
    with np.errstate(all="ignore"):
        return _prepared({parameters})


def _prepared({parameters}):
{prepared}

    def step({arguments}):
{steps}
        return {returned}

    return step


def _sizes({arguments}):
    """The free sizes and the float type of arrays that fit each other."""
{ranks}
{bindings}
    fits = [
{fits}
    ]
    for name, array, shape, text in fits:
        if array.shape != shape:
            raise ValueError(f"`{{name}}` should have shape {{text}}, here {{shape}}, but has {{array.shape}}")
    return {sizes_returned}


def _checked({arguments}):
    """Everything as arrays of one float type, or of whole numbers where they are wanted."""
    given = [{arguments}]
    arrays = [np.asarray(value) for value in given]
    for name, array in zip(INPUTS, arrays):
        if array.dtype.kind not in "fiub":
            raise TypeError(f"`{{name}}` should hold numbers, but holds {{array.dtype}}")
    floats = [array for value, array in zip(given, arrays) if hasattr(value, "dtype") and array.dtype.kind == "f"]
    wide = not floats or np.result_type(*floats).itemsize > 4
    dtype = np.dtype(np.float64 if wide else np.float32)
    for place in _INTEGERS:
        if (arrays[place] != np.floor(arrays[place])).any():
            raise ValueError(f"`{{INPUTS[place]}}` should hold whole numbers")
    return [
        np.asarray(array, np.intp if place in _INTEGERS else dtype).view(np.ndarray) for place, array in enumerate(arrays)
    ]


_INTEGERS = {integers}
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


def module(
    writer: Writer, leaves: Sequence[Leaf], sizes: Sequence[str], names: Sequence[str], returned: Sequence[str]
) -> str:
    variables = [writer.variable[leaf] for leaf in leaves]
    arguments = ", ".join(variables)
    own = [str(writer.size_names[name]) for name in sizes]
    floats = [writer.variable[leaf] for leaf in leaves if not leaf.integer]
    dtype = f"{floats[0]}.dtype" if floats else "np.dtype(float)"
    key = "".join(f"{variable}.dtype, {variable}.shape, " for variable in variables)
    fits = [
        f'        ("{_quoted(leaf.name)}", {v}, {writer.shape(leaf.extents)}, "{_dims(leaf)}"),'
        for leaf, v in zip(leaves, variables, strict=True)
    ]
    ranks = "\n".join(
        f'    if {v}.ndim != {leaf.rank}:\n        raise ValueError(f"`{_quoted(leaf.name)}` should have shape {_dims(leaf)}, but has {{{v}.shape}}")'
        for leaf, v in zip(leaves, variables, strict=True)
    )
    lines = [line for line in writer.steps]
    return FRAME.format(
        title="A program made of equations: " + ", ".join(names) + ".",
        about="It needs NumPy alone. `run` computes; `python THIS.py in.npz out.npz` does so for arrays in files.",
        imports="\n".join(f"import {name}" for name in ("math", "sys") if name == "sys" or _uses(writer, name)),
        inputs=tuple(leaf.name for leaf in leaves),
        outputs=tuple(names),
        arguments=arguments,
        arguments_=f"{arguments}," if len(variables) == 1 else arguments or "_",
        outputs_text=", ".join(names),
        shapes_text="\n".join(
            f"    {v}: {_dims(leaf)}{' of whole numbers' * leaf.integer}"
            for leaf, v in zip(leaves, variables, strict=True)
        ),
        all_arrays=" is ".join([*(f"type({v})" for v in variables), "np.ndarray"]) if variables else "True",
        key=key.strip().rstrip(",") + "," if key else "()",
        parameters=", ".join([*own, "dtype"]),
        prepared="\n".join(f"    {line}" for line in bits_first(writer)) or "    pass",
        steps="\n".join(f"        {line}" for line in lines) or "        pass",
        returned=", ".join(returned) + "," * (len(returned) == 1),
        ranks=ranks,
        bindings="\n".join(_bindings(writer, leaves, sizes)),
        fits="\n".join(fits),
        sizes_returned="(" + ", ".join([*own, dtype]) + ",)",
        integers=tuple(k for k, leaf in enumerate(leaves) if leaf.integer),
        helpers="".join("\n" + HELPERS[name] for name in HELPERS if name in writer.helpers),
    )


def bits_first(writer: Writer) -> list[str]:
    """The lines that prepare, after the integer type as wide as the floats, where bits are used."""
    return [*["bits = np.dtype(f'i{dtype.itemsize}')"] * ("bits" in writer.helpers), *writer.prepared]


def _dims(leaf: Leaf) -> str:
    return f"({', '.join(map(str, leaf.extents))}{',' * (leaf.rank == 1)})"


def _quoted(name: str | None) -> str:
    return (name or "").replace("\\", "\\\\").replace('"', '\\"').replace("{", "{{").replace("}", "}}")


def _bindings(writer: Writer, leaves: Sequence[Leaf], sizes: Sequence[str]) -> list[str]:
    """How each free size is read off a shape: the axis that is just it, or one that is a multiple of it and a number."""
    lines = []
    for name in sizes:
        found = [
            (not extent.terms == size(name).terms, leaf, axis, extent)
            for leaf in leaves
            for axis, extent in enumerate(leaf.extents)
            if extent.names == {name} and linear(extent)
        ]
        if not found:
            raise GraphcError(f"the size `{name}` cannot be told from the arrays that the program is given")
        _, leaf, axis, extent = min(found, key=lambda one: one[0])
        length = f"{writer.variable[leaf]}.shape[{axis}]"
        offset = extent.bind({name: 0})
        factor = extent - offset
        step = factor.bind({name: 1})
        text = length if not offset.terms else f"({length} - ({offset}))"
        lines.append(f"    {writer.size_names[name]} = {text}" + ("" if step.value == 1 else f" // {step}"))
    return lines


def linear(extent: Size) -> bool:
    return all(len(monomial) <= 1 and all(isinstance(atom, str) for atom in monomial) for monomial, _ in extent.terms)


def _uses(writer: Writer, library: str) -> bool:
    return any(f"{library}." in line for line in writer.prepared)
