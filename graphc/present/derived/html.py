"""A derivation as one page: read without a network or a script, on a phone, in the dark and on paper.

The page allows nothing from elsewhere: its own style and its own small script are named by their hashes.
"""

from __future__ import annotations

from base64 import b64encode
from hashlib import sha256

from ...derivation.step import Derivation, Zoom
from ..svg import clean
from .html_parts import HERE, parts

PAGE = """<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="generator" content="graphc">
<link rel="icon" href="data:,">
<title>{asked} · {model}</title>
<style>{style}</style>
</head>
<body class="graphc{two}">
<a class="skip" href="#steps">To the steps</a>
<header><p class="kicker"><b>Derivation of</b> {asked}</p><h1>{title}</h1></header>
<main class="read">
<section class="results" aria-label="result">{results}</section>
{graph}
<nav class="zoom" aria-label="zoom">{switch}</nav>
<section id="steps" tabindex="-1"><h2>Step by step</h2>{steps}</section>
{program}
</main>
<script>{script}</script>
</body>
</html>
"""
PROGRAM = """<section id="program"><h2>What the program computes</h2>
<p>The lines of the compiled program and, beside them, the steps that they come from.</p>
{}</section>"""


def render(derivation: Derivation, zoom: Zoom = "graph") -> str:
    """The whole page."""
    found = parts(derivation, zoom)
    net = derivation.net
    style = found.style + (HERE / "page.css").read_text("utf-8")
    script = (HERE / "page.js").read_text("utf-8")
    return PAGE.format(
        policy=f"default-src 'none'; img-src data:; style-src {_hash(style)}; script-src {_hash(script)}; "
        "base-uri 'none'; form-action 'none'",
        asked=clean(asked(derivation)),
        model=clean(derivation.model),
        title=clean((net is not None and net.title) or derivation.model),
        style=style,
        script=script,
        two=" two" if found.graph else "",
        results=found.results,
        graph=f'<aside aria-label="graph">{found.graph}</aside>' if found.graph else "",
        switch=found.switch,
        steps=found.steps,
        program=PROGRAM.format(found.program) if found.program else "",
    )


def asked(derivation: Derivation) -> str:
    """∂L/∂w, ∂L/∂b; of many the first and the last."""
    names = [f"∂{derivation.of}/∂{by}" for by in derivation.wrt]
    return ", ".join(names) if len(names) < 4 else f"{names[0]} … {names[-1]}"


def _hash(content: str) -> str:
    return f"'sha256-{b64encode(sha256(content.encode()).digest()).decode()}'"
