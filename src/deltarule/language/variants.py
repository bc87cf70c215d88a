"""Options that every recurrent derivation has: the same network unrolled, or truncated."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import NamedTuple

from deltarule.expressions.given_numbers import whole_number
from deltarule.networks.network import Network, Option
from deltarule.networks.truncate import in_chunks, truncated
from deltarule.networks.unroll import unrolled


class Variant(NamedTuple):
    """What makes another network of one, with an integer; `help` in a few words."""

    make: Callable[[Network, int], Network]
    help: str


VARIANTS: dict[str, Variant] = {
    "truncate": Variant(truncated, "errors go back so many times and no further"),
    "chunks": Variant(in_chunks, "errors stop at every so many times, states do not"),
    "unroll": Variant(unrolled, "every one of so many times written out"),
}


def varied(network: Network, asked: Mapping[str, object]) -> Network:
    """The network with the variants that are asked for. Raises DeltaruleError for no number."""
    for word, variant in VARIANTS.items():
        if word not in asked:
            continue
        number = whole_number(word, asked[word], network.name)
        network = variant.make(network, number)
        option = Option(word, number, None, variant.help)
        network = replace(network, options={**network.options, word: option})
    return network
