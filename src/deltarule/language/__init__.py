"""The language of derivation files: `from deltarule.language import *`.

The words are those of `deltarule.language.words`, which is imported when the first is asked for:
to look for a file takes no SymPy.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from deltarule.language.words import *


def __getattr__(name: str):
    if name != "__all__" and name.startswith("__"):
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module("deltarule.language.words"), name)
