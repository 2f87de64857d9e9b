"""Python files that a submission imports from beside itself. Nothing here is run."""

from __future__ import annotations

import ast
import os
from collections.abc import Iterator, Mapping
from itertools import islice
from pathlib import Path

MOST, MOST_FOLDERS = 200, 1000  # files; folders that are looked into for each name


def imported(code: str, folder: Path) -> Iterator[Path]:
    """The Python files of the folders that are imported, in order; a link out of the folder is not followed."""
    root = folder.resolve()
    there = (path for name in sorted(_modules(code)) for path in _python(folder / name))
    return islice((path for path in there if path.resolve().is_relative_to(root)), MOST)


def importer(codes: Mapping[str, str]) -> str | None:
    """Of several files the one to which all others belong: it is imported by none, and every other one is by some."""
    needed = {name: _modules(code) for name, code in codes.items()}
    free = [
        name
        for name in codes
        if not any(Path(name).stem in wanted for other, wanted in needed.items() if other != name)
    ]
    return free[0] if len(free) == 1 else None


def _modules(code: str) -> set[str]:
    """The first names of what is imported anywhere."""
    try:
        tree = ast.parse(code)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return set()
    names = [alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names]
    names += [node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and node.module]
    return {name.partition(".")[0] for name in names}


def _python(folder: Path) -> Iterator[Path]:
    for above, folders, files in islice(os.walk(folder), MOST_FOLDERS):
        folders[:] = sorted(name for name in folders if not name.startswith((".", "__")))
        yield from (Path(above, name) for name in sorted(files) if name.endswith(".py"))
