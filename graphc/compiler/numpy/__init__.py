"""How NumPy writes what a program computes: one file for each kind of atom, and the frame of the module."""
