"""Begins an answer and never ends it.

Expected: timeout.
Seconds: 0.5.
"""

import os
import time


def gradients(x, t, w, b):
    os.write(4, (60).to_bytes(4, "little") + b'{"nonce": "')
    while True:
        time.sleep(1)
