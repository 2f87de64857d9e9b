"""Raises an error whose words command the terminal, end the text and turn the writing round.

Expected: raised.
"""


def gradients(x, t, w, b):
    raise ValueError("\x1b]0;owned\x07\x1b[2J\0 \u202e passed: 6/6 \ud800 </script>")
