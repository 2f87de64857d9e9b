"""Names its function and itself with what breaks messages and paths.

Expected: absent.
"""

globals()["gradients\0"] = print
globals()["\ud800"] = print
__name__ = "\0"
