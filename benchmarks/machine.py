"""What the figures depend on: the kind of processor and the versions, and nothing that names one machine."""

from __future__ import annotations

import os
import platform
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from graphc.cli.blas import first_processor, kernel_in_use

PACKAGES = ("numpy", "torch", "jax")


def machine() -> str:
    """One sentence to stand under a table."""
    facts = first_processor(Path("/proc/cpuinfo"))
    flags = facts.get("flags", "").split()
    vectors = next((name for flag, name in (("avx512f", "AVX-512"), ("avx2", "AVX2")) if flag in flags), "no AVX2")
    processor = f"{facts.get('model name', platform.machine())}, family {facts.get('cpu family', '?')}, {vectors}"
    software = ", ".join([f"Python {platform.python_version()}", *_versions()])
    return f"{os.cpu_count()} cores of {processor}; OpenBLAS kernel {kernel_in_use()}; {software}."


def _versions() -> list[str]:
    """Those of the packages that are installed."""
    found = []
    for package in PACKAGES:
        try:
            found.append(f"{package} {version(package)}")
        except PackageNotFoundError:
            continue
    return found
