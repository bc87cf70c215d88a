"""What samples say: which are calm, their median and spread, and who is the fastest."""

from __future__ import annotations

import statistics
from dataclasses import dataclass

#: Others may take so much of a CPU before a sample counts as disturbed.
FOREIGN = 0.1


def judged(sample: dict, beside: bool) -> dict:
    """The sample with its verdict: whether other programs kept still, or at least (`beside`) to
    the CPUs that were not used. Where the system does not tell, they are believed to have.
    """
    others = sample["taken" if beside else "foreign"]
    return {**sample, "calm": others is None or others <= FOREIGN}


@dataclass(frozen=True)
class Times:
    """The calm samples of one way: the median of the processes' best times, in seconds.

    `spread` is half the distance from the least to the greatest, relative to the median;
    `dropped` counts the disturbed samples.
    """

    way: str
    median: float
    spread: float
    count: int
    dropped: int


def times(way: str, samples: list[dict]) -> Times | None:
    """The times of one way; None where no sample is calm."""
    best = [s["best"] for s in samples if s["calm"]]
    if not best:
        return None
    middle = statistics.median(best)
    return Times(
        way, middle, (max(best) - min(best)) / 2 / middle, len(best), len(samples) - len(best)
    )


def fastest(ways: dict[str, list[dict]]) -> Times | None:
    """The way with the least median; None where no sample is calm."""
    found = [t for way, samples in ways.items() if (t := times(way, samples)) is not None]
    return min(found, key=lambda t: t.median, default=None)


def greedy(record: dict) -> list[str]:
    """The libraries that used more CPUs than they were given, as in "jax 1.9"."""
    told = []
    for library, ways in record["samples"].items():
        most = max(s["own"] for samples in ways.values() for s in samples)
        if most > record["threads"] + 0.1:
            told.append(f"{library} {most:.1f}")
    return told
