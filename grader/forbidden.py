"""Modules that an exercise forbids: honest code is told so at its import. The worker imports this in its sandbox.

What the worker needs itself, NumPy as a whole or a part of the standard library, stays loaded, and only the student's
own imports of it are refused; anything else, a part of NumPy included, is taken out of the interpreter.
"""

from __future__ import annotations

import builtins
import sys
from collections.abc import Iterable, Mapping, Sequence
from types import ModuleType


def forbid(names: Iterable[str], module: str, folder: str) -> None:
    """From here on none of these can be imported by `module`, or by the files in `folder`."""
    names = set(names)
    kept = {name for name in names if name == "numpy" or name.split(".")[0] in sys.stdlib_module_names}
    _take_out(names - kept)
    _refuse(kept, module, folder)


def _take_out(names: set[str]) -> None:
    for loaded in [loaded for loaded in sys.modules if _below(loaded, names)]:
        above, _, last = loaded.rpartition(".")
        vars(sys.modules.get(above, ModuleType(""))).pop(last, None)
        del sys.modules[loaded]
    sys.meta_path.insert(0, _Refusing(names))


def _refuse(names: set[str], module: str, folder: str) -> None:
    usual = builtins.__import__

    def refusing(
        name: str,
        globals: Mapping[str, object] | None = None,
        locals: Mapping[str, object] | None = None,
        fromlist: Sequence[str] | None = (),
        level: int = 0,
    ) -> ModuleType:
        about = globals or {}
        # NumPy's imports from C go by the frame that happens to run, and differ from statements in having a list here
        from_c = isinstance(fromlist, list)
        own = about.get("__name__") == module or str(about.get("__file__")).startswith(f"{folder}/")
        if own and not from_c and _below(name, names):
            raise _not_to_be_used(name)
        return usual(name, globals, locals, fromlist, level)

    builtins.__import__ = refusing


class _Refusing:
    """Finds modules before any other finder does, and refuses these."""

    def __init__(self, names: set[str]) -> None:
        self.names = names

    def find_spec(self, name: str, path: object = None, target: object = None) -> None:
        if _below(name, self.names):
            raise _not_to_be_used(name)


def _below(name: str, names: set[str]) -> bool:
    return any(name == forbidden or name.startswith(f"{forbidden}.") for forbidden in names)


def _not_to_be_used(name: str) -> ImportError:
    return ImportError(f"`{name}` may not be used in this exercise")
