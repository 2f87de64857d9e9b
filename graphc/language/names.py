"""Which names there are: letters of any script, marks on them, digits and subscript digits after the first."""

from __future__ import annotations

import unicodedata
from functools import lru_cache

SUBSCRIPTS = "₀₁₂₃₄₅₆₇₈₉"
# fit for names to Unicode, but on a slide they are operations
NO_LETTERS = "ᵀⁿⁱ·\u0387"


@lru_cache(4096)
def normalised(written: str) -> str:
    """The name, composed: `x̂` is one name however the editor stored it."""
    return unicodedata.normalize("NFC", written)


@lru_cache(4096)
def first_stray(written: str) -> int | None:
    """The offset of the first character that a name cannot have there."""
    for offset, character in enumerate(written):
        if not _fits(character, first=offset == 0):
            return offset
    return None


def _fits(character: str, first: bool) -> bool:
    if character in NO_LETTERS:
        return False
    if first:
        return character.isidentifier()
    return character in SUBSCRIPTS or ("a" + character).isidentifier()
