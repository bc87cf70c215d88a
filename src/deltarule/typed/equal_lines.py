"""Lines that were made for a text and are equal are one line: the S = K + σ² I of its log det and
of its inverse.

What somebody typed twice under two names stays two.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import Field, replace
from typing import Any, ClassVar, Protocol, TypeVar

#: Signs of powers, behind which a name may stand without a blank: σ²I.
_POWERS = re.compile(r"([⁰¹²³⁴-⁹⁻]+)")


class Line(Protocol):
    """A typed equation."""

    __dataclass_fields__: ClassVar[dict[str, Field[Any]]]

    @property
    def name(self) -> str: ...
    @property
    def indices(self) -> tuple[str, ...]: ...
    @property
    def formula(self) -> str: ...


E = TypeVar("E", bound=Line)


def with_equal_lines_once(equations: Sequence[E], made: Iterable[str]) -> list[E]:
    """The equations without those of the names that were `made` which say what one before says;
    what reads them reads that one."""
    made, kept = {*made}, []
    names: dict[str, str] = {}
    known: dict[tuple, str] = {}
    for e in equations:
        for old, new in names.items():
            e = replace(e, formula=_renamed(e.formula, old, new))
        key = (e.indices, _plain(e.formula))
        if e.name in made and key in known:
            names[e.name] = known[key]
            continue
        known.setdefault(key, e.name)
        kept.append(e)
    return kept


def name_of_line(equations: Iterable[Line], formula: str) -> str:
    """What a line without indices is called that says a formula; "" where there is none."""
    plain = _plain(formula)
    return next((e.name for e in equations if not e.indices and _plain(e.formula) == plain), "")


def _plain(formula: str) -> str:
    """A formula without blanks that say nothing."""
    spread = re.sub(r"\s+", " ", _POWERS.sub(r"\1 ", formula))
    return re.sub(r"\s*(?<=\W)\s*|\s*(?=\W)\s*", "", spread).strip()


def _renamed(formula: str, old: str, new: str) -> str:
    return re.sub(rf"(?<!\w){re.escape(old)}(?!\w)", new, formula)
