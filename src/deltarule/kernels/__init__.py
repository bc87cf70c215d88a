"""Kernels: closed forms as compiled loops and matrix products."""
