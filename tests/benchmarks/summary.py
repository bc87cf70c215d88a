"""The guide's tables: one for each type, with one and more threads side by side."""

from __future__ import annotations

from records import alike
from samples import Times, fastest, greedy, times
from table import PEERS, heading, milliseconds, ratio, row, speed
from workloads import WORKLOADS


def summary(records: list[dict]) -> str:
    """All that was measured on the newest record's machine, short enough for a page."""
    chosen, _ = alike(records)
    if not chosen:
        return "*Nothing was measured yet.*"
    parts = [heading(chosen)]
    for dtype in sorted({r["dtype"] for r in chosen}):
        parts.append(_table(dtype, [r for r in chosen if r["dtype"] == dtype]))
    return "\n\n".join(parts)


def _table(dtype: str, records: list[dict]) -> str:
    counts = sorted({r["threads"] for r in records})
    found = {(r["key"], r["threads"]): r for r in records}
    columns = ["", f"workload, {dtype}"]
    for count in counts:
        columns += [_threads(count), "", *(f"/ {word}" for _, word in PEERS)]
        columns += ["GF/s"] * (count == counts[0])
    lines = [row(columns), row(["---"] * len(columns))]
    for key in (k for k in WORKLOADS if any((k, c) in found for c in counts)):
        cells = [key, next(found[key, c]["title"] for c in counts if (key, c) in found)]
        for count in counts:
            cells += _cells(found.get((key, count)), with_speed=count == counts[0])
        lines.append(row(cells))
    return "\n".join([*lines, "", _notes(dtype, records, counts)])


def _threads(count: int) -> str:
    return f"{count} thread{'s' * (count > 1)}, ms"


def _cells(record: dict | None, with_speed: bool) -> list[str]:
    if record is None:
        return ["–"] * (5 + with_speed)
    ours = times("bound", record["samples"].get("deltarule", {}).get("bound", []))
    cells = [milliseconds(ours), _spread(ours)]
    cells += [ratio(ours, record["samples"].get(library)) for library, _ in PEERS]
    if with_speed:
        rate, share = speed(record, ours, record["peak"])
        cells.append(rate if share == "–" else f"{rate} ({share})")
    return cells


def _spread(one: Times | None) -> str:
    return "–" if one is None else f"±{one.spread:.0%}"


def _notes(dtype: str, records: list[dict], counts: list[int]) -> str:
    """Peaks, rounds, samples that were dropped, and whoever used more CPUs than threads."""
    told = []
    for count in counts:
        some = [r for r in records if r["threads"] == count]
        peak = max((r["peak"] for r in some if r["peak"]), default=None)
        if peak:
            told.append(f"{peak:.0f} GF/s with {_threads(count).removesuffix(', ms')}")
    text = [f"The practical peak in {dtype} is {' and '.join(told)}."] if told else []
    samples = [s for r in records for w in r["samples"].values() for v in w.values() for s in v]
    dropped = sum(not s["calm"] for s in samples)
    text.append(f"{len(samples)} samples, {dropped} of them dropped as disturbed.")
    if any(r["beside"] for r in records):
        text.append("Other programs ran on the other CPUs.")
    more = [f"{r['key']}: {who}" for r in records for who in greedy(r)]
    if more:
        text.append(f"More CPUs than threads were used by {'; '.join(more)}.")
    slow = [r["key"] for r in records if _behind(r)]
    if slow:
        text.append(f"Slower than the fastest peer: {', '.join(dict.fromkeys(slow))}.")
    return " ".join(text)


def _behind(record: dict) -> bool:
    """Whether a peer is faster by more than 5 %."""
    ours = times("bound", record["samples"].get("deltarule", {}).get("bound", []))
    peers = [fastest(ways) for n, ways in record["samples"].items() if n != "deltarule"]
    best = min((p.median for p in peers if p), default=None)
    return ours is not None and best is not None and ours.median > 1.05 * best
