"""Parts of a class that were graded on different machines, put together again."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any, get_args

import graphc as gc

from ..result import SCHEMA, CheckStatus, Grading, Mark, MarkStatus
from .shards import Shard
from .written import mark_of

AGREE = ("exercise", "title", "seed")


def merge(files: Sequence[Path]) -> Grading:
    """One result of several `--json` files, in the order of the ids."""
    parts = [(file, _read(file)) for file in files]
    if not parts:
        raise gc.GraphcError("there is nothing to merge", "`graphc grade --merge part1.json part2.json`")
    first, head = parts[0]
    marks: dict[str, tuple[Path, Mark]] = {}
    for file, part in parts:
        for key in AGREE:
            if part[key] != head[key]:
                raise gc.GraphcError(f"{file} is of another {key} than {first}: {part[key]!r}, not {head[key]!r}")
        for mark in part["submissions"]:
            if mark.id in marks:
                raise gc.GraphcError(f"{mark.id} is in {marks[mark.id][0]} and in {file}")
            marks[mark.id] = (file, mark)
    _complete([part["shard"] for _, part in parts])
    return Grading(head["exercise"], head["title"], head["seed"], [marks[id][1] for id in sorted(marks)])


def _complete(shards: Sequence[Shard | None]) -> None:
    """Of a class that was graded in parts, all parts have to be there."""
    numbered = [shard for shard in shards if shard is not None]
    if not numbered:
        return
    of = numbered[0].of
    if any(shard.of != of for shard in numbered):
        raise gc.GraphcError("these are parts of different divisions: " + ", ".join(map(str, numbered)))
    there = {shard.number for shard in numbered}
    missing = [f"{number}/{of}" for number in range(1, of + 1) if number not in there]
    if missing:
        more = f" and {len(missing) - 5} more" if len(missing) > 5 else ""
        raise gc.GraphcError(f"of {of} parts these are missing: {', '.join(missing[:5])}{more}")


def _read(file: Path) -> dict[str, Any]:
    try:
        found = json.loads(file.read_bytes())
        if found["schema"] == SCHEMA:
            head = {"exercise": str(found["exercise"]), "title": str(found["title"]), "seed": int(found["seed"])}
            shard = Shard.read(found["shard"]) if "shard" in found else None
            return {**head, "shard": shard, "submissions": [_checked(mark_of(mark)) for mark in found["submissions"]]}
    except OSError as error:
        raise gc.GraphcError(f"cannot read {file}: {error.strerror or error}") from None
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError, gc.GraphcError):
        pass
    raise gc.GraphcError(f"{file} holds no marks", "`graphc grade … --json -o part.json` writes them")


def _checked(mark: Mark) -> Mark:
    """The mark, where its words for what became of it are known ones."""
    if mark.status not in get_args(MarkStatus) or any(one.status not in get_args(CheckStatus) for one in mark.checks):
        raise ValueError
    return mark
