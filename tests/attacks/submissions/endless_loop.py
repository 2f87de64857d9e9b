"""Never returns.

Expected: timeout.
Seconds: 0.5.
"""


def gradients(x, t, w, b):
    while True:
        pass
