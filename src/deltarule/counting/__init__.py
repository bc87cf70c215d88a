"""Counts of a network: shapes, parameters, multiply–adds, memory, receptive fields."""
