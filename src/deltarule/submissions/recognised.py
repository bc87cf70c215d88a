"""Which course a file is of, by its functions' names and their parameters."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache

from deltarule.submissions.convention_files import convention, convention_names
from deltarule.submissions.course_conventions import Call, Convention

#: What a name counts that a course also hands out as a helper, as `sigmoid`, beside one of its own.
HELPER = 0.1


def recognised(parameters: Mapping[str, tuple[str, ...]]) -> Convention | None:
    """The convention that fits a file best; None where none knows a function of it.

    `parameters` are those of its functions and classes, by name. A name counts for a course, more
    where its parameters are the course's, and little where it is that of a helper.
    """
    found = {n: _fit(convention(n), parameters) for n in convention_names()}
    best = max(found, key=found.__getitem__, default="")
    return convention(best) if best and found[best] > 0 else None


def of_other_courses(chosen: Convention, defined: Iterable[str]) -> Iterator[str]:
    """Notes on functions that the chosen course does not know, and another one does."""
    left = [n for n in defined if n not in chosen.functions and n not in _helpers()]
    for name in convention_names():
        other = convention(name)
        known = [n for n in left if n in other.functions]
        if known and other.name != chosen.name:
            names = ", ".join(known)
            yield f"not checked: {names}, of {other.title}: check with --convention {name}"


def _fit(course: Convention, parameters: Mapping[str, tuple[str, ...]]) -> float:
    """How well a course fits."""
    total = 0.0
    for name, own in parameters.items():
        calls = [c for t in course.tasks for c in t.calls if name in c.names and c.kind != "method"]
        if calls:
            weight = HELPER if name in _helpers() else 1.0
            total += weight * (1 + max(_same(call, own) for call in calls))
    return total


def _same(call: Call, own: tuple[str, ...]) -> float:
    """How many of a call's arguments have the names of the parameters."""
    wanted = [a for a in call.arguments if isinstance(a, str)]
    return sum(a in own for a in wanted) / max(len(wanted), 1)


@lru_cache(maxsize=1)
def _helpers() -> frozenset[str]:
    """The functions that courses hand out."""
    texts = (text for n in convention_names() for text in convention(n).provided.values())
    return frozenset(name for text in texts for name in re.findall(r"(?m)^def (\w+)", text))
