"""Which layers this machine has to hold a stranger's code: what is missing says how to get it.

bubblewrap isolates; so do seccomp and Landlock together (no files, no network, no other process). Anything less does
not. Walls are tried with a worker that computes, because a program that is there may not be allowed to do its work.
"""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator
from dataclasses import dataclass

from ..kernel import landlock, seccomp
from .cage import Cage
from .errors import SandboxError
from .limits import Limits
from .student import Student

BY_WALLS = {"bubblewrap"}
BY_RULES = {"seccomp", "landlock"}


@dataclass(frozen=True)
class Missing:
    """A layer that this machine lacks, why, and how to get it."""

    layer: str
    why: str
    remedy: str


@dataclass(frozen=True)
class Layers:
    """The names of the layers in use, outermost first, and what is missing."""

    names: tuple[str, ...]
    missing: tuple[Missing, ...] = ()

    def __iter__(self) -> Iterator[str]:
        return iter(self.names)

    @property
    def isolates(self) -> bool:
        """Whether what is there is enough to run code that nobody has read."""
        have = set(self.names)
        return have >= BY_WALLS or have >= BY_RULES


NONE = Layers(("none",))


def probe(without: tuple[str, ...] = ()) -> Layers:
    """Tries every layer on this machine; `without` leaves some out, to see what the others hold."""
    if not sys.platform.startswith("linux"):
        return Layers((), (Missing("bubblewrap", "sandboxes need Linux", "grade in a Linux virtual machine"),))
    found = ["rlimits"]
    missing: list[Missing] = []
    for name, there, why, remedy in (
        ("landlock", landlock.version() > 0, "not in this kernel", "Linux 5.13 or newer, booted with lsm=landlock"),
        ("seccomp", seccomp.available(), "not in this kernel", "a Linux kernel with CONFIG_SECCOMP_FILTER"),
    ):
        if name in without:
            continue
        if there:
            found.insert(0, name)
        else:
            missing.append(Missing(name, why, remedy))
    if "bubblewrap" not in without:
        found, lacking = _walls(found, "namespaces" not in without)
        missing += lacking
    return Layers(tuple(found), tuple(missing))


def _walls(found: list[str], own: bool) -> tuple[list[str], list[Missing]]:
    """bubblewrap, with namespaces for each worker where the kernel lets one be made inside another."""
    if shutil.which("bwrap") is None:
        return found, [Missing("bubblewrap", "not installed", "apt install bubblewrap, or dnf install bubblewrap")]
    nested, alone = ["bubblewrap", "namespaces", *found], ["bubblewrap", *found]
    if own and _holds(nested) is None:
        return nested, []
    wrong = _holds(alone)
    if wrong is None:
        why = "the kernel makes no namespace inside of another here"
        return alone, [Missing("namespaces", why, "raise user.max_user_namespaces")] if own else []
    return found, [Missing("bubblewrap", f"installed, but it cannot start a program: {wrong}", _REMEDY)]


_REMEDY = (
    "allow user namespaces: sysctl user.max_user_namespaces=15000, on Debian kernel.unprivileged_userns_clone=1, "
    "on Ubuntu kernel.apparmor_restrict_unprivileged_userns=0; in a container --security-opt seccomp=unconfined"
)


def _holds(layers: list[str]) -> str | None:
    """Starts a cage with these layers and a worker in it; what went wrong, or None."""
    cage = Cage(layers)
    try:
        with Student(cage.fork(), b"def one(): return 1", {}, Limits(seconds=10), (), "probe.py") as student:
            answer = student.call("one", [])
        return None if answer.kind == "value" else answer.message
    except SandboxError as wrong:
        return wrong.message
    finally:
        cage.close()
