"""The command line as a person meets it: arguments in; exit code, stdout and stderr out."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from unpainted import unpainted  # noqa: F401

from graphc.cli.main import run as run_command


@dataclass(frozen=True)
class Answer:
    code: int
    out: str
    err: str

    @property
    def data(self) -> dict[str, Any]:
        """The one JSON object on stdout."""
        return json.loads(self.out)


@pytest.fixture
def graphc(capsys: pytest.CaptureFixture[str]) -> Callable[..., Answer]:
    def call(*arguments: str | Path) -> Answer:
        capsys.readouterr()
        code = run_command([str(argument) for argument in arguments])
        captured = capsys.readouterr()
        return Answer(code, captured.out, captured.err)

    return call


@pytest.fixture
def logistic(tmp_path: Path) -> Path:
    """Inputs and parameters of the model `logistic`, three examples of two numbers."""
    file = tmp_path / "in.npz"
    rng = np.random.default_rng(7)
    np.savez(file, x=rng.normal(size=(3, 2)), t=np.array([0.0, 1.0, 1.0]), w=rng.normal(size=2), b=0.5)
    return file
