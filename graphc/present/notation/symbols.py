"""Names as a lecture writes them: `theta` is θ, `yhat` ŷ, `W1` is W with a 1. Only for the eye: a name stays itself.

Two names of one text never look alike: where they would, each is written as it stands.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

from ...language.names import SUBSCRIPTS

GREEK = {
    "alpha": "α", "beta": "β", "gamma": "γ", "delta": "δ", "epsilon": "ε", "eps": "ε", "zeta": "ζ", "eta": "η",
    "theta": "θ", "iota": "ι", "kappa": "κ", "lambda": "λ", "mu": "μ", "nu": "ν", "xi": "ξ", "pi": "π", "rho": "ρ",
    "sigma": "σ", "tau": "τ", "upsilon": "υ", "phi": "φ", "chi": "χ", "psi": "ψ", "omega": "ω",
    "Gamma": "Γ", "Delta": "Δ", "Theta": "Θ", "Lambda": "Λ", "Xi": "Ξ", "Pi": "Π", "Sigma": "Σ", "Phi": "Φ",
    "Psi": "Ψ", "Omega": "Ω",
}  # fmt: skip
ACCENTS = {"hat": "\u0302", "bar": "\u0304", "tilde": "\u0303", "dot": "\u0307"}
DIRECT = "direct"  # stands behind a bar at a derivative by one equation alone, where the total one is another
_MARKS = {mark: word for word, mark in ACCENTS.items()}
_DIGITS = str.maketrans(SUBSCRIPTS, "0123456789")
_TAGGED = re.compile(rf"(?P<stem>.*?[^\d_{SUBSCRIPTS}])(?:_?(?P<digits>[\d{SUBSCRIPTS}]+)|_(?P<word>[^_]+))?")


@dataclass(frozen=True)
class Symbol:
    """A name taken apart; `raised` says that the tag stands above, in brackets, as subscripts stand below."""

    name: str
    stem: str
    accent: str = ""
    tag: str = ""
    raised: bool = False


def symbol(name: str) -> Symbol:
    """`W1` as W and 1, `theta_hat` as θ and a hat; a name that is nothing of the kind is its own stem."""
    accented = next((word for word in ACCENTS if name.endswith(f"_{word}")), None)
    found = _TAGGED.fullmatch(name if accented is None else name.removesuffix(f"_{accented}"))
    if found is None:
        return Symbol(name, name)
    stem, tag = found["stem"], found["digits"] or found["word"] or ""
    if accented is None:
        accented = next((word for word in ACCENTS if _letter(stem.removesuffix(word)) and stem.endswith(word)), "")
        stem = stem.removesuffix(accented)
    if found["word"] and not _letter(stem):
        return Symbol(name, name)
    letter = GREEK.get(stem, stem)
    if not accented:
        letter, accented = _unmarked(letter)
    if accented and len(letter) != 1:
        return Symbol(name, name)
    return Symbol(name, letter, accented, tag.translate(_DIGITS))


def _letter(stem: str) -> bool:
    return len(stem) == 1 or stem in GREEK


def _unmarked(letter: str) -> tuple[str, str]:
    """`ŷ` is y with a hat."""
    parts = unicodedata.normalize("NFD", letter)
    return (parts[0], _MARKS[parts[1]]) if len(parts) == 2 and parts[1] in _MARKS else (letter, "")


class Symbols:
    """The symbols of the names of one text; `indexed` are those that have subscripts somewhere in it."""

    def __init__(self, names: Iterable[str], indexed: Iterable[str] = ()) -> None:
        self._known: dict[str, Symbol] = {}
        bare = set(indexed)
        looks: dict[tuple[str, str, str], list[str]] = {}
        for name in dict.fromkeys(names):
            one = symbol(name)
            looks.setdefault((one.stem, one.accent, one.tag), []).append(name)
            above = bool(one.tag) and (name in bare or one.stem in bare)
            self._known[name] = Symbol(name, one.stem, one.accent, one.tag, above)
        for alike in looks.values():
            if len(alike) > 1:
                self._known |= {name: Symbol(name, name) for name in alike}

    def __getitem__(self, name: str) -> Symbol:
        return self._known.get(name) or symbol(name)
