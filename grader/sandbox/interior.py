"""What stands inside a sandbox: the interpreter, its standard library, NumPy, their libraries, the worker's own files.

No other package, no home, no exercise. Each has a neutral place inside, so that no path of this machine is seen there.
"""

from __future__ import annotations

import functools
import json
import os
import subprocess
import sys
import sysconfig
from pathlib import Path

import numpy

from .errors import SandboxError

PYTHON, SITE, LIBRARIES, WORKER = "/python", "/site", "/libraries", "/worker"
HOME = "/home/student"
PACKAGES = ("site-packages", "dist-packages")
WORKERS_OWN = ("__init__.py", "wire.py", "worker.py", "stand_ins.py", "forbidden.py", "zygote.py", "kernel")

START = "import sys; sys.path[:0] = sys.argv[1:]; from grader.zygote import main; del sys.path[0]; main()"
OPTIONS = ("-I", "-S", "-B", "-X", "utf8", "-c", START)
ENVIRONMENT = {
    **dict.fromkeys(("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS", "BLIS_NUM_THREADS"), "1"),
    "LANG": "C.UTF-8",
    "MALLOC_ARENA_MAX": "1",  # each more takes 64 MB of a student's address space
    "TZ": "UTC",
    "PATH": "",
}


def interpreter() -> str:
    """The interpreter itself, not the link to it that a virtual environment has."""
    return os.path.realpath(getattr(sys, "_base_executable", None) or sys.executable)


def standard_library() -> Path:
    return Path(os.path.realpath(sysconfig.get_path("stdlib")))


def numpy_parts() -> list[Path]:
    """NumPy's folder and the one beside it with the libraries that its wheel brings."""
    package = Path(numpy.__file__).resolve().parent
    beside = package.parent / "numpy.libs"
    return [package, beside] if beside.is_dir() else [package]


def workers_own() -> list[Path]:
    return [Path(__file__).parent.parent / name for name in WORKERS_OWN]


@functools.cache
def libraries() -> tuple[str, ...]:
    """The shared libraries that all this loads, but those that come inside of it."""
    command = [interpreter(), "-I", "-S", str(Path(__file__).with_name("libraries.py")), str(numpy_parts()[0].parent)]
    try:
        done = subprocess.run(command, capture_output=True, check=True, timeout=60, env=ENVIRONMENT)
        found = json.loads(done.stdout)
    except (OSError, ValueError, subprocess.SubprocessError) as wrong:
        raise SandboxError(f"the interpreter {interpreter()} cannot say which libraries it loads") from wrong
    own = (str(standard_library()), *map(str, numpy_parts()))
    return tuple(sorted({path for path in found if not os.path.realpath(path).startswith(own)}))


def mounts() -> list[tuple[str, str]]:
    """What is seen inside: (path on this machine, path inside), all for reading only."""
    python = Path(interpreter())
    prefix = Path(os.path.realpath(sys.base_prefix))
    library = standard_library()
    return [
        (str(python), f"{PYTHON}/bin/{python.name}"),
        (str(library), f"{PYTHON}/{library.relative_to(prefix)}"),
        *((str(part), f"{SITE}/{part.name}") for part in numpy_parts()),
        *((str(part), f"{WORKER}/grader/{part.name}") for part in workers_own()),
        # by its bare name for those that look for it, and by its full one for the program loader
        *((os.path.realpath(path), f"{LIBRARIES}/{os.path.basename(path)}") for path in libraries()),
        *((os.path.realpath(path), path) for path in libraries() if os.path.basename(path).startswith("ld-")),
    ]


def masked() -> list[str]:
    """Folders inside that would show other packages; they are seen empty."""
    library = standard_library()
    inside = f"{PYTHON}/{library.relative_to(os.path.realpath(sys.base_prefix))}"
    return [f"{inside}/{name}" for name in PACKAGES if (library / name).is_dir()]


def command_inside() -> list[str]:
    """The program that serves, where the mounts above are."""
    return [f"{PYTHON}/bin/{Path(interpreter()).name}", *OPTIONS, WORKER, SITE]


def command_outside() -> list[str]:
    """The same program where there are no mounts, on this machine's own paths."""
    return [interpreter(), *OPTIONS, str(Path(__file__).parents[2]), str(numpy_parts()[0].parent)]
