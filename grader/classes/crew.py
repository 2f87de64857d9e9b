"""Several processes that each do one task after the other. One that ends has its task tried once more, by another.

They are forked when what they need has been prepared, so that nothing is compiled twice. A process whose parent is
gone sees its pipe end, and ends.
"""

from __future__ import annotations

import multiprocessing as processes
import signal
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from multiprocessing.connection import Connection, wait
from typing import Any

TRIES = 2
Task = Callable[[int], bytes]


class Crew:
    """`work()` makes, in each process, the function that does a task, as a context."""

    def __init__(self, work: Callable[[], Any], size: int) -> None:
        self._work, self._size = work, size
        self._members: dict[Connection, _Member] = {}

    def __enter__(self) -> Crew:
        return self

    def __exit__(self, *error: object) -> None:
        for member in self._members.values():
            member.end()
        for member in self._members.values():
            member.join()
        self._members.clear()

    def done(self, tasks: Iterable[int]) -> Iterator[tuple[int, bytes | None]]:
        """Each task with its result as it comes; None where every process that tried it ended."""
        waiting = deque((task, TRIES) for task in tasks)
        while waiting or any(member.task is not None for member in self._members.values()):
            self._hand_out(waiting)
            for pipe in wait(list(self._members)):
                assert isinstance(pipe, Connection)
                member = self._members[pipe]
                task, tries = member.task or (-1, 0)
                result = member.result()
                if result is None:
                    self._members.pop(pipe).join()
                    if tries > 1:
                        waiting.appendleft((task, tries - 1))
                        continue
                if task >= 0:
                    yield task, result

    def _hand_out(self, waiting: deque[tuple[int, int]]) -> None:
        idle = [member for member in self._members.values() if member.task is None]
        while waiting and (idle or len(self._members) < self._size):
            if not idle:
                member = _Member(self._work, list(self._members))
                self._members[member.pipe] = member
                idle.append(member)
            idle.pop().begin(*waiting.popleft())


class _Member:
    """One process, and the task that it is at."""

    def __init__(self, work: Callable[[], Any], others: Sequence[Connection]) -> None:
        context = processes.get_context("fork")
        self.pipe, inner = context.Pipe()
        self.process = context.Process(target=_serve, args=(inner, [self.pipe, *others], work), daemon=True)
        self.process.start()
        inner.close()
        self.task: tuple[int, int] | None = None

    def begin(self, task: int, tries: int) -> None:
        self.task = (task, tries)
        with suppress(OSError):  # it has ended: its pipe says so
            self.pipe.send_bytes(task.to_bytes(8, "big"))

    def result(self) -> bytes | None:
        """What came back; None where the process ended instead."""
        self.task = None
        try:
            return self.pipe.recv_bytes()
        except (OSError, EOFError):
            return None

    def end(self) -> None:
        self.pipe.close()
        if self.task is not None:
            self.process.terminate()

    def join(self) -> None:
        self.process.join(5)
        if self.process.is_alive():
            self.process.kill()
            self.process.join()


def _serve(pipe: Connection, others: Sequence[Connection], work: Callable[[], Any]) -> None:
    """One process: tasks from the pipe until it ends. What the user presses is the parent's business."""
    for other in others:  # else a pipe would stay open when its parent is gone
        other.close()
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, _leave)
    with suppress(EOFError, OSError), work() as task:
        while True:
            number = int.from_bytes(pipe.recv_bytes(), "big")
            pipe.send_bytes(task(number))


def _leave(*signal: Any) -> None:
    """End, and close what is open."""
    raise SystemExit(1)
