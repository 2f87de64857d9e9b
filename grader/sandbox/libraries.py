"""Prints the shared libraries that the interpreter, its standard library and NumPy load, as the loader names them.

A program of its own, `python -I -S libraries.py FOLDER_OF_NUMPY`, because what is loaded cannot be unloaded again.
"""

from __future__ import annotations

import ctypes
import json
import sys
import sysconfig
from pathlib import Path

LEFT_OUT = {"_tkinter", "readline"}  # windows and terminals
NUMPY = ("numpy", "numpy.fft", "numpy.linalg", "numpy.random")


class _Loaded(ctypes.Structure):
    _fields_ = [("address", ctypes.c_void_p), ("name", ctypes.c_char_p)]


def loaded() -> list[str]:
    """The path of each shared object in this process."""
    found: list[str] = []

    @ctypes.CFUNCTYPE(ctypes.c_int, ctypes.POINTER(_Loaded), ctypes.c_size_t, ctypes.c_void_p)
    def keep(entry, _size, _data):
        found.append((entry.contents.name or b"").decode())
        return 0

    ctypes.CDLL(None).dl_iterate_phdr(keep, None)
    return [name for name in found if name.startswith("/")]


def main(folder_of_numpy: str) -> None:
    """Imports all that a student may import and prints what that loaded."""
    sys.path.append(folder_of_numpy)
    extensions = {
        path.name.split(".")[0] for path in Path(sysconfig.get_path("platstdlib"), "lib-dynload").glob("*.so")
    }
    for name in [*sorted(extensions - LEFT_OUT), *NUMPY]:
        try:
            __import__(name)
        except ImportError:  # built for a library that this machine lacks: nobody can use it
            continue
    print(json.dumps(loaded()))


if __name__ == "__main__":
    main(sys.argv[1])
