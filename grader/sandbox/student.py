"""The grader's side of one worker: sends a submission, asks, and waits no longer than the check's limits allow."""

from __future__ import annotations

import os
import re
import secrets
import select
import signal
import time
from collections.abc import Mapping, Sequence
from pathlib import Path, PurePosixPath

import numpy as np

from ..visible import visible
from ..wire import Decoder, Message, WireError, encode
from .answer import Answer, read
from .cage import Fork
from .errors import SandboxError
from .limits import Limits

CHUNK = 1 << 16
FLOOD = 1 << 26
STARTING_SECONDS = 30.0
LAST_WORDS, LAST_WORDS_SECONDS = 2000, 1.0  # bytes of what a worker wrote that did not start
MOST_FILES, MOST_NAMES, MOST_MB, DEEPEST = 500, 20_000, 12, 16


class _Ended(Exception):
    """The worker can answer no more; the kind of every answer from here on, and why."""

    def __init__(self, kind: str, message: str) -> None:
        super().__init__(message)
        self.answer = Answer(kind, message=message)


class Student:
    """One submission in one worker. `call` asks for a function of it; after the block no process of it is left."""

    def __init__(
        self,
        fork: Fork,
        code: bytes,
        files: Mapping[str, bytes],
        limits: Limits,
        forbid: Sequence[str],
        name: str,
    ) -> None:
        self._fork, self._limits = fork, limits
        self._decoder = Decoder()
        self._words = b""
        self._output_bytes = 0
        self._left = STARTING_SECONDS
        self._ended: Answer | None = None
        self._open = True
        if wrong := _not_placed(code, files):
            self._ended = Answer("died", message=wrong)
            self.close()
            return
        try:
            self._start(code, files, forbid, name)
        except _Ended as end:
            self._ended = end.answer
            self.close()
        except BaseException:
            self.close()
            raise
        self._left = float(limits.seconds)

    def __enter__(self) -> Student:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Kills the worker, whatever it is doing."""
        if self._open:
            self._open = False
            self._fork.close()

    def call(self, name: str, arguments: Sequence[np.ndarray], returns: int | None = None) -> Answer:
        """What the student's function `name` answers to these arrays; scalars reach it as NumPy's numbers.

        With `returns = 1` a list of numbers is one array; otherwise a tuple or list is so many values.
        """
        if self._ended:
            return self._ended
        nonce = secrets.token_hex(16)
        try:
            message = encode({"do": "call", "name": name, "nonce": nonce, "returns": returns}, arguments)
        except WireError as wrong:
            raise SandboxError(f"the arguments of `{name}` cannot be sent: {wrong}") from wrong
        begun = time.monotonic()
        try:
            fields = read(self._exchange(message), nonce, len(arguments))
        except _Ended as end:
            self._ended = end.answer
        except WireError as wrong:
            self._ended = Answer("wire", message=str(wrong))
        self._left -= time.monotonic() - begun
        if self._ended:
            self.close()
            return self._ended
        return Answer(**fields)

    def _start(self, code: bytes, files: Mapping[str, bytes], forbid: Sequence[str], name: str) -> None:
        beside = {} if self._fork.home else files
        if self._fork.home:
            _write(self._fork.home.path, files)
        nonce = secrets.token_hex(16)
        limits = self._limits
        header = {
            "do": "open",
            "nonce": nonce,
            "name": name,
            "forbid": list(forbid),
            "files": [[file, len(data)] for file, data in beside.items()],
            "limits": {"seconds": int(limits.seconds) + 1, "memory_mb": limits.memory_mb, "file_mb": limits.file_mb},
        }
        content = [np.frombuffer(data, dtype=np.uint8) for data in (code, b"".join(beside.values()))]
        try:
            answer, _ = self._exchange(encode(header, content))
        except (_Ended, WireError) as wrong:
            said = visible(self._words.decode(errors="replace")).strip().rpartition("\n")[2]
            raise SandboxError(f"a worker did not start: {wrong}; {said or 'it said nothing'}") from wrong
        if answer.get("kind") == "unplaced":
            raise _Ended("died", f"the files beside it do not fit into its folder: {answer.get('message')}")
        if answer.get("nonce") != nonce or answer.get("kind") != "confined":
            raise SandboxError("a worker did not start: it did not say that it is confined")

    def _exchange(self, message: bytes) -> Message:
        """Sends, and receives the one message that answers, taking in all that is printed meanwhile."""
        fork, waiting = self._fork, memoryview(message)
        poll = select.poll()
        poll.register(fork.answers, select.POLLIN)
        poll.register(fork.output, select.POLLIN)
        poll.register(fork.requests, select.POLLOUT)
        deadline = time.monotonic() + self._left
        while (left := deadline - time.monotonic()) > 0:
            for descriptor, _ in poll.poll(left * 1000 + 1):
                if descriptor == fork.requests:
                    waiting = self._sent(waiting)
                    if not waiting:
                        poll.unregister(fork.requests)
                elif descriptor == fork.output:
                    if not self._take_output():
                        poll.unregister(fork.output)
                elif (answer := self._received()) is not None:
                    self._drain()
                    return answer
        raise _Ended("timeout", f"it took longer than the {self._limits.seconds:g} seconds of the check")

    def _sent(self, waiting: memoryview) -> memoryview:
        try:
            return waiting[os.write(self._fork.requests, waiting) :]
        except BlockingIOError:
            return waiting
        except BrokenPipeError:
            raise self._fate() from None

    def _received(self) -> Message | None:
        data = os.read(self._fork.answers, CHUNK)
        if not data:
            raise self._fate()
        messages = self._decoder.feed(data)
        if len(messages) > 1 or (messages and self._decoder.inside):
            raise WireError("more came than was asked for")
        return messages[0] if messages else None

    def _take_output(self) -> bool:
        """Reads some of what was printed; False when no more can come."""
        data = os.read(self._fork.output, CHUNK)
        self._output_bytes += len(data)
        if self._output_bytes > FLOOD:
            raise _Ended("died", f"it was stopped, because it printed more than {FLOOD >> 20} MB")
        self._words = (self._words + data)[-LAST_WORDS:]
        return bool(data)

    def _drain(self) -> None:
        """Takes what was printed before the answer and is not read yet."""
        poll = select.poll()
        poll.register(self._fork.output, select.POLLIN)
        for _ in range(FLOOD // CHUNK):
            if not poll.poll(0) or not self._take_output():
                return

    def _fate(self) -> _Ended:
        """How the worker ended, as its keeper says."""
        poll = select.poll()
        poll.register(self._fork.fate, select.POLLIN)
        self._drain()
        said = os.read(self._fork.fate, CHUNK).decode(errors="replace") if poll.poll(LAST_WORDS_SECONDS * 1000) else ""
        if not said:
            return _Ended("died", "it closed the pipe on which answers come")
        if not re.fullmatch(r"-?\d{1,3}", said, re.ASCII):
            return _Ended("died", visible(said))
        return _ended_with(int(said), self._limits)


def _ended_with(code: int, limits: Limits) -> _Ended:
    if code == -signal.SIGXCPU:
        return _Ended("timeout", f"it computed longer than the {limits.seconds:g} seconds of the check")
    if code == -signal.SIGKILL:
        return _Ended("died", "the program was killed for the memory or the processor time that it took")
    if code < 0:
        return _Ended("died", f"the program crashed ({signal.strsignal(-code) or f'signal {-code}'})")
    return _Ended("died", f"the program ended itself (exit code {code})")


def _not_placed(code: bytes, files: Mapping[str, bytes]) -> str | None:
    """Why a submission is not put into a sandbox at all: what lies beside it is too much, or would lie elsewhere."""
    for name in files:
        path = PurePosixPath(name)
        if not name or path.is_absolute() or ".." in path.parts or "\0" in name or len(path.parts) > DEEPEST:
            return f"a file beside it has a name that cannot be: {visible(name)[:100]!r}"
    if len(files) > MOST_FILES or sum(map(len, files)) > MOST_NAMES:
        return f"more than {MOST_FILES} files lie beside it, or they have very long names"
    if sum(map(len, files.values())) > MOST_MB << 20:
        return f"the files beside it are larger than {MOST_MB} MB together"
    return f"it is larger than {MOST_MB} MB" if len(code) > MOST_MB << 20 else None


def _write(home: Path, files: Mapping[str, bytes]) -> None:
    """Where the worker has no file system of its own, the files stand in a folder that it can only read."""
    try:
        for name, data in files.items():
            path = home / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
    except OSError as wrong:
        raise _Ended("died", f"the files beside it do not fit into its folder: {wrong.strerror}") from wrong
