"""Gradients by Kronecker deltas: rules, steps, closed forms."""

from deltarule.calculus.reverse import derive
from deltarule.calculus.steps import Derivation, Gradient, Step

__all__ = ["Derivation", "Gradient", "Step", "derive"]
