"""Gradients measured a second way, without the derivation."""
