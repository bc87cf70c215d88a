"""Remarks on an exam file: a fact, its place and a remedy, as an error or as a warning."""

from __future__ import annotations

from typing import NamedTuple

from deltarule.errors import DeltaruleError


class Remark(NamedTuple):
    """One remark; not an `error` is a warning."""

    error: bool
    fact: str
    place: str = ""
    remedy: str = ""


def error_of(error: DeltaruleError, place: str = "") -> Remark:
    """An error as a remark, at a place unless it says its own file."""
    own = (error.place or "").removeprefix(f"{place.rpartition(': ')[2]}: ")
    said = f"{place}: {own}" if place and own and own not in place else place or own
    return Remark(True, error.fact, said, error.remedy or "")


def warning(fact: str, place: str, remedy: str) -> Remark:
    """Something odd that stops nothing."""
    return Remark(False, fact, place, remedy)
