"""Networks of typed formulas: E = ½‖y − σ(W x)‖², their sizes inferred by position."""

from deltarule.typed.typed_layer import layer
from deltarule.typed.typed_network import typed_network

__all__ = ["layer", "typed_network"]
