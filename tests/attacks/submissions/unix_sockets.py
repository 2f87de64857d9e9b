"""Talks to services of this machine over sockets that are files or names.

Expected: raised (not permitted).
"""

import socket

import numpy as np


def gradients(x, t, w, b):
    socket.socket(socket.AF_UNIX).connect("/var/run/docker.sock")
    return np.full(3, 666.0)
