"""Returns an object that lends memory which is not its own.

Expected: died, value, no-array.
"""


class Lent:
    def __init__(self):
        self.__array_interface__ = {"shape": (3,), "typestr": "<f8", "data": (8, False), "version": 3}


def gradients(x, t, w, b):
    return Lent()
