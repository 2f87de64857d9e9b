"""Landlock: a process closes the file system to itself, but for the paths that it names.

https://docs.kernel.org/userspace-api/landlock.html
"""

from __future__ import annotations

import ctypes
import os
import stat
import sys
from collections.abc import Iterable

from .system import call, kernel

CREATE, ADD_RULE, RESTRICT = 444, 445, 446
PATH_BENEATH = 1
ASK_VERSION = 1
NO_NEW_PRIVILEGES = 38

# the bit of each access, by the version of Landlock that first knew it
ACCESSES = {1: range(13), 2: [13], 3: [14], 5: [15]}
NETWORK = {4: 0b11}  # bind and connect by TCP
SCOPES = {6: 0b11}  # abstract sockets and signals of processes outside
EXECUTE, WRITE_FILE, READ_FILE, READ_FOLDER = 1 << 0, 1 << 1, 1 << 2, 1 << 3
OF_FILES = EXECUTE | WRITE_FILE | READ_FILE | 1 << 14 | 1 << 15

READ = READ_FILE | READ_FOLDER
LIST = READ_FOLDER
WRITE = (
    READ | WRITE_FILE | sum(1 << bit for bit in (4, 5, 7, 8, 12, 14))
)  # remove, make folders, files and links, truncate


class _Ruleset(ctypes.Structure):
    _fields_ = [("fs", ctypes.c_uint64), ("net", ctypes.c_uint64), ("scoped", ctypes.c_uint64)]


class _Beneath(ctypes.Structure):
    _pack_ = 1
    _fields_ = [("allowed", ctypes.c_uint64), ("parent", ctypes.c_int32)]


def version() -> int:
    """The kernel's version of Landlock; 0 where it has none."""
    if not sys.platform.startswith("linux"):
        return 0
    try:
        return kernel("landlock_create_ruleset", CREATE, None, 0, ASK_VERSION)
    except OSError:
        return 0


def restrict(allowed: Iterable[tuple[str, int]]) -> None:
    """From here on this process and all that it starts reach these paths alone, and what lies beneath them."""
    abi = version()
    handled = sum(1 << bit for since, bits in ACCESSES.items() if since <= abi for bit in bits)
    rules = _Ruleset(handled, _known(NETWORK, abi), _known(SCOPES, abi))
    size = 8 if abi < 4 else 16 if abi < 6 else 24
    ruleset = kernel("landlock_create_ruleset", CREATE, ctypes.byref(rules), size, 0)
    try:
        for path, rights in allowed:
            _allow(ruleset, path, rights & handled)
        call("prctl", NO_NEW_PRIVILEGES, 1, 0, 0, 0)
        kernel("landlock_restrict_self", RESTRICT, ruleset, 0)
    finally:
        os.close(ruleset)


def _known(bits: dict[int, int], abi: int) -> int:
    return sum(value for since, value in bits.items() if since <= abi)


def _allow(ruleset: int, path: str, rights: int) -> None:
    opened = os.open(path, os.O_PATH | os.O_CLOEXEC)
    try:
        if not stat.S_ISDIR(os.fstat(opened).st_mode):
            rights &= OF_FILES
        rule = _Beneath(rights, opened)
        kernel("landlock_add_rule", ADD_RULE, ruleset, PATH_BENEATH, ctypes.byref(rule), 0)
    finally:
        os.close(opened)
