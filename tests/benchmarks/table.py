"""Tables of times and ratios: one for each type and number of threads, with all that was told."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from records import alike
from samples import Times, fastest, greedy, times
from workloads import WORKLOADS

GUIDE = Path(__file__).resolve().parents[2] / "src/deltarule/guides/engineers/fast_kernels.md"
BEGIN, END = "<!-- benchmark table: begin -->", "<!-- benchmark table: end -->"
PEERS = (("torch", "PyTorch"), ("jax", "JAX"), ("numpy", "NumPy"))
#: Below so many multiply–adds, calls take more time than arithmetic.
MANY = 10_000_000
_NONE = "no calm round"
_COLUMNS = (
    "", "workload", "ms", *(f"/ {word}" for _, word in PEERS), "GF/s", "of peak", "called, ms",
    "±", "rounds",
)  # fmt: skip


def tables(records: list[dict]) -> str:
    """What was measured in one setting: a heading line, and a table for each type and threads."""
    chosen, others = alike(records)
    if not chosen:
        return "Nothing was measured yet."
    parts = [heading(chosen)]
    if others:
        parts.append(f"{len(others)} records of other machines or versions are left out.")
    for dtype, threads in sorted({(r["dtype"], r["threads"]) for r in chosen}):
        some = [r for r in chosen if (r["dtype"], r["threads"]) == (dtype, threads)]
        parts.append(_table(dtype, threads, some))
    return "\n\n".join(parts)


def written(text: str, table: str) -> str:
    """The guide's text with the table between its marks. Raises ValueError without them."""
    if text.count(BEGIN) != 1 or text.count(END) != 1:
        raise ValueError(f"the guide must hold {BEGIN} and {END} once each")
    before, rest = text.split(BEGIN)
    return f"{before}{BEGIN}\n\n{table}\n\n{END}{rest.split(END)[1]}"


def heading(records: list[dict]) -> str:
    """Machine, libraries, BLAS and dates, in one line."""
    newest = max(records, key=lambda r: r["header"]["date"])
    first = min(r["header"]["date"] for r in records)
    machine, found = newest["header"], newest["versions"]
    named = {"torch": "PyTorch", "jax": "JAX", "numpy": "NumPy", "numba": "Numba"}
    libraries = ", ".join(f"{word} {found[n]}" for n, word in named.items() if n in found)
    date = machine["date"] if first == machine["date"] else f"{first} to {machine['date']}"
    return f"{machine['cpu']}; {libraries} ({found.get('blas', 'BLAS unknown')}); {date}."


def ratio(ours: Times | None, ways: dict | None) -> str:
    """Our time over that of the library's fastest way; it is told where no round was calm."""
    if not ways:
        return "–"
    best = fastest(ways)
    if best is None or ours is None:
        return _NONE
    over = ours.median / best.median
    return f"{over:.2f}" if over >= 0.095 else f"{over:.2g}"


def milliseconds(one: Times | None) -> str:
    """The median; it is told where no round was calm."""
    return _NONE if one is None else f"{one.median * 1e3:.3g}"


def speed(record: dict, ours: Times | None, peak: float | None) -> tuple[str, str]:
    """GF/s and the share of the peak, where there is much arithmetic.

    Operations are counted as the equations say: a transform that needs fewer shows as faster.
    """
    if ours is None or (record["multiply_adds"] or 0) < MANY:
        return "–", "–"
    rate = 2e-9 * record["multiply_adds"] / ours.median
    return f"{rate:.0f}", f"{rate / peak:.0%}" if peak else "–"


def row(cells: Iterable[str]) -> str:
    """One line of a table."""
    return f"| {' | '.join(cells)} |"


def _table(dtype: str, threads: int, records: list[dict]) -> str:
    peak = max((r["peak"] for r in records if r["peak"]), default=None)
    head = f"{dtype}, {threads} thread{'s' * (threads > 1)}"
    if peak:
        head += f"; a loop of multiply–adds in registers reaches {peak:.0f} GF/s"
    if any(r["beside"] for r in records):
        head += "; other programs ran on the other CPUs"
    order = {key: k for k, key in enumerate(WORKLOADS)}
    lines = [_line(r, peak) for r in sorted(records, key=lambda r: order.get(r["key"], 99))]
    told = [f"{r['key']}: {who}" for r in records for who in greedy(r)]
    notes = ["", f"More CPUs than threads were used by {'; '.join(told)}."] if told else []
    return "\n".join(
        [f"**{head}**", "", row(_COLUMNS), row(["---"] * len(_COLUMNS)), *lines, *notes]
    )


def _line(record: dict, peak: float | None) -> str:
    samples = record["samples"]
    ours = samples.get("deltarule", {})
    bound, called = (times(way, ours.get(way, [])) for way in ("bound", "called"))
    dropped = bound.dropped if bound else len(ours.get("bound", []))
    return row(
        [
            record["key"],
            record["title"],
            milliseconds(bound),
            *(ratio(bound, samples.get(library)) for library, _ in PEERS),
            *speed(record, bound, peak),
            milliseconds(called),
            f"{bound.spread:.0%}" if bound else "–",
            f"{bound.count if bound else 0}" + f" (−{dropped})" * bool(dropped),
        ]
    )
