"""Expressions as Python text that NumPy and Numba run."""
