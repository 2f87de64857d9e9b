"""Names that Python takes, as near to the user's as they can be."""

from __future__ import annotations

import builtins
import keyword
import re
import unicodedata
from collections.abc import Iterable

# What an emitted module itself is written with.
RESERVED = frozenset(
    {*dir(builtins), "np", "sys", "math", "dtype", "bits", "run", "step", "main", "INPUTS", "OUTPUTS"}
    | {"idle", "tap", "part", "sizes", "key", "arrays", "ranks", "shapes", "name", "array", "rank", "text", "shape"}
)


class Namer:
    """Hands out each name once. Python reads identifiers in NFKC, so two names that look alike may be one."""

    def __init__(self, taken: Iterable[str] = ()) -> None:
        self.taken = {*RESERVED, *taken}
        self.counters: dict[str, int] = {}

    def __call__(self, wish: str) -> str:
        name = identifier(wish)
        if name not in self.taken:
            self.taken.add(name)
            return name
        count = self.counters.get(name, 2)
        while f"{name}_{count}" in self.taken:
            count += 1
        self.counters[name] = count + 1
        self.taken.add(f"{name}_{count}")
        return f"{name}_{count}"


def identifier(wish: str) -> str:
    """`dL/dw` is dL_dw, `h'` is h_prime, and a keyword gets a stroke behind it."""
    name = unicodedata.normalize("NFKC", wish.replace("'", "_prime").replace("′", "_prime"))
    name = re.sub(r"\W+", "_", name).strip("_") or "value"
    if not name.isidentifier():
        name = f"v_{name}"
    return f"{name}_" if keyword.iskeyword(name) or keyword.issoftkeyword(name) else name


def printable(text: str) -> str:
    """For a comment: nothing that would end the line, or that Python refuses to read."""
    return "".join(letter if letter.isprintable() else "\ufffd" for letter in text)
