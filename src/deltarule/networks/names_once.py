"""Each name of a size means one thing: a stride that a reader calls N is not the batch."""

from __future__ import annotations

from deltarule.errors import DeltaruleError
from deltarule.expressions.nodes import free_symbols
from deltarule.networks.network import Network


def check_attribute_names(network: Network) -> None:
    """Raises DeltaruleError for an attribute with the name of a tensor, or of another size."""
    sizes = [*(a for t in network.tensors.values() for a in t.axes), *network.definitions]
    symbols = frozenset().union(*map(free_symbols, sizes)) - frozenset(network.attributes)
    named = {*(s.name for s in symbols), *network.tensors}
    for attribute in network.attributes:
        if attribute.name in named:
            raise DeltaruleError(
                f"{attribute.name} is the name of two things in {network.name}",
                network.path or network.name,
                "give the stride, padding, dilation or groups another one",
            )
