"""The README's examples: found, run, compared, and rewritten with `python tests/support/readme.py`.

In a ```console block, a line `$ command` is a command and what follows is its output. A ```python
block that begins with a docstring is a derivation, which is saved as NAME.py for the `./NAME.py`
of the next command; a ```toml block is a sheet, saved as sheet.toml.
"""

from __future__ import annotations

import contextlib
import re
import shlex
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from click.testing import CliRunner, Result

from deltarule.cli.main import app

ROOT = Path(__file__).resolve().parents[2]
README = ROOT / "README.md"
_BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True)
class Block:
    """A fenced block: its language, its text, and where the text stands in the README."""

    language: str
    text: str
    span: tuple[int, int]

    @property
    def command(self) -> str:
        return self.text.split("\n", 1)[0].removeprefix("$ ")

    @property
    def output(self) -> str:
        return self.text.partition("\n")[2]


def blocks(text: str) -> Iterator[Block]:
    """The fenced blocks of the README, in order."""
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


def files(text: str) -> dict[str, str]:
    """The files that the README tells a person to write."""
    found = {}
    for block in blocks(text):
        if block.language == "python" and block.text.startswith('"""'):
            named = re.search(r"Saved as `([\w.]+)`", text[block.span[1] :])
            found[named[1] if named else "layer.py"] = block.text
        if block.language == "toml":
            found["sheet.toml"] = block.text
    return found


def run(command: str, folder: Path) -> Result:
    """A command on a screen of 80 columns without colour, within this process."""
    words = shlex.split(command)
    words = words[1:] if words[0] == "deltarule" else words
    with contextlib.chdir(folder):
        return CliRunner().invoke(app, words, env={"COLUMNS": "80", "NO_COLOR": "1"})


def rewritten(text: str) -> str:
    """The README with the real output of every command."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for file, content in files(text).items():
            (folder / file).write_text(content, encoding="utf-8")
        for block in reversed(list(blocks(text))):
            if block.language == "console":
                output = run(block.command, folder).stdout
                text = (
                    text[: block.span[0]] + f"$ {block.command}\n{output}" + text[block.span[1] :]
                )
    return text


if __name__ == "__main__":
    README.write_text(rewritten(README.read_text(encoding="utf-8")), encoding="utf-8")
