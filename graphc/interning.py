"""Interning: building the same thing twice gives the same object, so that equality is identity and sharing is free."""

from __future__ import annotations

from typing import Any
from weakref import WeakValueDictionary


class Interned(type):
    """Metaclass of immutable kinds: `Kind(*fields)` returns the one live object with these fields."""

    def __init__(cls, name: str, bases: tuple[type, ...], namespace: dict[str, Any]) -> None:
        super().__init__(name, bases, namespace)
        cls._live: WeakValueDictionary[tuple[Any, ...], Any] = WeakValueDictionary()
        cls._fields: int = cls.__init__.__code__.co_argcount - 1 if hasattr(cls.__init__, "__code__") else 0

    def __call__(cls, *fields: Any) -> Any:
        if len(fields) < cls._fields:  # a field left out and its default are one thing
            fields += (cls.__init__.__defaults__ or ())[len(fields) - cls._fields :]
        found = cls._live.get(fields)
        if found is None:
            found = super().__call__(*fields)
            # setdefault, so that two threads building the same thing agree on one object
            found = cls._live.setdefault(fields, found)
        return found
