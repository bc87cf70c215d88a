"""Weights that lie either way: inputs × units, or units × inputs, as PyTorch has them."""

from __future__ import annotations

from typing import cast

from sympy import Expr

from deltarule.errors import DeltaruleError
from deltarule.language.declarations import Name, current
from deltarule.language.tensor_words import parameter

#: How weights may lie: x W, or W x.
ORIENTATIONS = ("xW", "Wx")


class ByUnit:
    """A matrix of units × inputs, read as W[d, m] with the input d first."""

    def __init__(self, named: Name):
        self._named = named

    def __getitem__(self, subscripts: tuple[Expr, Expr]) -> Expr:
        of_input, of_unit = subscripts
        return self._named[of_unit, of_input]


def weights(name: str, inputs, units, orientation: str = "xW") -> Name | ByUnit:
    """A parameter with a weight from each input to each unit, read as `W[d, m]` either way.

    It lies as [inputs, units] for xW, as [units, inputs] for Wx. Raises DeltaruleError for another
    orientation.
    """
    if orientation not in ORIENTATIONS:
        raise DeltaruleError(
            f"the orientation {orientation} is not known",
            current().place(),
            "weights lie as xW (inputs × units) or Wx (units × inputs)",
        )
    if orientation == "xW":
        return cast(Name, parameter(name, inputs, units))
    return ByUnit(cast(Name, parameter(name, units, inputs)))
