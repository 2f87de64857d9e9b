"""The filter of system calls: its numbers are the kernel's, and each call gets the answer it should."""

from __future__ import annotations

import ctypes
import ctypes.util

import pytest

from grader.kernel import seccomp

NAMES = [entry.split(":") for entry in seccomp.CALLS.split()]
CASES = {"fcntl": (72, 25), "ioctl": (16, 29), "prctl": (157, 167), "kill": (62, 129), "tgkill": (234, 131)}
CASES |= {"prlimit64": (302, 261), "clone": (56, 220)}


def answer(machine: str, number: int, *arguments: int, own: int = 7) -> int:
    """What the filter says of a call: its instructions, run one after another."""
    architecture = seccomp.ARCHITECTURES[machine][1]
    data = {seccomp.AT_NUMBER: number, seccomp.AT_ARCHITECTURE: architecture}
    for place in range(6):
        value = arguments[place] if place < len(arguments) else 0
        data[16 + 8 * place], data[20 + 8 * place] = value & 0xFFFFFFFF, value >> 32
    lines, at, accumulator = seccomp.program(own, machine), 0, 0
    while True:
        code, if_true, if_false, value = lines[at]
        at += 1
        if code == seccomp.RETURN:
            return value
        if code == seccomp.LOAD:
            accumulator = data[value]
            continue
        tests = {
            seccomp.EQUAL: accumulator == value,
            seccomp.AT_LEAST: accumulator >= value,
            seccomp.ANY_BIT: bool(accumulator & value),
        }
        at += if_true if tests[code] else if_false


@pytest.mark.parametrize("machine", list(seccomp.ARCHITECTURES))
def test_numbers_are_those_that_libseccomp_knows(machine):
    name = ctypes.util.find_library("seccomp")
    if name is None:
        pytest.skip("libseccomp is not installed")
    column, architecture = seccomp.ARCHITECTURES[machine]
    resolve = ctypes.CDLL(name).seccomp_syscall_resolve_name_arch
    resolve.argtypes = [ctypes.c_uint32, ctypes.c_char_p]
    for call, *numbers in NAMES:
        if numbers[column]:
            assert resolve(architecture, call.encode()) == int(numbers[column]), call
    for call, both in CASES.items():
        assert resolve(architecture, call.encode()) == both[column], call


READ, SOCKET, EXECVE, PTRACE, FORK, CLONE, CLONE3, IO_URING = 0, 41, 59, 101, 57, 56, 435, 425
VERDICTS = {
    "reading": ((READ, 3), seccomp.ALLOW),
    "a socket": ((SOCKET, 1), seccomp.NOT_PERMITTED),
    "a program": ((EXECVE,), seccomp.NOT_PERMITTED),
    "tracing": ((PTRACE,), seccomp.NOT_PERMITTED),
    "a fork": ((FORK,), seccomp.NOT_PERMITTED),
    "a process by clone": ((CLONE, 17), seccomp.NOT_PERMITTED),
    "a thread": ((CLONE, 0x3D0F00), seccomp.ALLOW),
    "a thread in new namespaces": ((CLONE, 0x3D0F00 | 0x10000000), seccomp.NOT_PERMITTED),
    "a newer clone": ((CLONE3,), seccomp.NOT_THERE),
    "io_uring": ((IO_URING,), seccomp.NOT_THERE),
    "the numbers of another table": ((0x40000000,), seccomp.KILL),
    "a signal to itself": ((62, 7, 9), seccomp.ALLOW),
    "a signal to another": ((62, 1, 9), seccomp.NOT_PERMITTED),
    "a signal to all": ((62, 0xFFFFFFFF, 9), seccomp.NOT_PERMITTED),
    "asking for limits": ((302, 0, 7, 0, 1), seccomp.ALLOW),
    "setting limits": ((302, 0, 7, 0x7F00DEADBEEF, 0), seccomp.NOT_PERMITTED),
    "setting limits at a high address": ((302, 0, 7, 0x7F00_0000_0000, 0), seccomp.NOT_PERMITTED),
    "naming a thread": ((157, 15), seccomp.ALLOW),
    "outliving the parent": ((157, 1, 0), seccomp.NOT_PERMITTED),
    "an owner who gets signals": ((72, 3, 8, 1), seccomp.NOT_PERMITTED),
    "typing into a terminal": ((16, 0, 0x5412), seccomp.NOT_PERMITTED),
    "rights of a file by its name": ((90,), seccomp.NOT_PERMITTED),
}


@pytest.mark.parametrize(("call", "verdict"), VERDICTS.values(), ids=list(VERDICTS))
def test_verdict_on(call, verdict):
    assert answer("x86_64", *call) == verdict


def test_each_processor_allows_the_same_calls():
    for call, *numbers in NAMES:
        for machine, number in zip(seccomp.ARCHITECTURES, numbers, strict=True):
            if number:
                assert answer(machine, int(number)) == seccomp.ALLOW, call


def test_another_architecture_is_killed():
    lines = seccomp.program(1, "x86_64")
    assert lines[1] == (seccomp.EQUAL, 1, 0, 0xC000003E)
    assert lines[2] == (seccomp.RETURN, 0, 0, seccomp.KILL)
