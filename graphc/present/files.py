"""A picture as the bytes of a file, by its ending."""

from __future__ import annotations

from collections.abc import Callable

from .dot import dot, drawn_by_dot
from .html import html
from .picture import Picture
from .svg import svg

WRITERS: dict[str, Callable[[Picture], bytes]] = {
    ".svg": lambda picture: svg(picture).encode(),
    ".html": lambda picture: html(picture).encode(),
    ".dot": lambda picture: dot(picture).encode(),
    ".png": lambda picture: drawn_by_dot(picture, "png"),
    ".pdf": lambda picture: drawn_by_dot(picture, "pdf"),
}
ENDINGS = tuple(WRITERS)


def draw(picture: Picture, ending: str) -> bytes:
    """The whole file; .png and .pdf need the program `dot`, the others nothing."""
    return WRITERS[ending](picture)
