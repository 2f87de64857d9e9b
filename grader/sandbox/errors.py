"""What goes wrong with the sandbox itself; what goes wrong with a submission is an answer."""

from __future__ import annotations

from graphc import GraphcError


class SandboxError(GraphcError):
    """The sandbox does not work on this machine, or broke."""


class NoSandbox(SandboxError):
    """Nothing on this machine isolates a stranger's code."""

    exit_code = 3
