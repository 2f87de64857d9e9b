"""graphc itself in a process of its own, for a student's net: with an end to its time and its memory.

A net runs no code of its author's, but it may be as large as its author likes.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

# address space is no measure: libraries map more than they use
START = """\
import resource, sys
seconds, memory = int(sys.argv[1]), int(sys.argv[2]) << 20
resource.setrlimit(resource.RLIMIT_DATA, (memory, memory))
resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 1))
resource.setrlimit(resource.RLIMIT_FSIZE, (1 << 28, 1 << 28))
resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
import runpy
module, sys.argv[:] = sys.argv[3], sys.argv[3:]
runpy.run_module(module, run_name="__main__", alter_sys=True)
"""
OWN_MB = 512  # of the interpreter and its libraries
MOST = 1 << 20  # bytes of an answer


@dataclass(frozen=True)
class Ended:
    """How it ended: with an answer, or late, or for another reason, of which `said` is the last that was heard."""

    code: int
    output: str
    late: bool = False
    said: str = ""


def run(module: str, arguments: list[str], folder: Path, seconds: float, memory_mb: int) -> Ended:
    """`python -m module arguments` in a folder."""
    threads = dict.fromkeys(("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"), "1")
    found = os.pathsep.join(path for path in sys.path if path and os.path.isabs(path))
    known = {name: os.environ[name] for name in ("PATH", "LANG", "LC_ALL") if name in os.environ}
    environment = known | threads | {"PYTHONPATH": found, "HOME": str(folder), "PYTHONDONTWRITEBYTECODE": "1"}
    command = [sys.executable, "-c", START, str(int(seconds) + 1), str(memory_mb + OWN_MB), module, *arguments]
    answers, complaints = folder / "answer.json", folder / "errors.txt"
    with answers.open("wb") as output, complaints.open("wb") as errors:
        process = subprocess.Popen(
            command, cwd=folder, env=environment, stdin=subprocess.DEVNULL, stdout=output,
            stderr=errors, start_new_session=True,
        )  # fmt: skip
        try:
            code = process.wait(seconds)
        except subprocess.TimeoutExpired:
            code = -signal.SIGKILL
        finally:
            _kill(process)
    said = _read(complaints).strip().rpartition("\n")[2]
    return Ended(code, _read(answers), code in (-signal.SIGKILL, -signal.SIGXCPU), said)


def _read(file: Path) -> str:
    with file.open("rb") as written:
        return written.read(MOST).decode("utf-8", "replace")


def _kill(process: subprocess.Popen[bytes]) -> None:
    """The process and whatever it has started."""
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
