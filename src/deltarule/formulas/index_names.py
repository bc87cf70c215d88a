"""Indices as they are typed: m1, m₁ and m_1 are one."""

from __future__ import annotations

import re

from deltarule.expressions.symbols import Index

_DIGITS = str.maketrans("₀₁₂₃₄₅₆₇₈₉", "0123456789")


def index_of(text: str) -> Index:
    """The index of a name."""
    return Index(re.sub(r"_(?=\d)", "", text.translate(_DIGITS)))
