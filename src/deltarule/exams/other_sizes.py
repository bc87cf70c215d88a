"""Other sizes: what one more time, example or unit would let a sheet see that no numbers can."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

from sympy import Symbol

from deltarule.arithmetic.small_sizes import free_sizes
from deltarule.errors import DeltaruleError
from deltarule.exams.drawn_variants import Variants
from deltarule.exams.draws import Key, mistake_of
from deltarule.exams.models import run_of_network
from deltarule.exams.seeded_numbers import Seeded
from deltarule.expressions.symbols import Attribute
from deltarule.spelling.names import pretty

#: So many sizes are tried, with so many draws each.
MOST_SIZES, DRAWS = 3, 2


@dataclass(frozen=True)
class SizeChange:
    """A size and what it is to be, and the mistakes that numbers of that size show."""

    size: str
    was: int
    becomes: int
    seen: tuple[str, ...]


class _Tried(NamedTuple):
    symbol: Symbol
    was: int
    becomes: int


def size_changes(variants: Variants, known: Iterable[Key], seed: str) -> tuple[SizeChange, ...]:
    """For sizes of 1, and sizes that are alike, what the next one shows that is not `known`.

    Such as are no mistakes at the sheet's own sizes count too: a mean over one example is its sum.
    """
    if not isinstance(variants.run.network, str):
        return ()
    shown_already = {_name(variants, key) for key in known}
    found = []
    for tried in list(_tried(variants))[:MOST_SIZES]:
        try:
            more = sorted(_seen(variants, tried, seed) - shown_already)
        except DeltaruleError:
            continue
        if more:
            words = tuple(f"in {pretty(line)}, {words}" for line, words in more)
            found.append(SizeChange(str(tried.symbol), tried.was, tried.becomes, words))
    return tuple(found)


def _tried(variants: Variants) -> Iterator[_Tried]:
    """The sizes that hide most: those of 1 first, then such as are like another one."""
    computation = variants.first.computation
    sizes = {
        s: computation.sizes[s]
        for s in free_sizes(computation.network)
        if s in computation.sizes and not isinstance(s, Attribute)
    }
    taken = list(sizes.values())
    for symbol, size in sorted(sizes.items(), key=lambda item: (item[1] != 1, str(item[0]))):
        if size == 1 or taken.count(size) > 1:
            becomes = next(n for n in range(max(size, 1) + 1, size + 9) if n not in taken or n > 3)
            yield _Tried(symbol, size, becomes)


def _seen(variants: Variants, tried: _Tried, seed: str) -> set[tuple[str, str]]:
    """The mistakes, by line and words, that numbers of another size show."""
    run, computation = variants.run, variants.first.computation
    sizes = {
        str(s): n
        for s, n in computation.sizes.items()
        if s in free_sizes(computation.network) and not isinstance(s, Attribute)
    }
    sizes[str(tried.symbol)] = tried.becomes
    rate = None if run.rate is None else run.rate.text
    other = run_of_network(str(run.network), run.options, sizes, list(run.asked), rate)
    grown = Variants(other, seed, variants.fixed)
    found: set[tuple[str, str]] = set()
    for k in range(DRAWS):
        draw = grown.trial(0, Seeded(seed, "size", k).below(1 << 30))
        balls = draw.enclosures(grown.run.rounding)
        if balls is not None:
            distances = draw.distances(grown.run.rounding, balls)
            found |= {_name(grown, key) for key, d in draw.decisive(distances) if d.apart}
    return found


def _name(variants: Variants, key: Key) -> tuple[str, str]:
    return key[0], mistake_of(variants.first, variants.asked, key).words
