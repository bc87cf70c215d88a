"""Answers of one person from several pages of a sheet: what a page left as it showed it overwrites
nothing that was sent meanwhile from another.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from deltarule.serving.kept_attempts import Attempt, KeptAttempts

#: The field with the number of the attempt that a page shows; 0 for none.
SHOWN = "shown"
#: What is said of it on the page that comes next.
SAID = (
    "Answers were sent from another page since this one was opened. What you left here as it was "
    "is taken from there; what you changed here counts as it is here."
)

Typed = Mapping[str, str]


def begun_with_newer(
    attempts: KeptAttempts, of: tuple[str, str, str], fields: Typed, typed: dict[str, str]
) -> tuple[int | None, Attempt | None]:
    """Keep what was typed with what is newer, as below, so that of two pages that are sent at one
    instant the one takes from the other. The number of the attempt is None where nothing is left.
    """
    with attempts.at_once():
        typed, newer = with_newer(attempts, of, fields, typed)
        return (attempts.begin(*of, typed) if typed else None), newer


def with_newer(
    attempts: KeptAttempts, of: tuple[str, str, str], fields: Typed, typed: dict[str, str]
) -> tuple[dict[str, str], Attempt | None]:
    """What was typed, with what the same person sent meanwhile from another page; and the attempt
    in which they did, None for none.

    `of` are the person, the exam and the paper; `fields` is the whole form, whose field SHOWN names
    the attempt from which its page was made.
    """
    newest = attempts.newest(*of)
    number = number_of(fields.get(SHOWN, ""))
    if newest is None or number is None or number == newest.id:
        return typed, None
    shown: list[Typed] = [{}]
    if number:
        base = attempts.attempt(number)
        if base is None or (base.who, base.exam, base.paper) != of:
            return typed, None
        draft = attempts.draft(base)
        shown = [base.typed, *([] if draft is None else [draft])]
    return _merged(typed, shown, newest.typed), newest


def _merged(typed: Typed, shown: Iterable[Typed], newer: Typed) -> dict[str, str]:
    found = {}
    for name in dict.fromkeys((*typed, *newer)):
        mine = typed.get(name, "")
        untouched = any(mine.strip() == page.get(name, "").strip() for page in shown)
        if text := newer.get(name, "") if untouched else mine:
            found[name] = text
    return found


def number_of(text: str) -> int | None:
    """The number of an attempt as a form names it; None for anything else."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 16 else None
