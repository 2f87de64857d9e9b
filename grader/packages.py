"""Folders of Python files that a submission imports from beside itself. Nothing here is run."""

from __future__ import annotations

import ast
import os
from collections.abc import Iterator
from pathlib import Path

MOST = 200  # files


def imported(code: str, folder: Path) -> Iterator[Path]:
    """The Python files of those folders, in order; a link out of the folder is not followed."""
    root, count = folder.resolve(), 0
    for name in sorted(_modules(code)):
        for path in _python(folder / name):
            if count < MOST and path.resolve().is_relative_to(root):
                count += 1
                yield path


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
    for above, folders, files in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith((".", "__")))
        yield from (Path(above, name) for name in sorted(files) if name.endswith(".py"))
