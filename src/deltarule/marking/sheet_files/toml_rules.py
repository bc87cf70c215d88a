"""What people write that is no TOML, line by line: how each fault reads, and how it is put right.

A rule takes a line and gives it back without one kind of fault, or as it was. Whether a line is
right in the end is for TOML itself to say (toml_faults.py).
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass

from deltarule.marking.sheet_files import toml_values as values
from deltarule.marking.sheet_files.toml_values import PAIR

HEADER = re.compile(r"\s*\[{1,2}\s*[A-Za-z_]+(?:\.[A-Za-z0-9_-]+)*\s*\]{1,2}\s*(?:#.*)?")
_BARE_KEY = re.compile(r"[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]+)*")
_QUOTES = str.maketrans("“”„‟«»″‘’‚‛`´", '"""' + '"""' + '"' + "''''''")
_DASHES = str.maketrans("–—−‒―‑﹣", "-" * 7)
_BLANKS = re.compile("[\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000\x0b\x0c]")
_NOTHING = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x9f\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff]"
)
_WIDE = re.compile("[\uff01-\uff5e]")


@dataclass(frozen=True)
class Rule:
    """A kind of fault: what it is called in the line at hand, and how the line is put right."""

    fact: Callable[[str], str]
    mend: Callable[[str], str]


def _said(words: str) -> Callable[[str], str]:
    return lambda line: words


# ---- characters ---------------------------------------------------------------------------
def _first(pattern: re.Pattern, line: str) -> str:
    found = pattern.search(line)
    if found is None:
        return ""
    return f"U+{ord(found[0]):04X} ({unicodedata.name(found[0], 'a control character').lower()})"


def _narrow(line: str) -> str:
    return _WIDE.sub(lambda m: unicodedata.normalize("NFKC", m[0]), line)


def _dash_seen(line: str) -> str:
    dash = next(c for c in line if ord(c) in _DASHES)
    return f"a dash {dash} stands where a minus - belongs"


def _straight_dashes(line: str) -> str:
    """Dashes of a word processor outside quotes are minus signs."""
    parts = re.split(r"(\"[^\"]*\"|'[^']*')", line)
    return "".join(p if k % 2 else p.translate(_DASHES) for k, p in enumerate(parts))


# ---- lines --------------------------------------------------------------------------------
def _comment(line: str) -> str:
    begun = re.sub(r"^(\s*)(?://|%|;|--|/\*|\(\*)", r"\1#", line)
    return re.sub(r"(=.*\S\s+)//(?=\s)", r"\1#", begun)


def _table(line: str) -> str:
    """`[answers`, `answers]`, `(answers)`, `answers:` -> `[answers]`, and what stands behind it."""
    found = re.fullmatch(r"\s*[\[({<]+\s*([A-Za-z_.]+)\s*[\])}>]*\s*:?\s*(.*)", line) or (
        re.fullmatch(r"\s*([A-Za-z_.]+)\s*\]+\s*:?\s*(.*)", line)
    )
    if found is None:
        found = re.fullmatch(r"\s*(answers|formulas|given|published|options|rounding)\s*:?()", line)
    if found is None or not re.fullmatch(r"[A-Za-z_]+(?:\.[A-Za-z_]+)*", found[1]):
        return line
    header = "[[run]]" if found[1] == "run" else f"[{found[1]}]"
    return f"{header}\n{found[2]}" if found[2] and found[2][0] != "#" else header


def _equals(line: str) -> str:
    found = PAIR.fullmatch(line)
    if found is None or found["sign"] == "=" or not found["key"].strip():
        return line
    value = (
        f'"~{found["value"]}"'
        if found["sign"] in "≈≃≅~=" and re.fullmatch(values.NUMBER, found["value"])
        else found["value"]
    )
    return values.put(found, value, sign="=")


def _sign_seen(line: str) -> str:
    found = PAIR.fullmatch(line)
    sign = found["sign"] if found else ":"
    return f"{'a colon' if sign == ':' else sign} stands where = belongs"


def _key(line: str) -> str:
    found = PAIR.fullmatch(line)
    if found is None or found["key"][:1] in "\"'" or _BARE_KEY.fullmatch(found["key"]):
        return line
    return values.put(found, found["value"], json.dumps(found["key"].strip(), ensure_ascii=False))


def _nothing_behind(line: str) -> str:
    found = PAIR.fullmatch(line)
    if found is None:
        return f'{line.strip()} = ""' if _BARE_KEY.fullmatch(line.strip()) else line
    return line if found["value"] else values.put(found, '""')


def _ending(line: str) -> str:
    found = PAIR.fullmatch(line)
    if found is None:
        return line
    ends = r"\s*[;,]+$" if re.search(r"[0-9]\.$", found["value"]) else r"\s*[;,.]+$"
    return values.put(found, re.sub(ends, "", found["value"]))


def _two(line: str) -> str:
    """`E = 1, y = 2` -> two lines."""
    return re.sub(r"(?<=[\d\"'\]])\s*[,;]?\s+(?=(?:\"[^\"]*\"|[A-Za-z_]\w*)\s*=\s*\S)", "\n", line)


#: In this order they are tried, each alone and then one after the other.
RULES = (
    Rule(
        _said("a fence of Markdown is no TOML"), lambda line: re.sub(r"^\s*(```|~~~).*", "", line)
    ),
    Rule(
        lambda line: f"{_first(_BLANKS, line)} stands where a blank belongs",
        lambda line: _BLANKS.sub(" ", line),
    ),
    Rule(
        lambda line: f"{_first(_NOTHING, line)}, which cannot be seen, stands here",
        lambda line: _NOTHING.sub("", line),
    ),
    Rule(lambda line: f"{_first(_WIDE, line)} stands where an ordinary character belongs", _narrow),
    Rule(
        _said('curly quotes stand where straight ones " belong'),
        lambda line: line.translate(_QUOTES),
    ),
    Rule(_said("a comment begins with #"), _comment),
    Rule(_said("the name of a table stands in [ ] on a line of its own"), _table),
    Rule(_sign_seen, _equals),
    Rule(_said("a name with /, [, blanks or Greek letters has no quotes"), _key),
    Rule(_said("nothing stands behind the name"), _nothing_behind),
    Rule(_said("something stands behind the value"), _ending),
    Rule(_said("two things stand on one line"), _two),
    Rule(_said("the rows of a matrix stand in [ ] each"), values.array),
    Rule(_said("a list stands in [ ], not in ( ) or { }"), values.brackets),
    Rule(_said("the numbers of a list stand in [ ]"), values.listed),
    Rule(_dash_seen, _straight_dashes),
    Rule(_said("a decimal comma has no quotes"), values.point),
    Rule(_said("the entries of a list are parted by commas"), values.parted),
    Rule(_said("[ and ] do not pair"), values.closed),
    Rule(
        _said("a digit belongs on both sides of the point"),
        lambda line: values.each(line, values.digit_at_point),
    ),
    Rule(_said("a number begins with zeros"), lambda line: values.each(line, values.leading_zeros)),
    Rule(
        _said("a word of another language stands here"),
        lambda line: values.each(line, values.plain_words),
    ),
    Rule(values.quote_seen, lambda line: values.each(line, values.quoted)),
    Rule(_said("a backslash means something else between double quotes"), values.backslash),
)
