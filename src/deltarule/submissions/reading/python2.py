"""Python 2 as Python 3, by fissix: the library that went on from Python's own lib2to3."""

from __future__ import annotations

import difflib
import logging
import re
from functools import lru_cache
from typing import Any

from deltarule.errors import DeltaruleError

_FIXERS = (
    "apply basestring dict except exec filter funcattrs getcwdu has_key intern itertools "
    "itertools_imports long map methodattrs ne next nonzero numliterals paren print raise "
    "raw_input repr standarderror tuple_params types unicode xrange zip"
).split()
#: What Python 3 parses and has no more, or has in another way.
TELLTALE = re.compile(
    r"\b(xrange|raw_input|basestring|unichr|has_key|iteritems|itervalues|iterkeys|maxint|print(?=\s*>>))\b"
)
_LAZY = re.compile(r"\b(zip|map|filter|keys|values|items|unicode|long|next)\b")


def translated(text: str, print_function: bool) -> str | None:
    """A piece of Python 2 as Python 3; None where it is not Python 2 either.

    `print_function`: it has print as a function. Lines may be added. Raises DeltaruleError where
    fissix is not installed.
    """
    try:
        tree = _tool(print_function).refactor_string(text + "\n", "submission")
        return str(tree).removesuffix("\n")
    except DeltaruleError:
        raise
    except Exception:  # what the library cannot parse, it says in many ways
        return None


def needs_translation(text: str) -> bool:
    """Whether a piece that Python 3 parses means something else in Python 2."""
    return bool(TELLTALE.search(text) or _LAZY.search(text))


def untabbed(text: str) -> str:
    """Tabs of the indentation as Python 2 took them: to the next multiple of eight."""
    return re.sub(r"^[ \t]+", lambda found: found[0].expandtabs(8), text, flags=re.M)


def line_numbers(before: str, after: str, first: int) -> list[int]:
    """Of each line of `after` the line that it comes from; that of `before`'s first is `first`."""
    old, new = before.split("\n"), after.split("\n")
    if len(old) == len(new):
        return list(range(first, first + len(old)))
    found: list[int] = []
    matcher = difflib.SequenceMatcher(None, old, new, autojunk=False)
    for _what, i, end, j, last in matcher.get_opcodes():
        found += [first + min(i + k, max(end - 1, i)) for k in range(last - j)]
    return [min(line, first + len(old) - 1) for line in found]


@lru_cache(maxsize=2)
def _tool(print_function: bool) -> Any:
    logging.getLogger("RefactoringTool").setLevel(logging.ERROR)
    try:
        from fissix.refactor import RefactoringTool
    except ImportError:
        raise DeltaruleError(
            "Python 2 is translated by the package fissix, which is not installed",
            "--compat",
            "pip install 'deltarule[courses]'",
        ) from None
    names = [f"fissix.fixes.fix_{name}" for name in _FIXERS]
    options = {"print_function": True} if print_function else {}
    return RefactoringTool(names, options)
