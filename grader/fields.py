"""The keys of a table of an exercise: which there are, which must be there, and what each may hold."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

from .document import Document


class Misfit(Exception):
    """What a key holds is not what it may hold; the text says what it may."""


@dataclass(frozen=True)
class Key:
    """How a key is read, and whether it has to be there."""

    read: Callable[[Any], Any]
    needed: bool = False


def fields(
    document: Document, data: Mapping[str, Any], keys: Mapping[str, Key], table: str = "", number: int = 0
) -> dict[str, Any]:
    """What the keys hold, each read; whatever is unknown, missing or of another kind is told with its place."""
    found: dict[str, Any] = {}
    if "kind" in keys and "kind" not in data:  # what else may be there depends on it
        raise document.error("`kind` is missing", "", table, number)
    for key, value in data.items():
        if key not in keys:
            near = get_close_matches(key, keys, n=1, cutoff=0.6)
            hint = f"did you mean `{near[0]}`?" if near else f"there are {', '.join(keys)}"
            raise document.error(f"`{key}` means nothing here", key, table, number, hint)
        try:
            found[key] = keys[key].read(value)
        except Misfit as misfit:
            raise document.error(f"`{key}` is {misfit}, not {shown(value)}", key, table, number) from None
    for key, about in keys.items():
        if about.needed and key not in found:
            raise document.error(f"`{key}` is missing", "", table, number)
    return found


def shown(value: Any) -> str:
    """A value as TOML has it, cut where it is long."""
    text = {True: "true", False: "false"}.get(value, repr(value)) if isinstance(value, bool) else repr(value)
    return text if len(text) <= 60 else text[:59] + "…"


# -- what a key may hold


def line(value: Any) -> str:
    """A text of one line."""
    if not isinstance(value, str) or not value.strip() or "\n" in value.strip():
        raise Misfit("a text of one line")
    return value.strip()


def lines(value: Any) -> tuple[str, ...]:
    """Some texts."""
    if not isinstance(value, list) or not value or not all(isinstance(one, str) and one.strip() for one in value):
        raise Misfit('a list of texts such as ["dL/dw"]')
    return tuple(one.strip() for one in value)


def above_zero(value: Any) -> float:
    """A number above 0."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value < float("inf"):
        raise Misfit("a number above 0")
    return value


def whole(value: Any) -> int:
    """A whole number above 0."""
    if isinstance(value, bool) or not isinstance(value, int) or value < 1:
        raise Misfit("a whole number above 0")
    return value


def truth(value: Any) -> bool:
    if not isinstance(value, bool):
        raise Misfit("true or false")
    return value


def sizes(value: Any) -> tuple[dict[str, int], ...]:
    """`[{n=4, m=3}]`."""
    wrong = Misfit("a list of sizes such as [{n=4, m=3}]")
    if not isinstance(value, list) or not value or not all(isinstance(one, dict) and one for one in value):
        raise wrong
    for one in value:
        if any(isinstance(size, bool) or not isinstance(size, int) or size < 1 for size in one.values()):
            raise wrong
    return tuple(dict(one) for one in value)


def options(value: Any) -> dict[str, str | int | float]:
    """`{epochs = 300, lr = 0.01}`."""
    if not isinstance(value, dict) or not all(
        isinstance(one, str | int | float) and not isinstance(one, bool) for one in value.values()
    ):
        raise Misfit("options such as {epochs = 300, lr = 0.01}")
    return dict(value)
