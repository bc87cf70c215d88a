"""The README and the guides: their examples run in order, their links followed.

The blocks of one page run in a process of its own, which is forked where that is possible, in one
namespace and in an empty folder, so that a page may add rows to the tables of the program. A
```python block runs as it stands, unless it is followed by "Saved as `NAME.py`": then it is
written into the folder. A ```toml block is saved in the same way. In a ```console block, each line
`$ command` is one of our commands, and what follows is its output.

    python tests/support/guides.py PAGE.md …      writes what the commands of pages print now
"""

from __future__ import annotations

import ast
import multiprocessing
import os
import re
import sys
import tempfile
import traceback
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from page_blocks import ROOT, Block, blocks, commands, run, saved_as

from deltarule.cli.gradient import RUNS
from deltarule.cli.parameters import parameters, show_completion, version
from deltarule.cli.table import COMMANDS

HOME = ROOT / "src/deltarule"
GUIDES = HOME / "guides"
README = ROOT / "README.md"
#: What most pages import; it is imported once, before the fork.
_HEAVY = ["sympy", "deltarule.cli.programs", "deltarule.kernels.build", "deltarule.marking.session"]
PROGRAMS = ("derive", "trace", "check", "deltarule")
_LINK = re.compile(r"\[[^\]]*\]\(([^)#\s]+)(?:#[^)]*)?\)")
#: A path in backticks; in capitals is what the reader's own file is called.
_PATH = re.compile(r"`((?:[a-z0-9_*]+/)+[a-z0-9_*]+(?:\.(?:py|md|toml))?)`")

_CODE = re.compile(r"`([^`]+)`")
_OPTION = re.compile(r"(?<![-\w])--[a-z][a-z-]+")
#: Programs whose options are not ours.
_OTHERS = ("pip ", "pytest ", "python tests/", "python3 ", "compare.py ")
_DECLARED = re.compile(r'(?:option|attribute)s?\(\s*"(\w+)"')


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

    @property
    def prose(self) -> str:
        """The text without its blocks."""
        prose = self.text
        for block in reversed(self.blocks):
            prose = prose[: block.span[0]] + prose[block.span[1] :]
        return prose

    def line(self, block: Block) -> int:
        """The number of the line before the text of a block."""
        return self.text.count("\n", 0, block.span[0])


def pages() -> list[Path]:
    """The README, and all pages of all guides."""
    return [README, *sorted(GUIDES.rglob("*.md"))]


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
    lost = [link for link in links(page) if not (page.path.parent / link).exists()]
    return lost + [p for p in _PATH.findall(page.prose) if not _leads_somewhere(p)]


def links(page: Page) -> list[str]:
    """The files that a page links to. Between backticks nothing is a link: `max[c](z)`."""
    prose = re.sub(r"`[^`\n]*\]\([^`\n]*`", "", page.prose)
    return [link for link in _LINK.findall(prose) if "://" not in link]


def unknown_options(page: Page) -> list[str]:
    """Options that a page names and no command has; those of other programs are left out."""
    named = [code for code in _CODE.findall(page.prose) if not code.startswith(_OTHERS)]
    options = [option for code in named for option in _OPTION.findall(code)]
    return [option for option in options if option not in _options()]


@cache
def _options() -> set[str]:
    """All options of all commands, and those of derivations of the catalogue."""
    found = {"--help"}
    for row in COMMANDS.values():
        found |= {word for p in (*parameters(row), version(), show_completion()) for word in p.opts}
    for path in (ROOT / "derivations").rglob("*.py"):
        names = _DECLARED.findall(path.read_text(encoding="utf-8"))
        found |= {f"--{name.replace('_', '-')}" for name in names}
    return found


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
    told = "".join(line for line in done.stderr.splitlines(True) if RUNS not in line)
    if told or _anywhere(done.stdout) != _anywhere(output):
        yield f"{place}: {command} prints\n{told}{done.stdout}"


def _anywhere(output: str) -> str:
    """An output without the layers of the sandbox, which are the machine's."""
    return re.sub(r"sandbox: .*", "sandbox: …", output)


def rewritten(page: Page, folder: Path) -> str:
    """A page with what its commands print; its blocks of Python are run before them."""
    text, moved = page.text, 0
    for block, made in zip(page.blocks, _printed(page, folder)):
        start, end = (place + moved for place in block.span)
        text = text[:start] + made + text[end:]
        moved += len(made) - len(block.text)
    return text


def _printed(page: Page, folder: Path):
    """The text of each block as it is now."""
    os.chdir(folder)
    sys.path.insert(0, str(folder))
    space: dict = {"__name__": "__main__"}
    for block in page.blocks:
        name = saved_as(page.text, block)
        if name:
            (folder / name).write_text(block.text, encoding="utf-8")
        elif block.language == "python":
            exec(block.text, space)  # noqa: S102 - our own pages
        elif block.language == "console":
            yield "".join(f"$ {c}\n{run(c, folder).stdout}" for c, _ in commands(block))
            continue
        yield block.text


if __name__ == "__main__":
    for path in [Path(name).resolve() for name in sys.argv[1:]]:
        with tempfile.TemporaryDirectory() as place:
            path.write_text(rewritten(Page.read(path), Path(place)), encoding="utf-8")
