"""The list of derivations, and what one can be asked for, as plain values for JSON."""

from __future__ import annotations

from collections.abc import Sequence

from deltarule.networks.network import Network
from deltarule.networks.specialise import given_sizes


def catalogue_values(entries: Sequence[dict]) -> dict:
    """All derivations: `name`, `title`, `aliases` and `group` of each."""
    return {"derivations": list(entries)}


def options_values(network: Network) -> dict:
    """What one derivation can be asked for: `options`, `sizes`, and constants as `scalars`."""
    return {
        "network": network.name,
        "options": [
            {"name": o.name, "default": o.default, "help": o.help, "choices": list(o.choices)}
            for o in network.options.values()
        ],
        "sizes": list(given_sizes(network)),
        "scalars": {symbol.name: str(value) for symbol, value in network.scalars.items()},
    }
