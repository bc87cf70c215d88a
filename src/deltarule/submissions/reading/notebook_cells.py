"""The code cells of a Jupyter notebook, read as data: nothing of it runs, outputs are ignored.

Formats 1 to 4 (nbformat.readthedocs.io/en/latest/format_description.html): cells stand in `cells`
since 4 and in `worksheets` before, their text in `source` or `input`, as one text or as a list.
"""

from __future__ import annotations

import ast
import json
import re
from dataclasses import dataclass
from typing import Any

from deltarule.errors import DeltaruleError
from deltarule.submissions.reading.parsed_blocks import parsed_tree
from deltarule.submissions.reading.source_bytes import MOST_CODE, too_large

#: The file, with the pictures in it.
MOST_NOTEBOOK = 10_000_000
_MOST_CELLS = 5000
#: Cell magics whose cell is Python all the same.
_PYTHON_CELLS = {"time", "timeit", "capture", "prun", "python", "python3", "memit", "debug"}
_LINE_MAGIC = re.compile(r"\s*(?:%{1,2}[A-Za-z]|![^=]|\?{1,2}\w)")
_ASSIGNED = re.compile(r"\s*[\w, ]+=\s*(?:!|%[A-Za-z])")
_HELP = re.compile(r"\s*[\w.]+\?{1,2}\s*")


@dataclass(frozen=True)
class Cell:
    """A code cell: its number among all cells, from 1, and its text without magics.

    `magics` are the lines (from 1) that were left out.
    """

    number: int
    text: str
    magics: tuple[int, ...] = ()


def code_cells(data: bytes, name: str) -> list[Cell]:
    """The code cells in order. Raises DeltaruleError where it is no notebook of Python."""
    notebook = _json(data, name)
    if not isinstance(notebook, dict):
        raise _no_notebook(name, "it is JSON of another kind")
    language = _language(notebook.get("metadata"))
    if language and not language.lower().startswith(("python", "ipython")):
        raise DeltaruleError(
            f"{name} is a notebook of {language}", None, "hand in a notebook of Python"
        )
    found, size = [], 0
    for number, cell in enumerate(_cells(notebook, name), start=1):
        if not isinstance(cell, dict) or cell.get("cell_type") != "code":
            continue
        text = _source(cell.get("source", cell.get("input")))
        size += len(text)
        if size > MOST_CODE or number > _MOST_CELLS:
            raise too_large(f"the code of {name}", MOST_CODE)
        found.append(Cell(number, *_without_magics(text)))
    return found


def _json(data: bytes, name: str) -> Any:
    try:
        return json.loads(data.decode("utf-8-sig"))
    except UnicodeDecodeError:
        raise _no_notebook(name, "it is not UTF-8 text") from None
    except json.JSONDecodeError as error:
        raise _no_notebook(name, f"line {error.lineno} is not JSON") from None
    except (RecursionError, ValueError, MemoryError):
        raise _no_notebook(
            name, "its JSON is nested too deeply, or has too long a number"
        ) from None


def _no_notebook(name: str, reason: str) -> DeltaruleError:
    return DeltaruleError(
        f"{name} is no notebook: {reason}", None, "save it in Jupyter, or export it as .py"
    )


def _language(metadata: Any) -> str:
    for key, word in (("language_info", "name"), ("kernelspec", "language")):
        part = metadata.get(key) if isinstance(metadata, dict) else None
        if isinstance(part, dict) and isinstance(part.get(word), str):
            return part[word][:40]
    return ""


def _cells(notebook: dict[str, Any], name: str) -> list[Any]:
    cells = notebook.get("cells")
    if isinstance(cells, list):
        return cells
    sheets = notebook.get("worksheets")
    if isinstance(sheets, list):
        parts = [s.get("cells") for s in sheets if isinstance(s, dict)]
        return [cell for part in parts if isinstance(part, list) for cell in part]
    raise _no_notebook(name, "it has no cells")


def _source(source: Any) -> str:
    if isinstance(source, list):
        source = "".join(part for part in source if isinstance(part, str))
    if not isinstance(source, str):
        return ""
    return source.replace("\r\n", "\n").replace("\r", "\n").replace("\0", " ")


def _without_magics(text: str) -> tuple[str, tuple[int, ...]]:
    """The text with its magics blanked (inside a block, `0` stands for them)."""
    if isinstance(parsed_tree(text), ast.Module):
        return text, ()
    lines = text.split("\n")
    first = next((k for k, line in enumerate(lines) if line.strip()), None)
    if first is not None and lines[first].startswith("%%"):
        word = re.match(r"%%(\w*)", lines[first])
        if word is None or word[1] not in _PYTHON_CELLS:
            return "\n" * (len(lines) - 1), tuple(range(1, len(lines) + 1))
    found = [k for k, line in enumerate(lines) if _magic(line)]
    for k in found:
        # In a block a magic may be all that there is: a `0` keeps the block.
        instead = re.sub(r"\S.*", "", lines[k])
        more = k
        while lines[more].endswith("\\") and more + 1 < len(lines):
            lines[more] = ""
            more += 1
        lines[more] = ""
        lines[k] = f"{instead}0" if instead else ""
    return "\n".join(lines), tuple(k + 1 for k in found)


def _magic(line: str) -> bool:
    return bool(_LINE_MAGIC.match(line) or _ASSIGNED.match(line) or _HELP.fullmatch(line))
