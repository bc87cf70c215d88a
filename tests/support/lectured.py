"""Layers of lectures that are not in the catalogue: read from their tables, and surveyed.

`python tests/support/lectured.py` derives all of them and shows what is printed, with the seconds
that each takes (2 min); with names, those alone. To look at: is it what the textbook prints?
"""

import re
import sys
import tempfile
import time
from pathlib import Path

from deltarule import derive, load
from deltarule.errors import DeltaruleError
from deltarule.spelling.text import text

_TABLES = sorted((Path(__file__).parents[1] / "language").glob("layers_of_lectures_*.txt"))
_HEAD = '"""{title}."""\n\nfrom deltarule.language import *\n\n'


def lectured() -> dict[str, str]:
    """The derivation files of the layers, by name."""
    blocks = [
        block.partition("\n")
        for table in _TABLES
        for block in re.split(r"(?m)^=== ", table.read_text(encoding="utf-8"))[1:]
    ]
    return {
        name: _HEAD.format(title=name.replace("_", " ").capitalize()) + body
        for name, _, body in blocks
    }


def _survey(names: list[str]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        for name, written in lectured().items():
            if names and name not in names:
                continue
            path = Path(folder, f"{name}.py")
            path.write_text(written, encoding="utf-8")
            start = time.process_time()
            print(f"=== {name}")
            try:
                for gradient in derive(load(path)).gradients.values():
                    print(f"    {text(gradient.lhs)} = {text(gradient.expr)}")
                print(f"    {time.process_time() - start:.1f} s")
            except DeltaruleError as error:
                print(f"    refused: {error}")


if __name__ == "__main__":
    _survey(sys.argv[1:])
