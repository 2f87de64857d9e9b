"""Build the pictures of the gallery: `python docs/gallery [FOLDER]`, or `make docs`.

Every one is computed from a seed, so the same machine makes the same pictures. What they show is also written as
numbers, into `gallery.json` beside them, where a folder is given.
"""

from __future__ import annotations

import io
import json
import sys
from pathlib import Path
from types import ModuleType

import activations
import approximation
import digits
import rates
import regularisers
import spiral
from PIL import Image

from graphc.learn.checkpoint import write_whole
from graphc.learn.plots.plot import Plot

CHAPTERS: tuple[ModuleType, ...] = (rates, spiral, activations, regularisers, approximation, digits)
PICTURES = Path(__file__).parents[1] / "pictures"
COLOURS = 128  # of a picture: enough for it to look the same, at a third of the size


def small(plot: Plot) -> bytes:
    """A picture for a page: fewer pixels than one for print, and a palette."""
    out = io.BytesIO()
    image = Image.open(io.BytesIO(plot.content(dots=110))).convert("RGB")
    image.quantize(COLOURS, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE).save(out, "png", optimize=True)
    return out.getvalue()


def main(folder: Path | None) -> None:
    facts = {}
    for chapter in CHAPTERS:
        facts[chapter.__name__], plots = chapter.build()
        for plot in plots:
            write_whole((folder or PICTURES) / f"{plot.name}.png", small(plot))
        print(chapter.__name__, json.dumps(facts[chapter.__name__], ensure_ascii=False), flush=True)
    if folder is not None:
        (folder / "gallery.json").write_text(json.dumps(facts, indent=1), "utf-8")


main(Path(sys.argv[1]) if len(sys.argv) > 1 else None)
