"""Fills the memory with Python objects.

Expected: memory, timeout, died.
"""


def gradients(x, t, w, b):
    text = "x"
    while True:
        text += text
