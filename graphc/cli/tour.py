"""`graphc tour`: the whole thing in under a minute, for someone who has just arrived."""

from __future__ import annotations

from .options import Json, Out


def tour(json: Json = False, out: Out = None) -> None:
    """One neuron declared, shown, differentiated, compiled and evaluated; then what to try next.

    Example: graphc tour
    """
