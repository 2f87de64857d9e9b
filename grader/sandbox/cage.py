"""A cage: the process that has Python and NumPy loaded, inside what isolates, and forks a worker when asked.

With bubblewrap it has namespaces and a file system of its own; without, its workers have Landlock and seccomp alone.
Each worker enters namespaces of its own on top where the kernel allows that; where it does not, a walled cage gives one
worker only.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
import subprocess
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from ..folders import Folder
from ..kernel import landlock
from . import interior
from .errors import SandboxError

STARTING_SECONDS = 60
DYING_SECONDS = 1.0
HOME_MB = 16
PROCESSES = 64
NOBODY = "65534"


@dataclass
class Fork:
    """A worker that waits, and the grader's ends of its pipes; `keeper` is a handle on what it ends with."""

    keeper: int
    pipes: tuple[int, int, int, int]
    home: Folder | None
    cage: Cage | None = None

    @property
    def requests(self) -> int:
        """Where questions are written."""
        return self.pipes[0]

    @property
    def answers(self) -> int:
        """Where answers come."""
        return self.pipes[1]

    @property
    def output(self) -> int:
        """Where all comes that is printed."""
        return self.pipes[2]

    @property
    def fate(self) -> int:
        """Where the keeper says how the worker ended."""
        return self.pipes[3]

    def close(self) -> None:
        """Kills the worker and lets go of all that belongs to it."""
        with contextlib.suppress(ProcessLookupError):
            signal.pidfd_send_signal(self.keeper, signal.SIGKILL)
        for descriptor in (self.keeper, *self.pipes):
            os.close(descriptor)
        if self.home:
            self.home.close()
        if self.cage:
            self.cage.close()


class Cage:
    """Starts at once; `fork` gives a worker. `layers` are the names of what is to isolate, as `probe` found them."""

    def __init__(self, layers: Sequence[str]) -> None:
        self.layers = frozenset(layers)
        self.walled = "bubblewrap" in self.layers
        self._said = tempfile.TemporaryFile()  # noqa: SIM115 - open as long as the process
        self._control, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs:
            command = _walled() if self.walled else interior.command_outside()
            self._process = subprocess.Popen(
                command,
                stdin=theirs.fileno(),
                stdout=subprocess.DEVNULL,
                stderr=self._said,
                env=None if self.walled else interior.ENVIRONMENT,
                start_new_session=True,
            )
        self._control.settimeout(STARTING_SECONDS)
        self._ready = False

    @property
    def process(self) -> int:
        """The number of the process that everything inside is below."""
        return self._process.pid

    def has_ended(self) -> bool:
        """Whether that process is no more; one that has just been killed is given a moment."""
        try:
            self._process.wait(DYING_SECONDS)
        except subprocess.TimeoutExpired:
            return False
        return True

    def wait(self) -> None:
        """Until it can fork; an error with what it said where it ended instead."""
        if not self._ready:
            try:
                self._ready = bool(self._control.recv(64))
            except OSError as wrong:
                raise SandboxError(f"the sandbox does not start: {self.said()}") from wrong
        if not self._ready:
            raise SandboxError(f"the sandbox ended: {self.said()}")

    def fork(self) -> Fork:
        """A new worker, closed in and waiting for its submission."""
        self.wait()
        home = None if self.walled else Folder()
        pairs = [os.pipe(), os.pipe()[::-1], os.pipe()[::-1], os.pipe()[::-1]]  # (the worker's end, ours)
        ours = (pairs[0][1], pairs[1][1], pairs[2][1], pairs[3][1])
        try:
            plan = json.dumps(self._plan(home.path if home else None)).encode()
            keeper = self._asked(plan, [theirs for theirs, _ in pairs])
        except BaseException:
            for descriptor in ours:
                os.close(descriptor)
            if home:
                home.close()
            raise
        finally:
            for theirs, _ in pairs:
                os.close(theirs)
        os.set_blocking(ours[0], False)
        return Fork(keeper, ours, home)

    def fork_last(self) -> Fork:
        """Its one and only worker: the cage ends when that does."""
        fork = self.fork()
        fork.cage = self
        return fork

    def said(self) -> str:
        """What it wrote on its standard error, the end of it."""
        self._said.seek(0)
        return self._said.read()[-2000:].decode(errors="replace").strip() or "it said nothing"

    def close(self) -> None:
        """Ends it; in namespaces of its own all that it forked ends with it."""
        self._control.close()
        self._process.kill()
        self._process.wait()
        self._said.close()

    def _asked(self, plan: bytes, descriptors: list[int]) -> int:
        """Sends the worker's plan and pipes; the handle of its keeper that comes back."""
        try:
            socket.send_fds(self._control, [plan], descriptors)
            _, handles, _, _ = socket.recv_fds(self._control, 64, 1)
        except OSError as wrong:
            raise SandboxError(f"the sandbox does not answer: {self.said()}") from wrong
        if not handles:
            raise SandboxError(f"the sandbox ended: {self.said()}")
        return handles[0]

    def _plan(self, home: Path | None) -> dict[str, object]:
        return {
            "namespaces": "namespaces" in self.layers,
            "landlock": "landlock" in self.layers,
            "seccomp": "seccomp" in self.layers,
            "home": interior.HOME if home is None else str(home),
            "home_mb": HOME_MB,
            # counted for each user: outside of namespaces that would count all that the user runs
            "processes": PROCESSES if self.walled else None,
            "paths": _paths(home),
        }


def _walled() -> list[str]:
    """The command that starts the cage inside bubblewrap."""
    command = ["bwrap", "--die-with-parent", "--new-session", "--as-pid-1", "--cap-drop", "ALL", "--clearenv"]
    command += [f"--unshare-{name}" for name in ("user", "pid", "net", "ipc", "uts", "cgroup-try")]
    command += ["--uid", NOBODY, "--gid", NOBODY, "--hostname", "sandbox"]
    for source, inside in interior.mounts():
        command += ["--ro-bind", source, inside]
    for folder in interior.masked():
        command += ["--size", "4096", "--tmpfs", folder]
    command += ["--proc", "/proc", "--dev-bind", "/dev/null", "/dev/null"]
    command += ["--size", str(HOME_MB << 20), "--tmpfs", interior.HOME, "--remount-ro", "/", "--chdir", "/"]
    environment = {**interior.ENVIRONMENT, "HOME": interior.HOME, "LD_LIBRARY_PATH": interior.LIBRARIES}
    for name, value in environment.items():
        command += ["--setenv", name, value]
    return [*command, "--", *interior.command_inside()]


def _paths(home: Path | None) -> list[tuple[str, int]]:
    """What Landlock leaves open: inside the walls the few folders there are; outside, the same in their own places."""
    null = ("/dev/null", landlock.READ | landlock.WRITE_FILE)
    if home is None:
        open_folders = (interior.PYTHON, interior.SITE, interior.LIBRARIES)
        return [null, (interior.HOME, landlock.WRITE), *((path, landlock.READ) for path in open_folders)]
    library = interior.standard_library()
    parts = [entry for entry in library.iterdir() if entry.name not in interior.PACKAGES]
    read = [
        *map(str, parts),
        *map(str, interior.numpy_parts()),
        *map(os.path.realpath, interior.libraries()),
        str(home),
    ]
    listed = [str(library), str(interior.numpy_parts()[0].parent)]
    return [null, *((path, landlock.READ) for path in read), *((path, landlock.LIST) for path in listed)]
