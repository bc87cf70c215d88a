"""The pages of the guides: their examples run in order, their links followed.

The blocks of one page run in a process of its own, which is forked where that is possible, in one
namespace and in an empty folder, so that a page may add rows to the tables of the program. A
```python block runs as it stands, unless it is followed by "Saved as `NAME.py`": then it is
written into the folder. A ```toml block is saved in the same way. In a ```console block, each line
`$ command` is one of our commands, and what follows is its output.
"""

from __future__ import annotations

import ast
import multiprocessing
import os
import re
import sys
import traceback
from dataclasses import dataclass
from pathlib import Path

from readme import ROOT, Block, blocks, commands, run, saved_as

HOME = ROOT / "src/deltarule"
GUIDES = HOME / "guides"
#: What most pages import; it is imported once, before the fork.
_HEAVY = ["sympy", "deltarule.cli.main", "deltarule.kernels.build", "deltarule.marking.session"]
PROGRAMS = ("derive", "trace", "check", "deltarule")
_LINK = re.compile(r"\[[^\]]*\]\(([^)#\s]+)(?:#[^)]*)?\)")
#: A path in backticks; in capitals is what the reader's own file is called.
_PATH = re.compile(r"`((?:[a-z0-9_*]+/)+[a-z0-9_*]+(?:\.(?:py|md|toml))?)`")


@dataclass(frozen=True)
class Page:
    """A page: its text, and the file that it stands in."""

    path: Path
    text: str

    @classmethod
    def read(cls, path: Path) -> Page:
        return cls(path, path.read_text(encoding="utf-8"))

    @property
    def blocks(self) -> list[Block]:
        return list(blocks(self.text))

    def line(self, block: Block) -> int:
        """The number of the line before the text of a block."""
        return self.text.count("\n", 0, block.span[0])


def pages() -> list[Path]:
    """All pages of all guides."""
    return sorted(GUIDES.rglob("*.md"))


def checks_something(page: Page) -> bool:
    """Whether a page has a command with its output, or an assertion, that is executed."""
    for block in page.blocks:
        if block.language == "console" and any(output for _, output in commands(block)):
            return True
        if block.language == "python" and not saved_as(page.text, block):
            tree = ast.parse(block.text)
            if any(isinstance(node, ast.Assert) for node in ast.walk(tree)):
                return True
    return False


def lost_links(page: Page) -> list[str]:
    """Links to files that are not there, and paths in backticks that lead nowhere."""
    prose = page.text
    for block in reversed(page.blocks):
        prose = prose[: block.span[0]] + prose[block.span[1] :]
    links = [link for link in _LINK.findall(prose) if "://" not in link]
    lost = [link for link in links if not (page.path.parent / link).exists()]
    return lost + [p for p in _PATH.findall(prose) if not _leads_somewhere(p)]


def _leads_somewhere(path: str) -> bool:
    """Whether a path is one of the checkout, or of the source."""
    return any(any(place.glob(path)) for place in (ROOT, HOME, ROOT / "src"))


def faults(page: Page, folder: Path) -> list[str]:
    """What goes wrong when the blocks of a page are run; nothing where all is well."""
    ways = multiprocessing.get_all_start_methods()
    made = multiprocessing.get_context("forkserver" if "forkserver" in ways else "spawn")
    if made.get_start_method() == "forkserver":
        made.set_forkserver_preload(_HEAVY)
    mine, theirs = made.Pipe(duplex=False)
    child = made.Process(target=_child, args=(page, folder, theirs))
    child.start()
    theirs.close()
    try:
        return mine.recv()
    except EOFError:
        return [f"{page.path.name}: the process of its examples ended"]
    finally:
        child.join()


def _child(page: Page, folder: Path, answer) -> None:
    sys.stdout = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115 - until the process ends
    answer.send(list(_faults(page, folder)))


def _faults(page: Page, folder: Path):
    """The faults of a page, until its first block of Python that does not run."""
    os.chdir(folder)
    sys.path.insert(0, str(folder))
    space: dict = {"__name__": "__main__"}
    for block in page.blocks:
        place = f"{page.path.name}, line {page.line(block) + 1}"
        name = saved_as(page.text, block)
        if name:
            (folder / name).write_text(block.text, encoding="utf-8")
        elif block.language == "python":
            text = "\n" * page.line(block) + block.text
            try:
                exec(compile(text, page.path, "exec"), space)  # noqa: S102 - our own pages
            except Exception:
                yield f"{place}: {traceback.format_exc()}"
                return
        elif block.language == "console":
            for command, output in commands(block):
                yield from _differences(command, output, folder, place)


def _differences(command: str, output: str, folder: Path, place: str):
    if command.split()[0] not in PROGRAMS:
        yield f"{place}: {command} is none of our commands; show it in a ```bash block"
        return
    done = run(command, folder)
    if done.stderr or done.stdout != output:
        yield f"{place}: {command} prints\n{done.stderr}{done.stdout}"
