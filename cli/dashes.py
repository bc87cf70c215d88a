"""Which words of a command line are options."""

from __future__ import annotations

import re

#: What begins with a dash and is a value all the same: −0.5, -1/3, -1e-3.
_NUMBER = re.compile(r"-[0-9.,][0-9.,/eE+\-]*")


def is_option(word: str) -> bool:
    """Whether a word is an option, and no value: it begins with a dash, and not as numbers do."""
    return word.startswith("-") and word != "-" and not _NUMBER.fullmatch(word)
