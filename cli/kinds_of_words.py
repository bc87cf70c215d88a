"""Which words of a command line are options, and which are formulas."""

from __future__ import annotations

import re

#: What begins with a dash and is a value all the same: −0.5, -1/3, -1e-3.
_NUMBER = re.compile(r"-[0-9.,][0-9.,/eE+\-]*")
#: Signs that no name of a derivation has.
_OF_FORMULAS = "=‖½²√Σ∑⊙ᵀσ(\\^"


def is_option(word: str) -> bool:
    """Whether a word is an option, and no value: it begins with a dash, and not as numbers do."""
    return word.startswith("-") and word != "-" and not _NUMBER.fullmatch(word)


def is_formula(name: str) -> bool:
    """Whether a word is a formula, and no name or path of a derivation."""
    return any(sign in name for sign in _OF_FORMULAS) and not name.endswith(".py")
