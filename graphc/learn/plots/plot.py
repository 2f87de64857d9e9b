"""A plot and several of them: they show themselves in a notebook and are written as .png, .svg or .pdf."""

from __future__ import annotations

import base64
import html
import io
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from ...language.errors import GraphcError
from ..checkpoint import made, write_whole

if TYPE_CHECKING:
    from matplotlib.figure import Figure

DPI = 150
# What a writer says of the day and of itself would make two writings of one plot differ.
SILENT: dict[str, dict[str, None]] = {
    "png": {"Software": None},
    "svg": {"Date": None, "Creator": None},
    "pdf": {"CreationDate": None, "Creator": None, "Producer": None},
}


@dataclass(frozen=True)
class Plot:
    """`figure` is matplotlib's, for whoever wants to change it."""

    name: str
    figure: Figure

    def content(self, ending: str = "png", dots: int = DPI) -> bytes:
        """The file that has this ending, with so many dots an inch; the same plot gives the same bytes."""
        from .style import styled

        if ending not in SILENT:
            raise GraphcError(f"a plot is written as .{', .'.join(SILENT)}, not as .{ending}")
        out = io.BytesIO()
        with styled():
            self.figure.savefig(out, format=ending, dpi=dots, metadata=SILENT[ending])
        return out.getvalue()

    def save(self, file: str | Path) -> None:
        """Write it by the file's ending; an older file is replaced at once."""
        file = Path(file)
        write_whole(file, self.content(file.suffix.removeprefix(".")))

    def _repr_png_(self) -> bytes:
        return self.content()

    def __repr__(self) -> str:
        return f"<plot {self.name}>"


class Plots(dict[str, Plot]):
    """Plots by name."""

    def save(self, folder: str | Path) -> list[Path]:
        """Each as NAME.png in this folder; the files."""
        folder = Path(folder)
        made(folder)
        files = [folder / f"{name}.png" for name in self]
        for plot, file in zip(self.values(), files, strict=True):
            plot.save(file)
        return files

    def _repr_html_(self) -> str:
        images = (
            f'<img alt="{html.escape(name)}" src="data:image/png;base64,{base64.b64encode(plot.content()).decode()}">'
            for name, plot in self.items()
        )
        return "".join(images)

    def __repr__(self) -> str:
        return f"<plots: {', '.join(self) or 'none'}>"
