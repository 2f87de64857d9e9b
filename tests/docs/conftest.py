"""What the pages draw is drawn in tests of its own."""

from __future__ import annotations

from unpainted import unpainted

__all__ = ["unpainted"]
