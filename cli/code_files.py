"""Which words of a command line mean students' code: files, and folders with some."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

#: The files that are code.
SUFFIXES = (".py", ".ipynb")


def is_code(word: str) -> bool:
    """Whether a word of the command line means code: a file, or a folder with some."""
    path = Path(word)
    if path.is_dir() and not path.is_symlink():
        return next(_files(path, SUFFIXES), None) is not None
    return path.is_dir() or word.partition(":")[0].endswith(SUFFIXES)


def has_answers(folder: str) -> bool:
    """Whether a folder has TOML files; one that is a link is not looked into."""
    return (
        not Path(folder).is_symlink() and next(_files(Path(folder), (".toml",)), None) is not None
    )


def code_files(words: Sequence[str]) -> dict[str, bool]:
    """The files of code that words mean, each with whether only its folder was named.

    Links count as named, those in a folder, too: what reads them refuses them, which is to be
    said.
    """
    found: dict[str, bool] = {}
    for word in words:
        if Path(word).is_dir() and not Path(word).is_symlink():
            for path in sorted(_files(Path(word), SUFFIXES)):
                found.setdefault(path, True)
            for path in sorted(_files(Path(word), SUFFIXES, links=True)):
                found.setdefault(path, False)
        else:
            found[word] = False
    return found


def _files(folder: Path, suffixes: tuple[str, ...], links: bool = False) -> Iterator[str]:
    """The files of a folder and the folders in it, hidden ones left out; or the links there."""
    for path in folder.rglob("*"):
        parts = path.relative_to(folder).parts
        hidden = any(part.startswith(".") or part == "__pycache__" for part in parts)
        if hidden or path.is_symlink() != links:
            continue
        if path.suffix in suffixes and (links or path.is_file()) or links and path.is_dir():
            yield str(path)
