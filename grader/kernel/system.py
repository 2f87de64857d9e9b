"""Calls of the C library and of the kernel that Python has no name for; an OSError says which of them failed."""

from __future__ import annotations

import ctypes
import os

_library: list[ctypes.CDLL] = []


def library() -> ctypes.CDLL:
    """The C library of this process."""
    if not _library:
        _library.append(ctypes.CDLL(None, use_errno=True))
    return _library[0]


def call(name: str, *arguments: object) -> int:
    """A function of the C library whose negative answer is a failure."""
    return _checked(name, getattr(library(), name)(*arguments))


def kernel(name: str, number: int, *arguments: object) -> int:
    """A system call by its number; integers go as the kernel's longs."""
    wide = [ctypes.c_long(argument) if isinstance(argument, int) else argument for argument in arguments]
    return _checked(name, library().syscall(ctypes.c_long(number), *wide))


def _checked(name: str, result: int) -> int:
    if result < 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{name}: {os.strerror(number)}")
    return result
