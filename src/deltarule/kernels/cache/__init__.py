"""Kernels kept in files, found again, and mended where they are damaged."""
