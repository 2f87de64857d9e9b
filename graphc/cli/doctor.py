"""`graphc doctor`: what this machine has, what it lacks, and how to get that."""

from __future__ import annotations

import os
import platform
import subprocess
import sys
from collections.abc import Callable
from dataclasses import asdict, dataclass
from importlib.util import find_spec
from typing import Any

from . import blas
from .options import Json, Out
from .output import answer


@dataclass(frozen=True)
class Finding:
    """One line of the report; `advice` says how to get what is missing."""

    name: str
    ok: bool
    found: str
    advice: str | None = None


def doctor(json: Json = False, out: Out = None) -> None:
    """What this machine has, and how to get the rest.

    BLAS and its kernel, GPU, dot, sandbox layers; and how to get what is missing.

    Example: graphc doctor
    """
    findings = [*(check() for check in CHECKS), *_sandbox()]
    answer(lambda: _text(findings), lambda: _data(findings), json, out)


def _data(findings: list[Finding]) -> dict[str, Any]:
    return {"schema": "graphc/doctor/1", "checks": [asdict(finding) for finding in findings]}


def _text(findings: list[Finding]) -> str:
    width = max(len(finding.name) for finding in findings)
    lines = []
    for finding in findings:
        lines.append(f"{'✓' if finding.ok else '·'} {finding.name:{width}}  {finding.found}")
        if finding.advice:
            lines.append(f"  {'':{width}}  → {finding.advice}")
    lines += ["", "Everything but the lines marked · works here; none of those is needed to start."]
    return "\n".join(lines)


def _python() -> Finding:
    return Finding("Python", True, f"{platform.python_version()} on {platform.system()} {platform.machine()}")


def _numpy() -> Finding:
    import numpy

    return Finding("NumPy", True, f"{numpy.__version__}, {os.cpu_count()} processor threads")


def _blas() -> Finding:
    kernel = blas.kernel_in_use()
    if kernel is None:
        return Finding("BLAS", True, "not the OpenBLAS that NumPy's own wheels bring, so its kernel is not known")
    chosen = os.environ.get(blas.VARIABLE)
    if chosen is None:
        return Finding("BLAS", True, f"OpenBLAS, kernel {kernel}")
    own = _output([sys.executable, "-c", _ASK_KERNEL], {k: v for k, v in os.environ.items() if k != blas.VARIABLE})
    found = f"OpenBLAS, kernel {kernel}; {blas.VARIABLE}={chosen}"
    if own and own != kernel:
        return Finding("BLAS", True, found, f"outside graphc it takes {own}: `export {blas.VARIABLE}={chosen}`")
    return Finding("BLAS", True, found)


_ASK_KERNEL = "from graphc.cli import blas; print(blas.kernel_in_use())"


def _gpu() -> Finding:
    listed = _output(["nvidia-smi", "--query-gpu=name,memory.total", "--format=csv,noheader"])
    if listed:
        return Finding("GPU", True, "; ".join(listed.splitlines()))
    return Finding("GPU", False, "none that nvidia-smi knows of", "the NumPy backend needs none; Triton kernels do")


def _triton() -> Finding:
    have = _version("triton")
    if have:
        return Finding("Triton", True, have)
    return Finding("Triton", False, "not installed", "on Linux: pip install 'graphc[triton]'")


def _dot() -> Finding:
    banner = _output(["dot", "-V"])
    if banner:
        return Finding("dot", True, banner)
    how = "for .png and .pdf: apt install graphviz, brew install graphviz, or winget install graphviz"
    return Finding("dot", False, "not installed; .svg, .html and .dot are drawn without it", how)


def _sandbox() -> list[Finding]:
    from grader.sandbox import probe

    layers = probe()
    held = "holds students' code" if layers.isolates else "nothing that isolates, so that `graphc grade` refuses"
    found = f"{held}: {', '.join(layers)}" if layers.names else held
    missing = [Finding(f"sandbox: {one.layer}", False, one.why, one.remedy) for one in layers.missing]
    return [Finding("sandbox", layers.isolates, found), *missing]


def _extras() -> Finding:
    wanted = {"matplotlib": "plot", "sklearn": "data"}
    missing = [extra for module, extra in wanted.items() if find_spec(module) is None]
    if not missing:
        return Finding("extras", True, "plot, data")
    return Finding("extras", False, f"without {' and '.join(missing)}", f"pip install 'graphc[{','.join(missing)}]'")


CHECKS: list[Callable[[], Finding]] = [_python, _numpy, _blas, _gpu, _triton, _dot, _extras]


def _output(command: list[str], environment: dict[str, str] | None = None) -> str | None:
    """What a program says, or None where it is not there, fails or takes too long."""
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=10, env=environment, check=True)
    except (OSError, subprocess.SubprocessError):
        return None
    return (done.stdout or done.stderr).strip()


def _version(package: str) -> str | None:
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version(package)
    except PackageNotFoundError:
        return None
