"""Never ends being loaded.

Expected: timeout.
Seconds: 0.5.
"""

while True:
    pass
