"""Starts threads without end, each of which keeps a processor busy.

Expected: raised, memory, timeout.
Seconds: 1.
"""

import threading


def spin():
    while True:
        pass


def gradients(x, t, w, b):
    while True:
        threading.Thread(target=spin, daemon=True).start()
