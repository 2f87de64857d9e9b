"""Sets a timer whose handler goes on after the limit and answers for it.

Expected: timeout.
Seconds: 0.5.
"""

import signal


def again(number, frame):
    signal.setitimer(signal.ITIMER_REAL, 0.05)
    while True:
        pass


def gradients(x, t, w, b):
    signal.signal(signal.SIGALRM, again)
    signal.setitimer(signal.ITIMER_REAL, 0.05)
    signal.pause()
