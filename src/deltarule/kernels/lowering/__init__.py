"""Lowering: each pattern of equations becomes loops or a call of the prelude."""
