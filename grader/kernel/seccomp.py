"""seccomp: of the kernel's calls a process keeps those that computing needs. No sockets, programs, processes, signals.

A list of what is allowed, so that a call which nobody thought of is closed too. Refused calls fail with EPERM and the
program goes on; those that the kernel got after 2019 are not there (ENOSYS), and C libraries fall back on older ones.
"""

from __future__ import annotations

import ctypes
import os
import struct
import sys
from pathlib import Path

from .system import call

ALLOW, KILL, FAIL = 0x7FFF0000, 0x80000000, 0x00050000
NOT_PERMITTED, NOT_THERE = FAIL | 1, FAIL | 38
FIRST_OF_THE_NEW = 424
FIRST_OF_X32 = 0x40000000
LOAD, EQUAL, AT_LEAST, ANY_BIT, RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
AT_NUMBER, AT_ARCHITECTURE, AT_ARGUMENTS = 0, 4, 16
NO_NEW_PRIVILEGES, SET_FILTER, BY_PROGRAM = 38, 22, 2

ARCHITECTURES = {"x86_64": (0, 0xC000003E), "aarch64": (1, 0xC00000B7)}

# name:number on x86_64:number on aarch64, which lacks some of the older calls. Changing the rights, times or length
# of a file by its name is not among them: Landlock does not see it, or not in every kernel.
CALLS = """
read:0:63 write:1:64 readv:19:65 writev:20:66 pread64:17:67 pwrite64:18:68 preadv:295:69 pwritev:296:70 close:3:57
close_range:436:436 lseek:8:62 open:2: openat:257:56 creat:85: stat:4: fstat:5:80 lstat:6: newfstatat:262:79
statx:332:291 access:21: faccessat:269:48 faccessat2:439:439 readlink:89: readlinkat:267:78 getdents:78:
getdents64:217:61 getcwd:79:17 chdir:80:49 fchdir:81:50 mkdir:83: mkdirat:258:34 rmdir:84: unlink:87: unlinkat:263:35
rename:82: renameat:264:38 renameat2:316:276 link:86: linkat:265:37 symlink:88: symlinkat:266:36 ftruncate:77:46
fallocate:285:47 fsync:74:82 fdatasync:75:83 flock:73:32 umask:95:166 statfs:137:43 fstatfs:138:44 sendfile:40:71
copy_file_range:326:285 dup:32:23 dup2:33: dup3:292:24 pipe:22: pipe2:293:59 poll:7: ppoll:271:73 select:23:
pselect6:270:72 epoll_create:213: epoll_create1:291:20 epoll_ctl:233:21 epoll_wait:232: epoll_pwait:281:22
eventfd2:290:19 mmap:9:222 munmap:11:215 mremap:25:216 mprotect:10:226 madvise:28:233 brk:12:214 msync:26:227
mincore:27:232 mlock:149:228 munlock:150:229 membarrier:324:283 futex:202:98 set_robust_list:273:99
get_robust_list:274:100 rseq:334:293 set_tid_address:218:96 gettid:186:178 exit:60:93 exit_group:231:94
sched_yield:24:124 sched_getaffinity:204:123 rt_sigaction:13:134 rt_sigprocmask:14:135 rt_sigreturn:15:139
rt_sigpending:127:136 rt_sigsuspend:130:133 rt_sigtimedwait:128:137 sigaltstack:131:132 pause:34: alarm:37:
setitimer:38:103 getitimer:36:102 restart_syscall:219:128 wait4:61:260 waitid:247:95 getpid:39:172 getppid:110:173
getuid:102:174 geteuid:107:175 getgid:104:176 getegid:108:177 getgroups:115:158 getresuid:118:148 getresgid:120:150
getpgrp:111: getpgid:121:155 getsid:124:156 clock_gettime:228:113 clock_getres:229:114 clock_nanosleep:230:115
nanosleep:35:101 gettimeofday:96:169 time:201: times:100:153 getrusage:98:165 getrlimit:97:163 sysinfo:99:179
uname:63:160 getrandom:318:278 timer_create:222:107 timer_settime:223:110 timer_gettime:224:108 timer_delete:226:111
timer_getoverrun:225:109 timerfd_create:283:85 timerfd_settime:286:86 timerfd_gettime:287:87 getcpu:309:168
"""

A_THREAD, A_NAMESPACE = 0x00010000, 0x7E020080
QUERIES_OF_A_FILE = (
    0x5401,
    0x5413,
    0x541B,
    0x5421,
    0x5450,
    0x5451,
)  # is it a terminal, how large, how much waits; blocking; on exec
DUTIES_OF_A_FILE = (0, 1, 2, 3, 4, 5, 6, 7, 1030, 1032)  # not those that send signals to whoever is named as the owner
NAME_OF_A_THREAD = (15, 16)

Instruction = tuple[int, int, int, int]


def available() -> bool:
    """Whether this kernel filters calls, and their numbers on this processor are known here."""
    known = sys.platform.startswith("linux") and os.uname().machine in ARCHITECTURES
    return known and Path("/proc/sys/kernel/seccomp/actions_avail").exists()


def restrict(own_process: int) -> None:
    """From here on this process keeps the calls above, and may send signals to itself alone: `own_process`."""
    code = b"".join(struct.pack("<HBBI", *instruction) for instruction in program(own_process, os.uname().machine))
    text = ctypes.create_string_buffer(code, len(code))

    class Program(ctypes.Structure):
        _fields_ = [("length", ctypes.c_ushort), ("code", ctypes.c_void_p)]

    call("prctl", NO_NEW_PRIVILEGES, 1, 0, 0, 0)
    call("prctl", SET_FILTER, BY_PROGRAM, ctypes.byref(Program(len(code) // 8, ctypes.addressof(text))), 0, 0)


def program(own_process: int, machine: str) -> list[Instruction]:
    """The filter, in the instructions of the kernel's packet filter: each answers, or falls through to the next."""
    column, architecture = ARCHITECTURES[machine]
    numbers = [fields[1 + column] for entry in CALLS.split() if (fields := entry.split(":"))]
    return [
        (LOAD, 0, 0, AT_ARCHITECTURE),
        (EQUAL, 1, 0, architecture),
        (RETURN, 0, 0, KILL),
        (LOAD, 0, 0, AT_NUMBER),
        *_answer_if(AT_LEAST, FIRST_OF_X32, KILL),
        *(line for number in numbers if number for line in _answer_if(EQUAL, int(number), ALLOW)),
        *(line for case in _cases(own_process) for line in _only_if(case[0][column], case[1])),
        *_answer_if(AT_LEAST, FIRST_OF_THE_NEW, NOT_THERE),
        (RETURN, 0, 0, NOT_PERMITTED),
    ]


def _cases(own_process: int) -> list[tuple[tuple[int, int], list[Instruction]]]:
    """The calls that are allowed for some arguments only: their numbers on each processor, and the lines that allow."""
    itself = _any_of(0, [own_process])
    return [
        ((72, 25), _any_of(1, DUTIES_OF_A_FILE)),  # fcntl
        ((16, 29), _any_of(1, QUERIES_OF_A_FILE)),  # ioctl
        ((157, 167), _any_of(0, NAME_OF_A_THREAD)),  # prctl
        ((62, 129), itself),  # kill
        ((234, 131), itself),  # tgkill
        ((302, 261), _asks_only()),  # prlimit64
        ((56, 220), _starts_a_thread()),  # clone
    ]


def _argument(index: int, half: int = 0) -> Instruction:
    return (LOAD, 0, 0, AT_ARGUMENTS + 8 * index + 4 * half)


def _any_of(index: int, values: list[int] | tuple[int, ...]) -> list[Instruction]:
    return [_argument(index), *(line for value in values for line in _answer_if(EQUAL, value, ALLOW))]


def _asks_only() -> list[Instruction]:
    """No new limit is given: the third argument points nowhere."""
    return [_argument(2), (EQUAL, 0, 3, 0), _argument(2, half=1), *_answer_if(EQUAL, 0, ALLOW)]


def _starts_a_thread() -> list[Instruction]:
    return [_argument(0), *_answer_if(ANY_BIT, A_NAMESPACE, NOT_PERMITTED), *_answer_if(ANY_BIT, A_THREAD, ALLOW)]


def _answer_if(test: int, value: int, answer: int) -> list[Instruction]:
    return [(test, 0, 1, value), (RETURN, 0, 0, answer)]


def _only_if(number: int, allowing: list[Instruction]) -> list[Instruction]:
    """For this call the lines decide, and where none of them allows it is refused."""
    return [(EQUAL, 0, len(allowing) + 1, number), *allowing, (RETURN, 0, 0, NOT_PERMITTED)]
