"""Registers what is to happen at the end of the process, and ends with it.

Expected: raised.
"""

import atexit
import time


@atexit.register
def stay():
    with open("left-by-an-attack", "w") as file:
        file.write("here")
    time.sleep(3600)


def gradients(x, t, w, b):
    raise SystemExit
