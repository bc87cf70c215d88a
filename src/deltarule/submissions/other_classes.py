"""Classes that are called as those of a task, and are none: they have no method of it."""

from __future__ import annotations

from collections.abc import Sequence

from deltarule.submissions.findings import FunctionFinding, Obstacle


def without_other_classes(
    found: Sequence[FunctionFinding],
) -> tuple[list[FunctionFinding], list[str]]:
    """The findings without those of such classes, and what is said of them.

    Where nothing else was found they stay.
    """
    by_class: dict[str, list[FunctionFinding]] = {}
    for one in found:
        owner, _, method = one.name.rpartition(".")
        by_class.setdefault(owner or method, []).append(one)
    none = {owner: own for owner, own in by_class.items() if all(map(_no_method, own))}
    if len(none) == len(by_class):
        return list(found), []
    left = [f for owner, own in by_class.items() if owner not in none for f in own]
    return left, [_said(owner, own) for owner, own in none.items()]


def _no_method(found: FunctionFinding) -> bool:
    return found.obstacle is Obstacle.NO_FUNCTION


def _said(owner: str, found: Sequence[FunctionFinding]) -> str:
    methods = " or ".join(f.name.rpartition(".")[2] for f in found)
    return f"{owner} is left out: it has no method {methods}"
