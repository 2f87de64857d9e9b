"""Makes files without end.

Expected: raised.
"""


def gradients(x, t, w, b):
    number = 0
    while True:
        open(f"file{number}", "w").close()
        number += 1
