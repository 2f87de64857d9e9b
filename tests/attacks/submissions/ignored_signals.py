"""Ignores every signal and goes on for ever.

Expected: timeout.
Seconds: 0.5.
"""

import signal


def gradients(x, t, w, b):
    for number in range(1, 65):
        try:
            signal.signal(number, signal.SIG_IGN)
        except (OSError, ValueError):
            continue
    while True:
        try:
            while True:
                pass
        except BaseException:
            continue
