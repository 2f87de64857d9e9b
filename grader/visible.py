"""What may be shown of a text that a student chose: a terminal and a page would obey some characters, unseen."""

from __future__ import annotations

from unicodedata import category

OBEYED = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}  # controls, reversed writing, halves, what is no character


def visible(text: str) -> str:
    """The text with a sign in the place of each of them; lines and tabs stay."""
    return "".join(c if c in "\n\t" or category(c) not in OBEYED else "\N{REPLACEMENT CHARACTER}" for c in text)
