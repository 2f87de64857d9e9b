"""What runs inside the sandbox: takes one submission, closes what it can still reach, runs it, and answers calls.

Standard library and NumPy only. Nothing here is trusted once the student's module has been loaded, because both live in
one process: whoever takes this program over can answer a question wrongly, and that is all. What is asked next is not
in here yet, and what is right never is.
"""

from __future__ import annotations

import os
import resource
import sys
from collections.abc import Mapping
from pathlib import PurePosixPath
from types import ModuleType
from typing import Any

import numpy as np

from grader import forbidden, stand_ins
from grader.kernel import landlock, namespaces, seccomp
from grader.wire import DTYPES, MAX_ARRAYS, MAX_BYTES, Decoder, encode

REQUESTS, ANSWERS = 3, 4
MEGABYTE = 1 << 20
LONGEST_MESSAGE = 2000
MODULE = "submission"
OPEN_FILES = 64


def run(plan: Mapping[str, Any], requests: int, answers: int, output: int) -> None:
    """The whole life of a worker; it leaves by the process's end alone."""
    _take_places(requests, answers, output)
    used = _address_space()
    _close_ways(plan)
    decoder = Decoder()
    (opened, content), *_ = _messages(decoder)
    _limit(opened["limits"], used, plan["processes"])
    try:
        _write(plan["home"], opened["files"], content[1].tobytes())
    except OSError as wrong:
        _send({"nonce": opened["nonce"], "kind": "unplaced", "message": wrong.strerror})
        os._exit(0)
    if plan["seccomp"]:
        seccomp.restrict(os.getpid())
    _send({"nonce": opened["nonce"], "kind": "confined"})
    module: Submission | None = None
    while True:
        for asked, arguments in _messages(decoder):
            if module is None:  # not earlier: what the student's code says now cannot be taken for the worker's word
                module = Submission(opened["name"], content[0].tobytes(), plan["home"], opened["forbid"])
            header, values = module.answer(asked, arguments)
            module.flush()
            _send({"nonce": asked["nonce"], **header}, values)


def _take_places(requests: int, answers: int, output: int) -> None:
    """Standard input is empty, both outputs go to one pipe, and beside the two pipes of the grader no file is open."""
    os.setsid()
    empty = os.open(os.devnull, os.O_RDONLY)
    held = [os.dup2(old, 100 + place) for place, old in enumerate((empty, output, output, requests, answers))]
    for place, old in enumerate(held):
        os.dup2(old, place, inheritable=False)
    os.closerange(len(held), 1024)


def _address_space() -> int:
    """What this process has mapped before a student's line runs, in bytes; the student's share comes on top."""
    with open("/proc/self/statm") as file:
        return int(file.read().split()[0]) * os.sysconf("SC_PAGE_SIZE")


def _close_ways(plan: Mapping[str, Any]) -> None:
    if plan["namespaces"]:
        namespaces.cover("/proc", 0)
        namespaces.cover(plan["home"], plan["home_mb"])
    os.chdir(plan["home"])
    if plan["landlock"]:
        landlock.restrict(plan["paths"])
    namespaces.drop_capabilities()
    namespaces.die_with_parent()


def _limit(limits: Mapping[str, int], used: int, processes: int | None) -> None:
    seconds, memory = limits["seconds"], used + limits["memory_mb"] * MEGABYTE
    for kind, soft, hard in (
        (resource.RLIMIT_CPU, seconds, seconds + 1),
        (resource.RLIMIT_AS, memory, memory),
        (resource.RLIMIT_FSIZE, limits["file_mb"] * MEGABYTE, limits["file_mb"] * MEGABYTE),
        (resource.RLIMIT_NOFILE, OPEN_FILES, OPEN_FILES),
        (resource.RLIMIT_CORE, 0, 0),
    ):
        resource.setrlimit(kind, (soft, hard))
    if processes:
        resource.setrlimit(resource.RLIMIT_NPROC, (processes, processes))


def _write(home: str, files: list[tuple[str, int]], content: bytes) -> None:
    """The other files of the submission, beside it; their names were checked by the one who sent them."""
    for name, size in files:
        path = PurePosixPath(home, name)
        os.makedirs(path.parent, exist_ok=True)
        with open(path, "wb") as file:
            file.write(content[:size])
        content = content[size:]


def _messages(decoder: Decoder) -> list[tuple[dict[str, Any], list[np.ndarray]]]:
    while True:
        data = os.read(REQUESTS, MEGABYTE)
        if not data:
            os._exit(0)
        if found := decoder.feed(data):
            return found


def _send(header: dict[str, Any], arrays: list[np.ndarray] | tuple[()] = ()) -> None:
    left = memoryview(encode(header, arrays))
    while left:
        left = left[os.write(ANSWERS, left) :]


class Submission:
    """The student's module: loaded once, called often. One that cannot be loaded answers every call with the reason."""

    def __init__(self, name: str, code: bytes, home: str, forbid: list[str]) -> None:
        self.name = name
        self.broken: dict[str, Any] | None = None
        self.module = ModuleType(MODULE)  # whatever the file is called: one called numpy.py hides nothing
        self.module.__file__ = name
        sys.modules[self.module.__name__] = self.module
        sys.path.append(home)
        stand_ins.install()
        if forbid:
            forbidden.forbid(forbid, MODULE, home)
        try:
            exec(compile(code, name, "exec"), self.module.__dict__)
        except BaseException as error:
            self.broken = self._raised(error)

    def answer(self, asked: Mapping[str, Any], arrays: list[np.ndarray]) -> tuple[dict[str, Any], list[np.ndarray]]:
        """What the named function makes of copies of these arrays, and which of the copies it changed."""
        if self.broken:
            return self.broken, []
        function = self.module.__dict__.get(asked["name"])
        if not callable(function):
            return {"kind": "absent", "message": f"there is no function `{asked['name']}`"}, []
        given = [array.copy() if array.ndim else array[()] for array in arrays]
        try:
            header, values = _values(function(*given), asked["returns"])
        except BaseException as error:
            header, values = self._raised(error), []
        return {**header, "mutated": _changed(arrays, given)}, values

    def flush(self) -> None:
        """What was printed leaves before the answer does."""
        for stream in (sys.stdout, sys.stderr):
            try:
                stream.flush()
            except BaseException:  # the student may have put anything here
                continue

    def _raised(self, error: BaseException) -> dict[str, Any]:
        kind = "memory" if isinstance(error, MemoryError) else "raised"
        line = error.lineno if isinstance(error, SyntaxError) and error.filename == self.name else None
        trace = error.__traceback__
        while trace is not None:
            if trace.tb_frame.f_code.co_filename == self.name:
                line = trace.tb_lineno
            trace = trace.tb_next
        return {"kind": kind, "message": _described(error), "line": line}


def _described(error: BaseException) -> str:
    """The error's kind and words. Its own methods may do anything, so that they are asked once and not believed."""
    kind = type.__dict__["__name__"].__get__(type(error))
    try:
        words = error.msg if isinstance(error, SyntaxError) else str(error)
        words = str.__getitem__(words, slice(0, LONGEST_MESSAGE))
    except BaseException:
        words = "(its message could not be had)"
    return f"{kind}: {words}" if words else kind


def _values(result: object, returns: int | None) -> tuple[dict[str, Any], list[np.ndarray]]:
    """A tuple or list is several values, unless one is expected and the whole makes an array of numbers."""
    if result is None:
        return {"kind": "nothing", "message": "the function returned nothing"}, []
    parts = _parts(result)
    several = 0 < len(parts) <= MAX_ARRAYS
    whole = _numbers(result) if returns == 1 or not several else None
    if whole is not None or not several:
        parts = [result]
    arrays = [array for array in ([whole] if whole is not None else map(_numbers, parts)) if array is not None]
    if len(arrays) < len(parts):
        return {"kind": "no-array", "message": _not_numbers(parts)}, []
    if sum(array.nbytes for array in arrays) > MAX_BYTES:
        return {"kind": "no-array", "message": f"the function returned more than {MAX_BYTES >> 20} MB"}, []
    return {"kind": "value", "bare": whole is not None}, arrays


def _parts(result: Any) -> list[Any]:
    """The elements of a tuple or list as they are, whatever its class says of them; none of anything else."""
    kind = next((kind for kind in (tuple, list) if issubclass(type(result), kind)), None)
    return [] if kind is None else list(kind.__iter__(result))


def _numbers(value: object) -> np.ndarray | None:
    """The value as a plain array of numbers, whatever class it had; None where NumPy makes no such array of it."""
    try:
        array = np.asarray(value)
        if array.dtype.name in ("longdouble", "float96", "float128"):
            array = array.astype(np.float64)
        return np.array(array, subok=False) if array.dtype.name in DTYPES else None
    except (ValueError, TypeError, OverflowError):
        return None


def _not_numbers(parts: list[Any]) -> str:
    wrong = next(part for part in parts if _numbers(part) is None)
    kind = type.__dict__["__name__"].__get__(type(wrong))
    return f"the function returned a {kind}, of which NumPy makes no array of numbers"


def _changed(sent: list[np.ndarray], given: list[Any]) -> list[int]:
    return [place for place, (old, new) in enumerate(zip(sent, given, strict=True)) if not _same(old, new)]


def _same(old: np.ndarray, new: Any) -> bool:
    return old.shape == np.shape(new) and old.tobytes() == new.tobytes()
