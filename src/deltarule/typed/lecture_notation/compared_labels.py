"""Entries that are compared with others by = or ≠, as labels are: [y_i = y_j]."""

from __future__ import annotations

import re

from deltarule.errors import DeltaruleError
from deltarule.networks.network import Network
from deltarule.spelling.names import canonical, pretty

_ENTRY = r"(\\?[^\W\d_][^\W_]*(?:_[^\W\d_]{4,})?)(?:_\{[^{}]*\}|_\w{1,3}|\[[^\[\]]*\])"
_COMPARED = re.compile(
    rf"[\[{{(]\s*{_ENTRY}\s*(?:=|==|≠|!=|\\neq?(?![A-Za-z]))\s*{_ENTRY}\s*(?:\\right)?\\?[\]}})]"
    rf"|(?:delta|δ)(?:_\{{|\(\s*){_ENTRY}\s*,?\s*{_ENTRY}\s*[)}}]"
)


def note_of_compared(text: str, network: Network) -> str:
    """What is said of those that are given, and that nothing else holds to be integers."""
    names: dict[str, None] = {}
    for match in _COMPARED.finditer(text):
        for name in filter(None, match.groups()):
            try:
                tensor = network.tensors.get(canonical(name.removeprefix("\\")))
            except DeltaruleError:
                continue
            if tensor is not None and tensor.given and not tensor.integral:
                names[pretty(tensor.name)] = None
    if not names:
        return ""
    every, have = " and ".join(names), "have" if len(names) > 1 else "has"
    return f"{every} {have} integers, as labels are: entries are compared by =."
