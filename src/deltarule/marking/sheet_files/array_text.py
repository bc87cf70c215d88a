r"""Arrays that people type or paste as text, as nested lists of the numbers' texts.

[0.1 0.2; 0.3 0.4]            MATLAB: ; begins a row
[[0.1 0.2]
 [0.3 0.4]]                   as NumPy prints it
np.array([[0.1, 0.2], [0.3, 0.4]])
0.1 & 0.2 \\ 0.3 & 0.4        LaTeX, with or without pmatrix
0,1  0,2                      a row each line, decimal commas where blanks part the numbers
"""

from __future__ import annotations

import re
from typing import Any

from deltarule.arithmetic.number_signs import in_ascii
from deltarule.arithmetic.printed import LARGEST_ANSWER, Printed
from deltarule.errors import DeltaruleError

_CALL = re.compile(
    r"(?:\w+\.)*(?:array|tensor|matrix|list|tuple|asarray|Tensor)\(\s*(.*?)\s*"
    r"(?:,\s*(?:dtype|device|requires_grad|grad_fn)\s*=[^=]*)*\)",
    re.DOTALL,
)
_MATRIX = re.compile(
    r"\\?begin\{(\w*matrix|array)\*?\}(?:\{[clr|]*\}|\[\w\])?(.*)\\?end\{\1\*?\}", re.DOTALL
)
_OPENING, _CLOSING = "([{", ")]}"
_BRACKETS = str.maketrans("(){}", "[][]")
_CELL = r"[-+−–~]?(?:[0-9]+(?:[.,][0-9]*)?|[.,][0-9]+)(?:[eE][-+]?[0-9]+)?%?(?:/[0-9]+)?"
_DECIMAL = re.compile(r"[-+−–]?[0-9]*[.,][0-9]+(?:[eE][-+]?[0-9]+)?")
_TIGHT = re.compile(r"(?<=[0-9]),(?=[0-9])")
#: Longer texts, and deeper ones, are no arrays that somebody works with.
_LONGEST, _DEEPEST = 40_000, 8


def as_lists(value: Any) -> Any:
    """A value with every text that is an array as nested lists; all else as it is."""
    if isinstance(value, list):
        return [as_lists(inner) for inner in value]
    if isinstance(value, str) and not _is_number(value):
        found = nested(value)
        return value if found is None else found
    return value


def _is_number(text: str) -> bool:
    """Whether a text is one number, such as 1 234,5."""
    try:
        Printed(text, None, LARGEST_ANSWER)
    except DeltaruleError:
        return False
    return True


def nested(text: str) -> list | None:
    """The numbers of an array that is written as text; None for another text."""
    if len(text) > _LONGEST or not re.search(r"[0-9].*[0-9]|\[", text, re.DOTALL):
        return None
    plain = _unset(text.strip())
    called = _CALL.fullmatch(plain)
    plain = called[1] if called else plain
    latex = _MATRIX.search(plain)
    if latex:
        return _rows(latex[2])
    if "&" in plain:
        return _rows(plain)
    if plain[:1] in _OPENING and plain[-1:] in _CLOSING and len(plain) > 1:
        return _bracketed(plain.translate(_BRACKETS))
    if plain[:1] in _OPENING or plain[-1:] in _CLOSING:
        return None
    lines = [line for line in plain.split("\n") if line.strip()]
    rows = _all_flat(lines if len(lines) > 1 else plain.split(";"), True)
    if rows is None or (len(rows) == 1 and not _plain_list(plain)):
        return None
    return rows[0] if len(rows) == 1 else _columns(rows, ";" in plain)


def _unset(text: str) -> str:
    """Without dollar signs, and with the backslash of \\begin, which TOML takes for another."""
    text = text.replace("\x08egin", "\\begin").strip("$").strip()
    return re.sub(r"\\left|\\right|\\[,;!]", "", text)


def _rows(body: str) -> list | None:
    """0.1 & 0.2 \\\\ 0.3 & 0.4; in a text of TOML \\\\ is one backslash."""
    lines = re.split(r"\\\\|\\(?=\s|$)", body.strip().strip("[]()"))
    rows = [[cell.strip() for cell in line.split("&")] for line in lines if line.strip()]
    if any(not re.fullmatch(_CELL, cell) for row in rows for cell in row):
        return None
    return rows[0] if len(rows) == 1 else rows


def _bracketed(plain: str) -> list | None:
    """[[0.1, 0.2], [0.3, 0.4]], with blanks or commas, and [0.1 0.2; 0.3 0.4]."""
    inner = plain[1:-1].strip()
    if "[" not in inner:
        return None if "]" in inner else _row_or_rows(inner)
    parts: list[str] = []
    depth = start = 0
    for k, sign in enumerate(inner):
        if sign == "[":
            start = k if not depth else start
            depth += 1
        elif sign == "]":
            depth -= 1
            if not depth:
                parts.append(inner[start : k + 1])
        elif not depth and not (sign.isspace() or sign in ",;"):
            return None
        if not 0 <= depth <= _DEEPEST:
            return None
    read = [_bracketed(part) for part in parts]
    found = [rows for rows in read if rows is not None]
    if depth or len(found) != len(read):
        return None
    whole = len(found) == 1 and ";" in inner
    return found[0] if whole and isinstance(found[0][0], list) else found


def _row_or_rows(inner: str) -> list | None:
    lines = [line for line in re.split(r"[;\n]", inner) if line.strip()]
    rows = _all_flat(lines, bool(re.search(r"[0-9]\s*;\s", inner)))
    if not rows:
        return None
    if ";" in inner:
        return _columns(rows, True)
    return [cell for row in rows for cell in row]  # a long row goes on in the next line


def _all_flat(lines: list[str], single: bool) -> list[list[str]] | None:
    rows = [_flat(line, single) for line in lines]
    found = [row for row in rows if row is not None]
    return found if len(found) == len(rows) else None


def _columns(rows: list, semicolons: bool) -> list:
    """Rows of a matrix; single numbers parted by ; are a list too."""
    single = all(len(row) == 1 for row in rows)
    decimal = any("," in row[0] for row in rows)
    return [row[0] for row in rows] if single and semicolons and decimal else rows


def _flat(line: str, single: bool = False) -> list[str] | None:
    """The numbers of a row, parted by blanks or commas; `single`: 0,5 alone is one of them."""
    line = line.strip().rstrip(",")
    blanks = re.search(r"(?<=[0-9.%])(?:\s*,\s+|\s+,?)(?=[-+−–~.0-9])", line)
    alone = single and re.fullmatch(r"[-+−–]?[0-9]+,[0-9]+", line)
    apart = line if (blanks or alone) and "." not in line else _TIGHT.sub(", ", line)
    cells = [cell for cell in re.split(r"\s*,\s+|\s+|,(?![0-9])", apart) if cell]
    return cells if cells and all(re.fullmatch(_CELL, cell) for cell in cells) else None


def _plain_list(line: str) -> bool:
    """Whether a line without brackets is a list, and no number such as 1 234,5."""
    cells = _flat(line, True) or []
    digits = all(_DECIMAL.fullmatch(in_ascii(cell)) for cell in cells)
    return len(cells) > 1 and (digits or line.count(",") > 1)


def as_toml(value: list) -> str:
    """Nested lists as TOML has them, each number in quotes that needs them."""
    parts = [as_toml(v) if isinstance(v, list) else _number(v) for v in value]
    return f"[{', '.join(parts)}]"


def _number(cell: str) -> str:
    plain = re.fullmatch(r"[-+]?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?", cell)
    return cell if plain else f'"{cell}"'
