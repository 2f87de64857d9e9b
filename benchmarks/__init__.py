"""How fast the emitted programs are, beside PyTorch eager and JAX jit: `python -m benchmarks` prints one table.

Timed things are never tests: a busy machine makes no test fail. Nothing here is part of the installed package.
"""
