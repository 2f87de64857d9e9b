"""A process with Python and NumPy loaded that forks a worker for each submission, faster than an interpreter starts.

It stands in the sandbox itself, with nothing in it but what the interpreter and NumPy need, and never runs a student's
line. Each request on its control socket brings the pipes of one worker. Between the two stands a keeper, which enters
namespaces of the worker's own, waits for it, and says how it ended: the kernel kills a worker when its keeper dies.
"""

from __future__ import annotations

import gc
import json
import os
import signal
import socket
import traceback
from collections.abc import Mapping
from typing import Any

from grader import worker
from grader.kernel import namespaces

PRELOADED = (
    *(
        "collections",
        "copy",
        "dataclasses",
        "decimal",
        "fractions",
        "functools",
        "itertools",
        "json",
        "math",
        "numbers",
    ),
    *("operator", "random", "re", "statistics", "string", "time", "typing", "traceback", "ctypes"),
    *(
        "numpy",
        "numpy.fft",
        "numpy.linalg",
        "numpy.polynomial",
        "numpy.random",
        "numpy.testing",
        "numpy.lib.stride_tricks",
    ),
)


def main() -> None:
    """Serves until the other end of the control socket, which is the standard input, is closed."""
    for name in PRELOADED:
        __import__(name)
    gc.collect()
    gc.freeze()  # pages that hold live objects stay shared, and a student's `gc` does not list what was here before
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # keepers that end are reaped by the kernel
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the grader, which closes the socket
    control = socket.socket(fileno=os.dup(0))
    control.send(b"here")
    while True:
        data, descriptors, _, _ = socket.recv_fds(control, 1 << 20, 4)
        if not data:
            os._exit(0)
        keeper = os.fork()
        if not keeper:
            control.close()
            _keep(json.loads(data), *descriptors)
        _show(control, keeper)
        for descriptor in descriptors:
            os.close(descriptor)


def _show(control: socket.socket, keeper: int) -> None:
    """Gives the grader a handle by which it can end the keeper, and with it the worker."""
    handle = os.pidfd_open(keeper)
    socket.send_fds(control, [b"forked"], [handle])
    os.close(handle)


def _keep(plan: Mapping[str, Any], requests: int, answers: int, output: int, fate: int) -> None:
    try:
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        if plan["namespaces"]:
            namespaces.enter()
        namespaces.die_with_parent()
        process = os.fork()
        if not process:
            os.close(fate)
            _work(plan, requests, answers, output)
        for pipe in (requests, answers, output):
            os.close(pipe)
        _, status = os.waitpid(process, 0)
        os.write(fate, str(os.waitstatus_to_exitcode(status)).encode())
        os._exit(0)
    except BaseException:
        os.write(fate, traceback.format_exc().encode())
        os._exit(1)


def _work(plan: Mapping[str, Any], requests: int, answers: int, output: int) -> None:
    try:
        worker.run(plan, requests, answers, output)
    except BaseException:
        os.write(2, traceback.format_exc().encode())
    finally:
        os._exit(1)
