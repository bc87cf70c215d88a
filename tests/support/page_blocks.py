"""The fenced blocks of a page of Markdown, and what its commands print.

In a ```console block, a line `$ command` is a command of ours and what follows is its output. A
block that is followed by "Saved as `NAME`" is a file that the reader writes.
"""

from __future__ import annotations

import contextlib
import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from click.testing import CliRunner, Result

from deltarule.cli.programs import app

ROOT = Path(__file__).resolve().parents[2]
_BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True)
class Block:
    """A fenced block: its language, its text, and where the text stands in the page."""

    language: str
    text: str
    span: tuple[int, int]


def blocks(text: str) -> Iterator[Block]:
    """The fenced blocks of a page, in order."""
    for found in _BLOCK.finditer(text):
        yield Block(found[1], found[2], found.span(2))


def commands(block: Block) -> list[tuple[str, str]]:
    """The commands of a console block, each with its output."""
    parts = re.split(r"^\$ (.*)\n", block.text, flags=re.MULTILINE)
    return list(zip(parts[1::2], parts[2::2]))


def saved_as(text: str, block: Block) -> str | None:
    """The name of the file that a block is, where the text after it says so."""
    named = re.match(r"```\n+Saved as `([\w.]+)`", text[block.span[1] :])
    return named[1] if named else None


def run(command: str, folder: Path) -> Result:
    """A command on a screen of 80 columns without colour, within this process."""
    words = shlex.split(command)
    words = words[1:] if words[0] == "deltarule" else words
    with contextlib.chdir(folder):
        return CliRunner().invoke(app, words, env={"COLUMNS": "80", "NO_COLOR": "1"})
