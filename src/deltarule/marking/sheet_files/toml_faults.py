"""What is wrong with a file that is no TOML: the line, what is wrong in it, and the line put right.

A line put right is only said when TOML reads it.
"""

from __future__ import annotations

import re
import tomllib

from deltarule.marking.sheet_files.toml_lines import LONGEST, Fault, begins, over_lines, reads
from deltarule.marking.sheet_files.toml_rules import HEADER, PAIR, RULES, Rule
from deltarule.marking.sheet_files.toml_values import key_of

_AT = re.compile(r"(.*) \(at (?:line (\d+), column (\d+)|end of document)\)", re.DOTALL)
#: TOML's complaints in plain words.
_PLAIN = (
    ("Expected '=' after a key", "a line needs a name, = and a value"),
    ("Unclosed array", "a list is not closed"),
    ("Unterminated string", "a text is not closed"),
    ("Illegal character '\\n'", "a text is not closed"),
    ("Illegal character", "a character that cannot stand there"),
    ("Unescaped '\\'", "a backslash means something else between double quotes"),
    ("Invalid value", "no value that can be read"),
    ("Invalid statement", "no line that can be read"),
    ("Expected ']'", "the name of a table is not closed"),
    ("Expected newline", "something stands behind the value"),
)


def fault_of(text: str, error: tomllib.TOMLDecodeError) -> Fault:
    """The fault for which a text was refused."""
    found = _AT.fullmatch(str(error))
    message, at, column = found.groups() if found else (str(error), None, None)
    lines = text.split("\n")
    last = max((k for k, line in enumerate(lines, 1) if line.strip()), default=1)
    number = min(int(at), len(lines)) if at else last
    if message.startswith(("Cannot overwrite", "Cannot declare", "Cannot mutate")):
        return _twice(lines, number, message)
    if text.lstrip()[:1] == "{":
        return Fault(number, "this is JSON, or a dictionary of Python, and not TOML")
    fresh = not lines[number - 1][: int(column or 1) - 1].strip() and begins(lines[number - 1])
    if message.startswith("Unclosed") and (at is None or fresh):
        return _unclosed(lines, number if at else last + 1)
    if at and not lines[number - 1].strip() and number > 1:
        number -= 1
    first = _beginning(lines, number)
    return over_lines(lines, first) or _in_line(lines, first, number, message)


def _in_line(lines: list[str], first: int, number: int, message: str) -> Fault:
    line = lines[number - 1].rstrip("\r")
    before = "\n".join(lines[first - 1 : number - 1])
    pair = PAIR.fullmatch(lines[first - 1]) if len(lines[first - 1]) < LONGEST else None
    name = pair["key"].strip().strip("\"'") if pair else ""
    on = number < len(lines) and bool(lines[number].strip()) and not begins(lines[number])
    found = _mended(before, line, on) if len(line) < LONGEST else None
    if found is not None:
        facts, corrected = found
        return Fault(number, facts, corrected, name, first)
    plain = next((words for begin, words in _PLAIN if message.startswith(begin)), message)
    return Fault(number, plain, None, name, first)


def _mended(before: str, line: str, on: bool) -> tuple[str, str] | None:
    """What is wrong with a line, and the line put right: by one rule, or by several.

    `on` says that the next line goes on with what is begun here.
    """
    for rule in RULES:
        changed = rule.mend(line)
        if changed != line and reads(before, changed, on):
            return rule.fact(line), changed
    taken: list[Rule] = []
    current = line
    for rule in RULES:
        changed = rule.mend(current)
        if changed != current:
            taken.append(rule)
            current = changed
            if reads(before, current, on):
                return _needed(before, line, taken, on)
    return None


def _needed(before: str, line: str, rules: list[Rule], on: bool) -> tuple[str, str]:
    """The same without the rules that can be left out."""
    for rule in rules[:-1]:
        fewer = [r for r in rules if r is not rule]
        if reads(before, _by(fewer, line)[1], on):
            rules = fewer
    facts, corrected = _by(rules, line)
    return "; ".join(dict.fromkeys(facts)), corrected


def _by(rules: list[Rule], line: str) -> tuple[list[str], str]:
    facts = []
    for rule in rules:
        changed = rule.mend(line)
        if changed != line:
            facts.append(rule.fact(line))
        line = changed
    return facts, line


def _beginning(lines: list[str], number: int) -> int:
    """The line where the statement of a line begins."""
    for k in range(number, max(number - 200, 0), -1):
        if begins(lines[k - 1]):
            return k
    return number


def _unclosed(lines: list[str], end: int) -> Fault:
    """A list that goes on to where another line begins."""
    first = _beginning(lines, end - 1)
    fault = _in_line(lines, first, first, "Unclosed array")
    behind = max((k for k in range(first, end) if lines[k - 1].strip()), default=first)
    if behind == first and fault.corrected is not None:
        return fault
    whole = "\n".join(lines[first - 1 : behind]).rstrip().rstrip(",")
    missing = whole.count("[") - whole.count("]")
    closed = lines[behind - 1].rstrip().rstrip(",") + "]" * missing
    before = "\n".join(lines[first - 1 : behind - 1])
    corrected = closed if missing > 0 and reads(before, closed) else None
    return Fault(
        behind,
        f"the list that begins in line {first} is not closed",
        corrected,
        fault.name,
        first,
        "put ] behind its last entry",
    )


def _twice(lines: list[str], number: int, message: str) -> Fault:
    """A name or a table that stands twice."""
    table = re.match(r"Cannot declare \('(.*)',\) twice", message)
    if table:
        name = table[1].replace("', '", ".")
        places = [k for k, line in enumerate(lines, 1) if line.split("#")[0].strip() == f"[{name}]"]
        return Fault(
            places[1] if len(places) > 1 else number,
            f"[{name}] stands twice" + (f", first in line {places[0]}" if places else ""),
            remedy="put its lines under the first one",
        )
    first: dict[str, int] = {}
    for k, line in enumerate(lines[:number], 1):
        if HEADER.fullmatch(line):
            first.clear()
        name = key_of(line) or ""
        if name in first and k >= number - 200:
            return Fault(
                k,
                f"{name} stands twice, first in line {first[name]}",
                None,
                name,
                k,
                "leave one of them out",
            )
        if name:
            first[name] = k
    return Fault(
        number,
        "a name stands for a value and for a table, or twice",
        None,
        "",
        number,
        "give each name one value",
    )
