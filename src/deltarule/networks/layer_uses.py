"""Which derivation a part of a network came from, and what its names and sizes are there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from sympy import Basic, Expr

from deltarule.expressions.nodes import Read, read, tensor_name
from deltarule.expressions.rebuild import rebuild
from deltarule.expressions.rewrites import rewrite
from deltarule.expressions.substitution import substitute
from deltarule.expressions.symbols import Size
from deltarule.networks.equations import Equation

if TYPE_CHECKING:
    from deltarule.networks.network import Network


@dataclass(frozen=True)
class LayerUse:
    """A derivation that was used as a layer.

    `names` gives the tensors of the network by those of `part`, `sizes` what stands there for the
    sizes, attributes and constants of it.
    """

    part: Network
    names: Mapping[str, str]
    sizes: Mapping[Basic, Expr]

    def specialised(self, numbers: Mapping[Size, Expr]) -> LayerUse:
        """The same use in a network in which some sizes are numbers."""
        return replace(self, sizes={s: substitute(n, numbers) for s, n in self.sizes.items()})

    def inner(self, part: LayerUse) -> LayerUse:
        """A layer of the part, as one of the network."""
        names = {own: self.names[name] for own, name in part.names.items()}
        sizes = {s: substitute(n, self.sizes) for s, n in part.sizes.items()}
        return LayerUse(part.part, names, sizes)

    def equations(self) -> tuple[Equation, ...]:
        """The equations of the part, as they stand in the network."""
        return tuple(put_in(e, self.names, self.sizes) for e in self.part.equations)


def put_in(equation: Equation, names: Mapping[str, str], sizes: Mapping[Basic, Expr]) -> Equation:
    """An equation with its tensors renamed, and other expressions for its sizes."""
    return replace(
        equation,
        name=names[equation.name],
        subscripts=tuple(substitute(respelled(s, names), sizes) for s in equation.subscripts),
        rhs=substitute(respelled(equation.rhs, names), sizes),
        ranges=tuple((i, substitute(n, sizes)) for i, n in equation.ranges),
    )


@rewrite
def respelled(node: Basic, names: Mapping[str, str]) -> Basic:
    """An expression with its tensors renamed; those that `names` does not know keep theirs."""
    if isinstance(node, Read):
        name = tensor_name(node)
        return read(names.get(name, name), *(respelled(i, names) for i in node.indices))
    return rebuild(node, lambda part: respelled(part, names), conditions=True)
