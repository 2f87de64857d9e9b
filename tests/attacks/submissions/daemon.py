"""Leaves a process behind that has left its session, to act when the grader is gone.

Expected: raised (not permitted).
"""

import os
import time


def gradients(x, t, w, b):
    if os.fork() == 0:
        os.setsid()
        if os.fork() == 0:
            while True:
                time.sleep(60)
        os._exit(0)
    return 0.0
