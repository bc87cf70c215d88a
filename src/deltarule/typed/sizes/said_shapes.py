"""The shapes of single tensors as somebody says them: W=2x3, w=scalar."""

from __future__ import annotations

import re
from collections.abc import Mapping

from deltarule.errors import DeltaruleError
from deltarule.formulas.limits import LARGEST_INDEX
from deltarule.spelling.names import canonical


def said_shapes(shapes: Mapping[str, str]) -> dict[str, tuple[int, ...]]:
    """`{"W": "2x3", "w": "scalar"}` as sizes. Raises DeltaruleError for what is no shape."""
    found: dict[str, tuple[int, ...]] = {}
    for name, said in shapes.items():
        parts = [] if said == "scalar" else re.split(r"[x×]", said)
        if not all(re.fullmatch(r"[1-9][0-9]{0,30}", p.strip()) for p in parts) or len(parts) > 2:
            raise DeltaruleError(
                f"{said[:40]!r} is no shape of {name}",
                "--set",
                f"write {name}=2x3, {name}=3 or {name}=scalar",
            )
        if any(int(p) > LARGEST_INDEX for p in parts):
            shorter = "x".join(str(min(int(p), LARGEST_INDEX)) for p in parts)
            raise DeltaruleError(
                f"{name}={said} has an axis of more than {LARGEST_INDEX} entries",
                "--set",
                f"write {name}={shorter}, or less",
            )
        if any(int(p) == 1 for p in parts):
            left = [p.strip() for p in parts if int(p) != 1]
            raise DeltaruleError(
                f"{name}={said} has an axis of one entry, and such axes are left out here",
                "--set",
                f"write {name}={left[0] if left else 'scalar'}",
            )
        found[canonical(name)] = tuple(int(p) for p in parts)
    return found
