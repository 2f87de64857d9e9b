"""What a result depends on, as a hash: the submission, the check, the seed, the layers, and the grader itself."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from functools import cache
from hashlib import blake2b
from pathlib import Path
from typing import Any

import graphc as gc
from graphc.syntax import statement_text

from ..exercise import Exercise
from ..submission import Submission

# What an earlier check of code asks for; its points do not matter to the values that later ones are made of.
ASKED = ("call", "returns", "upstream", "sizes", "tolerance")


def submission_key(submission: Submission) -> str:
    """Everything that was handed in; not where it lies or what it is called there."""
    files = [[name, _digest(content)] for name, content in sorted(submission.files.items())]
    cells = [] if submission.notebook is None else [cell.number for cell in submission.notebook.cells]
    return _hash(submission.code, submission.name, files, submission.refused, cells)  # messages name the cells


def check_keys(exercise: Exercise, seed: int, layers: Sequence[str]) -> dict[str, str]:
    """A key for each check. One of code depends on earlier ones: it may be right for a value that was wrong there."""
    common = [_model(exercise), seed, list(layers), grader_key()]
    found: dict[str, str] = {}
    before: list[dict[str, Any]] = []
    for check in exercise.checks:
        fields = asdict(check)
        asked = [*before] if check.kind == "code" else []
        found[check.name] = _hash(common, fields, asked)
        if check.kind == "code":
            before.append({key: fields[key] for key in ASKED})
    return found


def exercise_key(exercise: Exercise) -> str:
    """The exercise as far as marks depend on it."""
    return _hash(_model(exercise), [asdict(check) for check in exercise.checks])


def _model(exercise: Exercise) -> list[str]:
    """What was compiled, whatever the file says by now, and the derivations in which a slip is to be found."""
    slips = [_digest((exercise.folder / check.slip).read_bytes()) for check in exercise.checks if check.slip]
    return slips if exercise.model is None else [*slips, *(statement_text(one) for one in exercise.network.statements)]


def result_key(submission: str, check: str) -> str:
    return _hash(submission, check)


@cache
def grader_key() -> str:
    """The grader's own text, and that of graphc, which its references are compiled by."""
    import numpy

    found = [numpy.__version__]
    for package in (Path(__file__).parent.parent, Path(str(gc.__file__)).parent):
        found += [_digest(file.read_bytes()) for file in sorted(package.rglob("*.py"))]
    return _hash(found)


def _digest(content: bytes) -> str:
    return blake2b(content, digest_size=20).hexdigest()


def _hash(*parts: Any) -> str:
    written = json.dumps(parts, sort_keys=True, default=_plain)
    return _digest(written.encode("utf-8", "surrogatepass"))


def _plain(value: Any) -> Any:
    return dict(value) if isinstance(value, Mapping) else str(value)
