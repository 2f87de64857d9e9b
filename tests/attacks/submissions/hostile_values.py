"""Returns a tuple that is never the same length and is not what it seems.

Expected: no-array, raised, value, died.
"""


class Shifting(tuple):
    def __len__(self):
        return 10**9

    def __iter__(self):
        while True:
            yield 0.0


def gradients(x, t, w, b):
    return Shifting((1.0, 2.0))
