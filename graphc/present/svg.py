"""The picture as SVG: one drawing for light and dark, with a layout of our own, so that no program is needed.

What a thing is shows in its shape as well as in its colour: inputs are round, layers square, outputs have a double
edge, the loss is a hexagon. Derivatives that flow back have a colour and an arrow of their own beside the tensor's.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from html import escape
from textwrap import wrap
from types import MappingProxyType

from .arranged import SLANT, arranged, label_size
from .boxes import LINE, PAD_X, PAD_Y, SIZE, Line, text_width
from .curves import beside, curve
from .layout import Route
from .picture import GIVEN, Box, Edge, Picture
from .places import LEVEL_GAP, Place, Point

MARGIN, TITLE_LINE, NOTE_LINE = 26.0, 24.0, 16.0
PILE = 6.0  # how far the lowest card of a pile of repeats sticks out
APART = 4.0  # how far from the middle of an edge its two lines run, where it has two
SANS = "Inter, 'Segoe UI', 'Helvetica Neue', Arial, 'DejaVu Sans', sans-serif"
MONO = "'DejaVu Sans Mono', Menlo, Consolas, 'Liberation Mono', monospace"

# what is coloured: light fill, light stroke, dark fill, dark stroke
COLOURS = {
    "input": ("#e0effc", "#1d6fb8", "#12324d", "#6fb4ef"),
    "param": ("#f3e8fc", "#7a2fb0", "#301a43", "#cf9df5"),
    "equation": ("#f6f7f9", "#5c6675", "#22272f", "#98a3b3"),
    "output": ("#dff5e5", "#15803d", "#113522", "#5fcf8a"),
    "loss": ("#fde7e4", "#b42318", "#43191a", "#f4897f"),
}
# text and lines: light, dark
INKS = {
    "ink": ("#1b2430", "#e8ecf2"),
    "soft": ("#586273", "#a3adbb"),
    "weights": ("#7a2fb0", "#cf9df5"),
    "flow": ("#5c6675", "#98a3b3"),
    "back": ("#c2410c", "#fb9a5c"),
    "paper": ("#ffffff", "#14181e"),
}


def svg(picture: Picture, alone: bool = True, links: Mapping[int, str] = MappingProxyType({})) -> str:
    """The whole drawing; inside a page (`alone` false) the page's own style colours it, and boxes by their keys may
    be links to places in it."""
    placed = arranged(picture)
    found = placed.layout
    over = any(route.over for route in found.routes)
    width = max(found.width, 320.0) + 2 * MARGIN
    heading = wrap(picture.title, int((width - 2 * MARGIN) / 9.2), max_lines=3, placeholder=" …")
    top = MARGIN + TITLE_LINE * len(heading) + 8 + (LEVEL_GAP if over else 0)
    notes = wrap(picture.backward or _totals(picture), int((width - 2 * MARGIN) / 6.4))
    height = top + found.height + MARGIN + 14 + NOTE_LINE * len(notes)
    shift = MARGIN + max(0.0, (320.0 - found.width) / 2)
    role = "group" if links else "img"  # what stands in an image cannot be reached
    body = [
        *(_heading(text, number) for number, text in enumerate(heading)),
        f'<g transform="translate({_n(shift)} {_n(top)})">',
        *(_edge(picture, *each) for each in zip(picture.edges, found.routes, placed.labels, strict=True)),
        *(
            _linked(links.get(box.key), _box(box, place, lines))
            for box, place, lines in zip(picture.boxes, found.boxes, placed.lines, strict=True)
        ),
        "</g>",
        *(_note(text, height - 18 - NOTE_LINE * number) for number, text in enumerate(reversed(notes))),
    ]
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" role="{role}" width="{_n(width)}" height="{_n(height)}" '
            f'viewBox="0 0 {_n(width)} {_n(height)}">',
            f"<title>{clean(picture.title)}</title>",
            *([f"<style>{style()}</style>"] if alone else []),
            f"<defs>{_marker('arrow', 'head', 7)}{_marker('back', 'backhead', 4.6) if picture.backward else ''}</defs>",
            f'<rect class="paper" width="{_n(width)}" height="{_n(height)}"/>',
            *body,
            "</svg>\n",
        ]
    )


def _marker(name: str, css: str, size: float) -> str:
    return (
        f'<marker id="{name}" viewBox="0 0 10 10" refX="9" refY="5" markerWidth="{size:g}" markerHeight="{size:g}" '
        f'orient="auto"><path class="{css}" d="M0 1 L10 5 L0 9 z"/></marker>'
    )


def style() -> str:
    """The colours as classes; where dark is preferred, the dark ones."""
    sizes = "".join(f".{kind} {{ font-size: {size:g}px }} " for kind, size in SIZE.items())
    rules = (
        f"text {{ font-family: {MONO} }} .sans {{ font-family: {SANS} }} {sizes}"
        f".small {{ font: 12px {SANS} }} .heading {{ font: 600 17px {SANS} }} .title, .times {{ font-weight: 700 }} "
        ".edge { fill: none; stroke-width: 1.4 } .shape { stroke-width: 1.4 } .thin { stroke-width: 1 } "
        ".back { fill: none; stroke-width: 2.4 } .quiet { opacity: 0.5 } .path .shape { stroke-width: 2 } "
        ".target .shape { stroke-width: 3 } .target .adjoint { font-weight: 700 } "
    )
    return f"{rules}{_palette(0)} @media (prefers-color-scheme: dark) {{ {_palette(1)} }}"


def _palette(dark: int) -> str:
    kinds = [
        f".{kind} .shape {{ fill: {colours[2 * dark]}; stroke: {colours[2 * dark + 1]} }} "
        f".{kind} .rule, .{kind} .ring {{ fill: none; stroke: {colours[2 * dark + 1]} }}"
        for kind, colours in COLOURS.items()
    ]
    fills = {"text": "ink", ".soft, .formula": "soft", ".params, .times": "weights", ".head": "flow", ".paper": "paper"}
    fills |= {".slope, .adjoint, .backhead": "back"}
    inks = [f"{what} {{ fill: {INKS[ink][dark]} }}" for what, ink in fills.items()]
    lines = [f".{what} {{ stroke: {INKS[ink][dark]} }}" for what, ink in (("edge", "flow"), ("back", "back"))]
    return " ".join([*kinds, *inks, *lines])


def _totals(picture: Picture) -> str:
    def count(number: int | str) -> str:
        return f"{number:,}" if isinstance(number, int) else number

    return f"{count(picture.table.params)} parameters · {count(picture.table.links)} links"


def _heading(text: str, number: int) -> str:
    return f'<text class="heading" x="{_n(MARGIN)}" y="{_n(MARGIN + TITLE_LINE * number + 12)}">{clean(text)}</text>'


def _note(text: str, y: float) -> str:
    return f'<text class="soft small" x="{_n(MARGIN)}" y="{_n(y)}">{clean(text)}</text>'


# -- boxes


def _linked(place: str | None, drawn: str) -> str:
    return drawn if place is None else f'<a href="#{clean(place)}">{drawn}</a>'


def _box(box: Box, place: Place, lines: Sequence[Line]) -> str:
    whole = "; ".join(f"{part.left} = {part.formula}" for part in box.parts if box.kind not in GIVEN)
    out = [f'<g class="{f"{box.kind} {box.tone}".strip()}"><title>{clean(whole or box.parts[0].title)}</title>']
    if _piled(box):
        out += [_rectangle(place, step) for step in (PILE, PILE / 2)]
    out.append(SHAPES[box.kind](place))
    slant = SLANT if box.kind == "loss" else 0
    left, right, y = place.left + PAD_X + slant, place.right - PAD_X - slant, place.top + PAD_Y
    if box.repeat > 1:
        out.append(_text(f"×{box.repeat}", "times", place.right - 8, place.top + 20, "end"))
        right -= 22
    for line in lines:
        base = y + LINE[line.kind] * 0.72
        if line.kind == "rule":
            middle = y + LINE["rule"] / 2
            out.append(f'<path class="rule thin" d="M{_n(place.left)} {_n(middle)}H{_n(place.right)}"/>')
        elif box.kind in GIVEN:
            out.append(_text(line.text, line.kind, place.x, base, "middle"))
        else:
            out.append(_text(line.text, line.kind, left, base))
        if line.times:
            out.append(_text(line.times, "times", left + text_width(line.text + " ", line.kind), base))
        if line.tag:
            out.append(_text(line.tag, "tag soft", right, base, "end"))
        y += LINE[line.kind]
    return "\n".join([*out, "</g>"])


def _piled(box: Box) -> bool:
    """Repeats are drawn as a pile of cards."""
    return box.repeat > 1 or (len(box.parts) == 1 and box.parts[0].repeat > 1)


def _text(text: str, kind: str, x: float, y: float, anchor: str = "start") -> str:
    at = "" if anchor == "start" else f' text-anchor="{anchor}"'
    return f'<text class="{kind}" x="{_n(x)}" y="{_n(y)}"{at} xml:space="preserve">{clean(text)}</text>'


def _rectangle(place: Place, step: float = 0.0, css: str = "shape", radius: float = 7.0) -> str:
    return (
        f'<rect class="{css}" x="{_n(place.left + step)}" y="{_n(place.top + step)}" width="{_n(place.width)}" '
        f'height="{_n(place.height)}" rx="{_n(radius)}"/>'
    )


def _pill(place: Place) -> str:
    return _rectangle(place, radius=place.height / 2)


def _double(place: Place) -> str:
    inner = Place(place.width - 7, place.height - 7, x=place.x, y=place.y)
    return _rectangle(place) + _rectangle(inner, css="ring thin", radius=4.5)


def _hexagon(place: Place) -> str:
    slant = 13.0
    points = [
        (place.left + slant, place.top),
        (place.right - slant, place.top),
        (place.right, place.y),
        (place.right - slant, place.bottom),
        (place.left + slant, place.bottom),
        (place.left, place.y),
    ]
    return f'<polygon class="shape" points="{" ".join(f"{_n(x)},{_n(y)}" for x, y in points)}"/>'


SHAPES = {"input": _pill, "param": _rectangle, "equation": _rectangle, "output": _double, "loss": _hexagon}


# -- edges


def _edge(picture: Picture, edge: Edge, route: Route, label: str) -> str:
    """The tensor's line and, where a derivative flows back, that one's beside it; the label interrupts both."""
    apart = APART if edge.slope else 0.0
    forward, tone = beside(route.points, -apart, route.over), "" if edge.slope or not picture.backward else " quiet"
    out = f'<path class="edge{tone}" d="{_path(forward, route.over)}" marker-end="url(#arrow)"/>'
    if edge.slope:
        (x, y), *rest = beside(route.points, apart, route.over)
        y += PILE * _piled(picture.boxes[edge.source])
        out += f'<path class="back" d="{_path([*rest[::-1], (x, y)], route.over)}" marker-end="url(#back)"/>'
    if label:
        (x, y), (width, height), css = route.label, label_size(picture, label), "slope" if edge.slope else "label soft"
        out += (
            f'<rect class="paper" x="{_n(x - width / 2 + 1)}" y="{_n(y - height / 2)}" width="{_n(width - 2)}" '
            f'height="{_n(height)}"/>'
        )
        lines = label.split("\n")
        for number, line in enumerate(lines):
            out += _text(line, css, x, y + 4 + (number - (len(lines) - 1) / 2) * height / len(lines), "middle")
    return out


def _path(points: Sequence[Point], over: bool) -> str:
    curves = curve(points, over)
    path = f"M{_n(points[0][0])} {_n(points[0][1])}"
    starts = [points[0], *curves[2::3]]
    for (from_x, _), (ax, ay), (bx, by), (x, y) in zip(starts, curves[::3], curves[1::3], curves[2::3], strict=False):
        straight = from_x == ax == bx == x
        path += f"V{_n(y)}" if straight else f"C{_n(ax)} {_n(ay)} {_n(bx)} {_n(by)} {_n(x)} {_n(y)}"
    return path


def told_apart(drawn: str, prefix: str) -> str:
    """A drawing whose arrowheads have names of their own, for a page that holds several."""
    return re.sub(r'(<marker id="|marker-(?:start|end)="url\(#)', rf"\g<1>{prefix}", drawn)


def clean(text: str) -> str:
    """Text that XML may hold: escaped, and without the control characters that it forbids."""
    return escape("".join(c if c.isprintable() or c == "\u00a0" else "\ufffd" for c in text))


def _n(number: float) -> str:
    """A coordinate to a tenth of a pixel."""
    return f"{number:.1f}".rstrip("0").rstrip(".")
