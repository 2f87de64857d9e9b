"""Expressions as mathematics: for a terminal, in LaTeX and in MathML."""
