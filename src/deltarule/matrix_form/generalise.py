"""A phrase seen from layer k: its names hold k instead of a number."""

from __future__ import annotations

from dataclasses import fields, is_dataclass, replace
from typing import Any

from sympy import Basic

from deltarule.matrix_form.tree import Phrase
from deltarule.networks.layer_numbers import general, respelled


def generalised(phrase: Phrase, k: int) -> Phrase:
    """The phrase with its tensors, sizes and constants as layer k sees them."""
    return _general(phrase, k)


def _general(part: Any, k: int) -> Any:
    if isinstance(part, str):
        return general(part, k)
    if isinstance(part, tuple):
        return tuple(_general(p, k) for p in part)
    if isinstance(part, Basic):
        return respelled(part, lambda name: general(name, k))
    if is_dataclass(part) and not isinstance(part, type):
        return replace(part, **{f.name: _general(getattr(part, f.name), k) for f in fields(part)})
    return part
