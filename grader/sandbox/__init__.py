"""Runs students' code where it can reach nothing: `probe()` the layers, start `Workers`, `open` a submission."""

from __future__ import annotations

from .answer import Answer
from .errors import NoSandbox, SandboxError
from .layers import NONE, Layers, Missing, probe
from .limits import Limits
from .student import Student
from .workers import Workers

__all__ = ["NONE", "Answer", "Layers", "Limits", "Missing", "NoSandbox", "SandboxError", "Student", "Workers", "probe"]
