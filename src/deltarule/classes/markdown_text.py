"""Somebody's text in Markdown: no sign of it is taken for markup, in no renderer's dialect."""

from __future__ import annotations

import re

from deltarule.spelling.visible import visible

#: What Markdown, GitHub's dialect, and the HTML and mathematics within it obey wherever it stands.
_SIGNS = re.compile(r"[\\`*_\[\]{}<>|~$&@#]|:(?=//)|(?<=www)\.", re.IGNORECASE)
#: What begins a heading, a list, a rule or a definition at the start of a line.
_STARTS = re.compile(r"^(?=[+\-=:!])|(?<=^\d)(?=[.)])|^(\d{2,9})(?=[.)])")


def inline(text: str) -> str:
    """A text within a line, behind something else: its line ends become spaces."""
    return _within(" ".join(visible(text).split()))


def opening(text: str) -> str:
    """The same where a line, or an item of a list, begins with it."""
    return _STARTS.sub(lambda found: f"{found[1] or ''}\\", inline(text))


def paragraph(text: str) -> list[str]:
    """A text of several lines, as lines of one paragraph that end where they ended."""
    lines = [opening(line) for line in visible(text).splitlines() if line.strip()]
    return [f"{line}\\" for line in lines[:-1]] + lines[-1:]


def _within(text: str) -> str:
    return _SIGNS.sub(lambda found: "\\" + found[0], text)
