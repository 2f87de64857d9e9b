"""Sends what it was asked to a server on this very machine.

Expected: raised (not permitted).
"""

import socket

import numpy as np


def gradients(x, t, w, b):
    connection = socket.create_connection(("127.0.0.1", 47813), timeout=1)
    connection.sendall(x.tobytes())
    return np.full(3, 666.0)
