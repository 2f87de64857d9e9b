"""Raises an error whose own methods raise, end the process or never end.

Expected: raised.
"""


class Worse(str):
    def __getitem__(self, place):
        return 7


class Bad(Exception):
    def __str__(self):
        raise SystemExit

    __repr__ = __str__


class Odd(Exception):
    def __str__(self):
        return Worse("x")


TURNS = [Bad, Odd]


def gradients(x, t, w, b):
    raise TURNS.pop() if TURNS else Bad
