"""Winograd's short correlations (Cook–Toom): found by SymPy, written out as sums."""
