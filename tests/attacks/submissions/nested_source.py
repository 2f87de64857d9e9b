"""Makes the interpreter read text that is nested deeper than its stack goes.

Expected: raised, died, memory.
"""

exec("X = " + "(" * 100_000 + "1" + ")" * 100_000)
exec("X = " + "-" * 1_000_000 + "1")
