"""Arrays by name in .npz files. Nothing in a file is run, and only what is asked for is read."""

from __future__ import annotations

import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from ..language.errors import GraphcError, did_you_mean
from ..language.names import normalised
from .output import cannot

if TYPE_CHECKING:
    import numpy as np

    from ..graph.node import Leaf


def read_arrays(file: Path | None, wanted: Sequence[Leaf]) -> dict[str, np.ndarray]:
    """The arrays of some inputs and parameters; one that is missing or has a NaN in it is said, not computed with."""
    import numpy as np

    if file is None:
        if wanted:
            raise GraphcError(f"arrays are needed: {_listed(wanted)}", "write them with numpy.savez; --inputs FILE.npz")
        return {}
    try:
        archive = np.load(file, allow_pickle=False)
        if not isinstance(archive, np.lib.npyio.NpzFile):
            raise GraphcError(f"{file} holds one array, not arrays by name", "write it with numpy.savez")
        with archive:
            members = {normalised(name): name for name in archive.files}
            return {str(leaf.name): _read(archive, members, leaf, file, wanted) for leaf in wanted}
    except OSError as error:
        raise cannot("read", file, error) from None
    except (ValueError, EOFError, zipfile.BadZipFile):
        raise GraphcError(f"{file} is no archive of numeric arrays", "write it with numpy.savez") from None


def _read(
    archive: np.lib.npyio.NpzFile, members: dict[str, str], leaf: Leaf, file: Path, wanted: Sequence[Leaf]
) -> np.ndarray:
    import numpy as np

    name = str(leaf.name)
    if name not in members:
        hint = did_you_mean(name, members.keys() - {other.name for other in wanted})
        raise GraphcError(f"{file} has no array {_listed([leaf])}", hint or f"it has {', '.join(members) or 'none'}")
    try:
        array = np.asanyarray(archive[members[name]])
    except ValueError:  # objects, or no array at all
        raise GraphcError(f"`{name}` in {file} is no array of numbers") from None
    if array.dtype.kind not in "fiub":
        raise GraphcError(f"`{name}` in {file} is of type {array.dtype}, not of numbers")
    if array.dtype.kind == "f" and np.isnan(array).any():
        place = ", ".join(map(str, np.argwhere(np.isnan(array))[0]))
        raise GraphcError(f"`{name}` in {file} is NaN" + (f" at [{place}]" if place else ""))
    return array


def _listed(leaves: Sequence[Leaf]) -> str:
    shapes = [", ".join(map(str, leaf.shape)) + "," * (leaf.rank == 1) for leaf in leaves]
    return ", ".join(f"`{leaf.name}` of shape ({shape})" for leaf, shape in zip(leaves, shapes, strict=True))


def write_arrays(file: Path, values: dict[str, np.ndarray]) -> None:
    """An .npz file whose keys are the names as asked; `numpy.savez` would not take a key such as `file`."""
    import numpy as np

    try:
        with zipfile.ZipFile(file, "w") as archive:
            for name, value in values.items():
                with archive.open(zipfile.ZipInfo(f"{name}.npy"), "w", force_zip64=True) as entry:
                    np.lib.format.write_array(entry, np.asanyarray(value), allow_pickle=False)
    except OSError as error:
        raise cannot("write", file, error) from None
