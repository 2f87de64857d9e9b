"""Namespaces of a process's own: users, files, processes, network, messages, host name; a home that goes with it."""

from __future__ import annotations

import ctypes
import os

from .system import call, kernel

NEW = {
    "user": 0x10000000,
    "mount": 0x00020000,
    "pid": 0x20000000,
    "net": 0x40000000,
    "ipc": 0x08000000,
    "uts": 0x04000000,
    "cgroup": 0x02000000,
}
NOSUID, NODEV, NOEXEC, READ_ONLY = 2, 4, 8, 1
CAPSET = {"x86_64": 126, "aarch64": 91}
CAPABILITIES_3 = 0x20080522
NO_NEW_PRIVILEGES, DIE_WITH_PARENT, DROP_FROM_BOUND, KILL = 38, 1, 24, 9


def enter() -> None:
    """This process leaves every namespace that it shares with others; its next child is first in a process table."""
    user, group = os.getuid(), os.getgid()
    call("unshare", sum(NEW.values()))
    for name, text in (("setgroups", "deny"), ("uid_map", f"{user} {user} 1"), ("gid_map", f"{group} {group} 1")):
        with open(f"/proc/self/{name}", "w") as file:
            file.write(text)


def cover(path: str, megabytes: int) -> None:
    """An empty file system in memory over `path`; of no size at all where nothing may be written there."""
    flags = NOSUID | NODEV | NOEXEC | (0 if megabytes else READ_ONLY)
    options = f"size={max(megabytes, 1)}m,nr_inodes=1024,mode=0700"
    call("mount", b"tmpfs", path.encode(), b"tmpfs", flags, options.encode())


def drop_capabilities() -> None:
    """Whatever this process might still do as the owner of its namespaces, it can do no more."""
    for capability in range(64):
        try:
            call("prctl", DROP_FROM_BOUND, capability, 0, 0, 0)
        except OSError:
            break
    call("prctl", NO_NEW_PRIVILEGES, 1, 0, 0, 0)
    header, nothing = (ctypes.c_uint32 * 2)(CAPABILITIES_3, 0), (ctypes.c_uint32 * 6)()
    kernel("capset", CAPSET[os.uname().machine], header, nothing)


def die_with_parent() -> None:
    """The kernel kills this process when the one that forked it ends."""
    call("prctl", DIE_WITH_PARENT, KILL, 0, 0, 0)
