"""Why a piece of Python does not parse, in words: the fact and the remedy."""

from __future__ import annotations

import re

from deltarule.submissions.reading.remarks import shown

_COMPAT = "or check with --compat"
#: What the parser says, or what stands in the line; the fact; the remedy.
_KNOWN = (
    (r"Missing parentheses in call to '(print|exec)'", "", r"\1 is a function in Python 3",
     rf"write \1(…), {_COMPAT}"),
    (r"multiple exception types must be parenthesized", "", "except takes “as” in Python 3",
     f"write except Error as e, {_COMPAT}"),
    (r"leading zeros in decimal|invalid decimal literal", r"\b0\d+\b|\b\d+[lL]\b",
     "this is a number of Python 2", f"write 0o17 for 017, 10 for 10L, {_COMPAT}"),
    (r"inconsistent use of tabs|unindent does not match", r"^ *\t|\t",
     "tabs and blanks are mixed in the indentation", f"indent with one of them, {_COMPAT}"),
    (r"", r"<>", "<> is != in Python 3", f"write !=, {_COMPAT}"),
    (r"", r"`[^`]+`", "backquotes are repr(…) in Python 3", f"write repr(…), {_COMPAT}"),
    (r"", r"^\s*raise\s+\w+\s*,", "raise takes a call in Python 3",
     f"write raise Error(message), {_COMPAT}"),
    (r"", r"^\s*print\s*(>>|['\"\w])", "print is a function in Python 3",
     f"write print(…), {_COMPAT}"),
    (r"", r"^(<{7}|={7}|>{7})", "this is a mark of a merge that was not finished",
     "keep one of the two versions"),
    (r"expected an indented block", "", "a block has no body", "write it, or pass"),
    (r"unterminated|never closed|EOF|unmatched|does not match", "", "", "close it, or take it out"),
    (r"invalid (non-printable )?character", "", "", "type the character again"),
    (r"nested too deeply", "", "", "write it with fewer levels"),
    (r"too long a piece", "", "", "leave out what is no function, such as tables of numbers"),
)  # fmt: skip


def in_words(error: SyntaxError, text: str) -> tuple[int, str, str]:
    """The line, the fact and the remedy. `text` is what was parsed."""
    lines = text.split("\n")
    line = min(max(error.lineno or 1, 1), len(lines))
    for message, written, fact, remedy in _KNOWN:
        found = re.search(message, error.msg)
        if found and re.search(written, lines[line - 1]):
            return line, found.expand(fact) if fact else _lower(error.msg), found.expand(remedy)
    return line, f"{_lower(error.msg)} in “{shown(lines[line - 1].strip())}”", "correct the line"


def _lower(message: str) -> str:
    return shown(message[:1].lower() + message[1:])
