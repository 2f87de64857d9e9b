"""The matrix kernels that NumPy's bundled OpenBLAS takes, and the one choice that it gets wrong.

It takes new AMD processors for an older kind without AVX-512 and so leaves half of the speed unused. The environment
variable that names the kernel is read once, when NumPy loads, so it is set before anything imports NumPy.
"""

from __future__ import annotations

import ctypes
import os
import platform
from pathlib import Path

VARIABLE = "OPENBLAS_CORETYPE"
WIDE = "SKYLAKEX"
NEEDED = {"avx512f", "avx512bw", "avx512dq", "avx512vl", "avx512cd"}  # what the SKYLAKEX kernels use


def choose_kernel(cpuinfo: Path = Path("/proc/cpuinfo")) -> bool:
    """Name the wide kernel where OpenBLAS would overlook it; a choice already made is left. True where it was set."""
    if VARIABLE in os.environ or platform.machine() not in ("x86_64", "AMD64"):
        return False
    processor = first_processor(cpuinfo)
    if processor.get("vendor_id") != "AuthenticAMD" or not set(processor.get("flags", "").split()) >= NEEDED:
        return False
    os.environ[VARIABLE] = WIDE
    return True


def first_processor(cpuinfo: Path) -> dict[str, str]:
    """What Linux says of the first processor; empty on other systems."""
    facts: dict[str, str] = {}
    try:
        with cpuinfo.open(encoding="utf-8", errors="replace") as file:
            for line in file:
                if not line.strip():
                    break
                key, _, value = line.partition(":")
                facts[key.strip()] = value.strip()
    except OSError:
        pass
    return facts


def kernel_in_use() -> str | None:
    """The kernel that the loaded OpenBLAS runs, by its own word; None where NumPy brought none."""
    import numpy

    libraries = Path(numpy.__file__).parent.parent / "numpy.libs"
    for library in sorted(libraries.glob("*openblas*")):
        loaded = ctypes.CDLL(str(library))
        for symbol in ("scipy_openblas_get_corename64_", "scipy_openblas_get_corename", "openblas_get_corename64_"):
            if hasattr(loaded, symbol):
                ask = getattr(loaded, symbol)
                ask.restype = ctypes.c_char_p
                return ask().decode()
    return None
