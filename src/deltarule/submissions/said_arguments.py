"""The arguments of a call in words: arrays by their shapes, numbers by their values."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from deltarule.submissions.course_conventions import Call

#: A number of this many digits tells nothing that its name does not.
_SHORT = 6


def said_arguments(call: Call, args: Sequence[Any], named: Mapping[str, Any]) -> str:
    """`x of shape 2 × 3, w of shape 3 × 4, stride 2`; "" where no argument can be said."""
    trees = [*zip(call.arguments, args), *((call.named[k], v) for k, v in named.items())]
    return ", ".join(dict.fromkeys(w for tree, value in trees for w in _said("", tree, value)))


def _said(key: str, tree: Any, value: Any) -> Iterator[str]:
    if isinstance(tree, Mapping) and isinstance(value, Mapping):
        for name, part in tree.items():
            yield from _said(str(name), part, value[name])
    elif isinstance(tree, (list, tuple)) and isinstance(value, (list, tuple)):
        for part, own in zip(tree, value):
            yield from _said("", part, own)
    elif isinstance(value, np.ndarray) and isinstance(tree, str):
        yield f"{key or tree} of shape {' × '.join(map(str, value.shape))}"
    elif isinstance(value, (int, float)) and len(f"{value}") <= _SHORT:
        name = key or (tree if isinstance(tree, str) else "")
        yield f"{name} {value}".strip()
