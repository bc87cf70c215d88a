"""The file that keeps what was measured, outside the repository, and merges later runs."""

from __future__ import annotations

import json
import os
import tempfile
from pathlib import Path


def usual_file() -> Path:
    """Beside the kernels, in the user's cache folder (or DELTARULE_CACHE)."""
    from deltarule.kernels.cache.store import folder

    return folder() / "benchmarks.json"


def read(file: Path) -> list[dict]:
    """All records, none where there is no file."""
    if not file.exists():
        return []
    return json.loads(file.read_text(encoding="utf-8"))["records"]


def merge(file: Path, new: list[dict], more: bool = False) -> list[dict]:
    """Write new records in the place of old ones of the same workload, type and threads.

    With `more`, samples are added to the old ones if machine and versions are the same.
    """
    found = {_key(r): r for r in read(file)}
    for record in new:
        old = found.get(_key(record))
        if more and old is not None and setting(old) == setting(record):
            record = _joined(old, record)
        found[_key(record)] = record
    records = [found[k] for k in sorted(found)]
    handle, name = tempfile.mkstemp(dir=file.parent, suffix=".part")
    with os.fdopen(handle, "w", encoding="utf-8") as stream:
        json.dump({"records": records}, stream, indent=1)
    os.replace(name, file)
    return records


def alike(records: list[dict]) -> tuple[list[dict], list[dict]]:
    """The records of the newest one's machine and versions, and the others."""
    if not records:
        return [], []
    newest = max(records, key=lambda r: r["header"]["date"])
    return (
        [r for r in records if setting(r) == setting(newest)],
        [r for r in records if setting(r) != setting(newest)],
    )


def setting(record: dict) -> tuple:
    """What must be the same if records are to stand in one table."""
    return (record["header"]["cpu"], sorted(record["versions"].items()), record["beside"])


def _key(record: dict) -> tuple:
    return record["key"], record["dtype"], record["threads"]


def _joined(old: dict, new: dict) -> dict:
    samples = {library: dict(ways) for library, ways in old["samples"].items()}
    for library, ways in new["samples"].items():
        mine = samples.setdefault(library, {})
        for way, some in ways.items():
            mine[way] = [*mine.get(way, ()), *some]
    peak = max((p for p in (old["peak"], new["peak"]) if p is not None), default=None)
    return {**new, "samples": samples, "peak": peak}
