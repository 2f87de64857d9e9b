"""Raises an error whose class lies about its name.

Expected: raised, died.
"""


class Named(type):
    @property
    def __name__(cls):
        raise SystemExit


class Bad(Exception, metaclass=Named):
    pass


def gradients(x, t, w, b):
    raise Bad
