"""The closed forms of all of the catalogue as they are printed, kept to be compared later.

    python tests/support/printed_forms.py write OUT.json [NAME or FILE.py …]
    python tests/support/printed_forms.py compare BEFORE.json AFTER.json

`write` derives each without its checks, with every option turned if DELTARULE_FULL is set;
`compare` prints the lines that differ, under the derivation that they belong to.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from time import process_time

from variants import cases, told

from deltarule.calculus.without_steps import derive_unverified
from deltarule.errors import DeltaruleError
from deltarule.language.load import load
from deltarule.spelling.text import equation_text


def printed(name: str, **options) -> list[str]:
    """The closed forms of a derivation, one a line; what it is refused with where it is."""
    try:
        found = derive_unverified(load(name, **options))
    except DeltaruleError as error:
        return [str(error)]
    return [equation_text(*line) for g in found.gradients.values() for line in g.lines]


def write(out: Path, names: list[str]) -> None:
    """The forms and the CPU seconds of each derivation, as JSON."""
    wanted = [(name, ()) for name in names] or cases()
    kept = {}
    for case in wanted:
        start = process_time()
        lines = printed(case[0], **dict(case[1]))
        kept[told(case)] = {"lines": lines, "seconds": round(process_time() - start, 2)}
        out.write_text(json.dumps(kept, ensure_ascii=False, indent=1), encoding="utf-8")


def compare(before: Path, after: Path) -> None:
    """What differs, line by line."""
    old, new = (json.loads(p.read_text(encoding="utf-8")) for p in (before, after))
    for case in new:
        was, now = (kept[case]["lines"] if case in kept else [] for kept in (old, new))
        if was == now:
            continue
        print(case)
        print(*(f"  - {line}" for line in was if line not in now), sep="\n")
        print(*(f"  + {line}" for line in now if line not in was), sep="\n")
    seconds = [sum(kept[c]["seconds"] for c in new if c in kept) for kept in (old, new)]
    print(f"CPU seconds: {seconds[0]:.0f} before, {seconds[1]:.0f} after")


if __name__ == "__main__":
    if sys.argv[1] == "write":
        write(Path(sys.argv[2]), sys.argv[3:])
    else:
        compare(Path(sys.argv[2]), Path(sys.argv[3]))
