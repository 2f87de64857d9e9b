"""A derivation as one page: read without a network or a script, on a phone, in the dark and on paper.

The page allows nothing from elsewhere: its own style and its own small script are named by their hashes.
"""

from __future__ import annotations

from base64 import b64encode
from hashlib import sha256
from pathlib import Path

from ...compiler.program import compile
from ...derivation.step import Derivation, Result, Zoom
from ...language.text import text
from ..svg import clean
from .html_graph import Graph
from .html_math import Math
from .html_program import program
from .html_steps import ZOOMS, Steps
from .listing import Listing, Origins

HERE = Path(__file__).parent
LABELS = {"graph": "Graph", "index": "Indices", "scalar": "Calculus"}
PAGE = """<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="generator" content="graphc">
<link rel="icon" href="data:,">
<title>{title}</title>
<style>{style}</style>
</head>
<body{body}>
<a class="skip" href="#steps">To the steps</a>
{main}
<script>{script}</script>
</body>
</html>
"""


def render(derivation: Derivation, zoom: Zoom = "graph") -> str:
    """The whole page."""
    graph = None if derivation.net is None else Graph(derivation.net)
    style = (HERE / "page.css").read_text("utf-8") + ("" if graph is None else graph.style())
    script = (HERE / "page.js").read_text("utf-8")
    return PAGE.format(
        policy=f"default-src 'none'; img-src data:; style-src {_hash(style)}; script-src {_hash(script)}; "
        "base-uri 'none'; form-action 'none'",
        title=clean(f"{_asked(derivation)} · {derivation.model}"),
        style=style,
        script=script,
        body="" if graph is None else ' class="two"',
        main=_main(derivation, zoom, graph),
    )


def _hash(content: str) -> str:
    return f"'sha256-{b64encode(sha256(content.encode()).digest()).decode()}'"


def _asked(derivation: Derivation) -> str:
    names = [f"∂{derivation.of}/∂{by}" for by in derivation.wrt]
    return ", ".join(names) if len(names) < 4 else f"{names[0]} … {names[-1]}"


def _main(derivation: Derivation, zoom: Zoom, graph: Graph | None) -> str:
    math = Math(derivation)
    listing = _listing(derivation)
    origins = None if listing is None else Origins(derivation, listing)
    steps = Steps(derivation, math, zoom, origins, lambda name: graph.places.get(name or "") if graph else None)
    parts = [_header(derivation), f"<main>{_results(derivation, math)}"]
    if graph is not None:
        parts.append(f'<aside aria-label="graph">{graph.html(derivation, steps, origins)}</aside>')
    parts += [_switch(zoom), _steps(steps)]
    if origins is not None:
        parts.append(_program(origins, steps))
    return "\n".join([*parts, "</main>"])


def _listing(derivation: Derivation) -> Listing | None:
    """The program of the gradients, where there is one."""
    if not derivation.result:
        return None
    roots = [result.node for result in derivation.result.values()]
    return Listing(compile(roots, names=list(derivation.result)))


def _header(derivation: Derivation) -> str:
    net = derivation.net
    title = net.title if net is not None and net.title else derivation.model
    return f'<header><p class="kicker">Derivation</p><h1>{clean(title)}</h1></header>'


def _switch(zoom: Zoom) -> str:
    """Three buttons of which one is down; a style sheet can ask which."""
    buttons = "".join(
        f'<input type="radio" name="zoom" id="zoom-{each}"{" checked" if each == zoom else ""}>'
        f'<label for="zoom-{each}">{LABELS[each]}</label>'
        for each in ZOOMS
    )
    return f'<nav aria-label="zoom"><fieldset><legend>Zoom</legend><div class="switch">{buttons}</div></fieldset></nav>'


def _results(derivation: Derivation, math: Math) -> str:
    found = "".join(_result(math, result, name) for name, result in derivation.result.items())
    conditions = dict.fromkeys(c for step in derivation.walk() for c in step.conditions)
    used = "".join(f'<li class="condition">{clean(c)}</li>' for c in conditions)
    under = f'<div class="under"><span>where</span><ul>{used}</ul></div>' if used else ""
    return f'<section class="results" aria-label="result"><h2 class="off">Result</h2>{found}{under}</section>'


def _result(math: Math, result: Result, name: str) -> str:
    matrix = "" if result.matrix is None else f'<div class="equation matrix">{math(result.matrix, "=")}</div>'
    return (
        f'<div class="result"><div class="equation"><span class="side">{math.left(name)}</span> '
        f'<span class="side">{math(result.body, "=")}</span></div>{matrix}'
        f"<details><summary>as text</summary><code>{clean(name)} = {clean(text(result.body))}</code></details></div>"
    )


def _steps(steps: Steps) -> str:
    return f'<section id="steps" tabindex="-1"><h2>Step by step</h2>{steps.html()}</section>'


def _program(origins: Origins, steps: Steps) -> str:
    return (
        '<section id="program"><h2>What the program computes</h2>'
        "<p>The lines of the compiled program, and the steps that each comes from.</p>"
        f"{program(origins, steps)}</section>"
    )
