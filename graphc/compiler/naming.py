"""Names that Python takes, as near to the user's as they can be."""

from __future__ import annotations

import keyword
import re
import unicodedata
from collections.abc import Iterable

RESERVED = frozenset(
    [
        "np",
        "dtype",
        "run",
        "step",
        "main",
        "OUTPUTS",
        "INPUTS",
        "empty",
        "as_strided",
        "range",
        "len",
        "zip",
        "min",
        "max",
        "sum",
        "abs",
        "float",
        "int",
        "bool",
        "tuple",
        "list",
        "dict",
        "set",
        "type",
        "str",
        "print",
        "ValueError",
        "TypeError",
        "IndexError",
        "sys",
    ]
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
        count = self.counters.get(name, 1)
        while f"{name}_{count + 1}" in self.taken:
            count += 1
        self.counters[name] = count + 1
        self.taken.add(f"{name}_{count + 1}")
        return f"{name}_{count + 1}"


def identifier(wish: str) -> str:
    """`dL/dw` is dL_dw, `h'` is h_prime; a keyword gets a stroke behind it, and so does what only the module may use."""
    name = unicodedata.normalize("NFKC", wish.replace("'", "_prime").replace("′", "_prime"))
    name = re.sub(r"\W+", "_", name).strip("_") or "value"
    if not name.isidentifier():
        name = f"v_{name}"
    return f"{name}_" if keyword.iskeyword(name) or keyword.issoftkeyword(name) else name
