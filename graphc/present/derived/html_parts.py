"""The parts of a derivation as HTML, for a page of its own and for a notebook: results, zoom, steps, graph, program."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from ...compiler.program import compile
from ...derivation.step import Derivation, Result, Zoom
from ...language.expression import Name, Subscript
from ..svg import clean
from .chains import Chains
from .html_graph import Graph
from .html_math import Math, as_text
from .html_math import style as math_style
from .html_program import program
from .html_steps import ZOOMS, Steps, certificate
from .listing import Listing, Origins
from .spoken import conditions, spoken

HERE = Path(__file__).parent
SHOWN, MOST = 4, 64  # results that are there without opening anything, and at all
LABELS = {"graph": "Graph", "index": "Indices", "scalar": "Calculus"}


@dataclass(frozen=True)
class Parts:
    """Ready HTML each; `graph` and `program` are empty where there is none. `style` nests in the class `graphc`."""

    results: str
    switch: str
    steps: str
    graph: str
    program: str
    style: str


def parts(derivation: Derivation, zoom: Zoom, prefix: str = "") -> Parts:
    """The parts; where several derivations stand in one page, their places are told apart by a `prefix`."""
    math = Math(derivation)
    graph = None if derivation.net is None else Graph(derivation.net, prefix)
    roots = [result.node for result in derivation.result.values()]
    listing = Listing(compile(roots, names=list(derivation.result))) if roots else None
    chains = Chains(derivation)
    origins = None if listing is None else Origins(derivation, chains, listing)
    steps = Steps(derivation, math, zoom, chains, origins, {} if graph is None else graph.places, prefix)
    return Parts(
        _results(derivation, math, chains, steps),
        _switch(zoom, prefix),
        steps.html(),
        "" if graph is None else graph.html(derivation, math, steps, origins),
        "" if origins is None else program(origins, steps, prefix),
        (HERE / "derivation.css").read_text("utf-8") + math_style() + ("" if graph is None else graph.style()),
    )


def _switch(zoom: Zoom, prefix: str) -> str:
    """Three buttons of which one is down; a style sheet can ask which."""
    buttons = "".join(
        f'<input type="radio" name="{prefix}zoom" class="zoom-{each}" id="{prefix}zoom-{each}"'
        f'{" checked" if each == zoom else ""}><label for="{prefix}zoom-{each}">{LABELS[each]}</label>'
        for each in ZOOMS
    )
    return f'<fieldset><legend>Zoom</legend><div class="switch">{buttons}</div></fieldset>'


def _results(derivation: Derivation, math: Math, chains: Chains, steps: Steps) -> str:
    listed = list(derivation.result.items())[:MOST]
    found = [_result(math, result, name, chains, steps) for name, result in listed]
    rest = len(derivation.result) - len(found)
    if rest:
        found.append(f'<p class="left-out">… {rest} more of the same form …</p>')
    if len(found) > SHOWN:
        more = f"<summary>{len(derivation.result) - SHOWN} more</summary>"
        found[SHOWN:] = [f'<details class="more">{more}{"".join(found[SHOWN:])}</details>']
    given = dict.fromkeys(c for step in derivation.walk() for c in step.conditions)
    said = (spoken(conditions([one], derivation), clean, math.inline) for one in given)
    used = "".join(f'<li class="condition">{one}</li>' for one in said)
    under = f"<span>where</span><ul>{used}</ul>" if used else ""
    return f'{"".join(found)}<div class="under">{under}{_certified(derivation)}</div>'


def _certified(derivation: Derivation) -> str:
    """How many steps are, unless none was tried."""
    checks = [step.check for step in derivation.walk()]
    ok = sum(1 for check in checks if check is not None and check.ok)
    failed = not derivation.confirmed
    if not ok and not failed:
        return ""
    mark, kind = ("✗ ", "failed") if failed else ("✓ ", "ok") if ok == len(checks) else ("", "")
    return f'<span class="certified {kind}">{mark}{ok} of {len(checks)} steps certified</span>'


def _result(math: Math, result: Result, name: str, chains: Chains, steps: Steps) -> str:
    """Short in any case: what is long is shown as its steps leave it, in the names of other derivatives."""
    end = chains.ends.get(result.by)
    shown = result.body if end is None or math.short(result.body) else end.after
    matrix = ""
    if result.matrix is not None and math.short(result.matrix):
        matrix = f'<div class="equation matrix">{math(result.matrix, "=")}</div>'
    at = tuple(map(Name, result.indices))
    left = Subscript(Name(name), at) if at else Name(name)
    lines = [(left, result.body), *result.parts]
    written = "<br>".join(clean(f"{as_text(one)} = {as_text(value)}") for one, value in lines)
    link = "" if end is None else f'<p class="from">step {steps.link(end.id)}</p>'
    return (
        f'<div class="result"><div class="equation"><span class="side">{math(left)}</span> '
        f'<span class="side">{math(shown, "=")}</span></div>{matrix}'
        f'<div class="opens">{link}{certificate(result.check)}<details><summary>as text</summary>'
        f"<code>{written}</code></details></div></div>"
    )
