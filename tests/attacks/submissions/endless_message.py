"""Raises an error that never ends saying what it is.

Expected: timeout.
Seconds: 0.5.
"""


class Bad(Exception):
    def __str__(self):
        while True:
            pass


def gradients(x, t, w, b):
    raise Bad
