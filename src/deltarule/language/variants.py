"""Options that every derivation has: the same network under other names, unrolled, or truncated."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, NamedTuple

from deltarule.expressions.given_numbers import whole_number
from deltarule.networks.network import Network, Option
from deltarule.networks.renamed import read_names, renamed
from deltarule.networks.truncate import in_chunks, truncated
from deltarule.networks.unroll import unrolled


class Variant(NamedTuple):
    """What makes another network of one, with what is asked for: `help` in a few words.

    `read` makes of it what `make` takes, an integer unless it is another one.
    """

    make: Callable[[Network, Any], Network]
    help: str
    read: Callable[[str, Any, str], Any] = whole_number


VARIANTS: dict[str, Variant] = {
    "rename": Variant(
        renamed, "other names for its quantities", lambda _, value, place: read_names(value, place)
    ),
    "truncate": Variant(truncated, "errors go back so many times and no further"),
    "chunks": Variant(in_chunks, "errors stop at every so many times, states do not"),
    "unroll": Variant(unrolled, "every one of so many times written out"),
}


def varied(network: Network, asked: Mapping[str, object]) -> Network:
    """The network with the variants that are asked for. Raises DeltaruleError for no number."""
    for word, variant in VARIANTS.items():
        if word not in asked:
            continue
        wanted = variant.read(word, asked[word], network.name)
        network = variant.make(network, wanted)
        option = Option(word, wanted, None, variant.help)
        network = replace(network, options={**network.options, word: option})
    return network
