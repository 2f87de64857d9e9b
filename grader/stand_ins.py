"""Modules that draw or show progress, standing in for the real ones: a picture in a submission is no reason to fail it.

Everything taken from such a module can be called, indexed, entered and iterated over, and does nothing. A progress bar
gives back what it was laid round. Standard library only: the worker imports this inside its sandbox.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from importlib.machinery import ModuleSpec
from opcode import opmap
from types import FrameType, ModuleType
from typing import Any

DRAWING = {
    "matplotlib",
    "mpl_toolkits",
    "pylab",
    "seaborn",
    "plotly",
    "bokeh",
    "altair",
    "graphviz",
    "IPython",
    "ipywidgets",
    "PIL",
}
PROGRESS = {"tqdm"}
UNPACK, PAIR = opmap["UNPACK_SEQUENCE"], 2


class Idle:
    """Does nothing, whatever is asked of it, and gives itself back."""

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return self

    def __call__(self, *arguments: Any, **options: Any) -> Any:
        return self

    def __getitem__(self, place: Any) -> Any:
        return self

    def __setitem__(self, place: Any, value: Any) -> None:
        return

    def __iter__(self) -> Iterator[Any]:
        return iter((self,) * _taken_apart(sys._getframe(1)))

    def __enter__(self) -> Any:
        return self

    def __exit__(self, *error: object) -> None:
        return


def _taken_apart(frame: FrameType) -> int:
    """Into how many parts: three in `n, bins, patches = plt.hist(x)`, and two where the code does not say."""
    operation, count = frame.f_code.co_code[frame.f_lasti : frame.f_lasti + 2]
    return count if operation == UNPACK else PAIR


class _Drawing(ModuleType):
    """A module of which every name is there."""

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return _laid_round if self.__name__.split(".")[0] in PROGRESS else Idle()


def _laid_round(things: Any = (), *arguments: Any, **options: Any) -> Any:
    return range(things, *arguments) if isinstance(things, int) else things


class StandIns:
    """Finds these modules after all other finders have failed to find them."""

    def find_spec(self, name: str, path: object = None, target: object = None) -> ModuleSpec | None:
        if name.split(".")[0] not in DRAWING | PROGRESS:
            return None
        return ModuleSpec(name, self, is_package=True)  # type: ignore[arg-type]

    def create_module(self, spec: ModuleSpec) -> ModuleType:
        return _Drawing(spec.name)

    def exec_module(self, module: ModuleType) -> None:
        return


def install() -> None:
    """From here on these modules can be imported."""
    sys.meta_path.append(StandIns())
