"""Ends the process while it is loaded, hoping that no mark is better than a bad one.

Expected: died.
"""

import os

os._exit(0)
