"""Interning: building the same thing twice gives the same object, so that equality is identity and sharing is free."""

from __future__ import annotations

import atexit
from typing import Any
from weakref import WeakValueDictionary


class Interned(type):
    """Metaclass of immutable kinds: `Kind(*fields)` returns the one live object with these fields."""

    def __init__(cls, name: str, bases: tuple[type, ...], namespace: dict[str, Any]) -> None:
        super().__init__(name, bases, namespace)
        cls._live: WeakValueDictionary[tuple[Any, ...], Any] = WeakValueDictionary()
        # things that die with the interpreter are not looked up any more: by then fields cannot be compared
        atexit.register(cls._live.clear)
        initialise: Any = cls.__init__  # type: ignore[misc]
        code = getattr(initialise, "__code__", None)
        cls._fields: int = code.co_argcount - 1 if code else 0
        cls._defaults: tuple[Any, ...] = (initialise.__defaults__ or ()) if code else ()

    def __call__(cls, *fields: Any) -> Any:
        if len(fields) < cls._fields:  # a field left out and its default are one thing
            fields += cls._defaults[len(fields) - cls._fields :]
        found = cls._live.get(fields)
        if found is None:
            found = super().__call__(*fields)
            # setdefault, so that two threads building the same thing agree on one object
            found = cls._live.setdefault(fields, found)
        return found
