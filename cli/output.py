"""Where a result goes that is not for the screen: a file, or a folder, that the person names."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from deltarule.errors import DeltaruleError, unwritten


class Output:
    """The file, or the folder, that the result of the command goes to; None for the screen."""

    file: Path | None = None
    folder: Path | None = None

    @classmethod
    def going_to(cls, path: Path | None, ending: str = "") -> None:
        """Results go to a file from now on, whose name ends in `ending`; `-` is the screen. With
        the ending / they go into a folder.

        Raises DeltaruleError, before anything is done, for a name of another kind of file.
        """
        cls.folder = path if ending == "/" else None
        cls.file = None if path is None or path in (Path("-"), cls.folder) else path
        if cls.folder is not None:
            _refuse(cls.folder)
        elif cls.file is not None and cls.file.suffix.lower() != ending:
            raise DeltaruleError(
                f"{cls.file.name} is no name of such a file",
                str(path),
                f"name it something{ending}, or write - for the screen",
            )


def _refuse(folder: Path) -> None:
    """Raises DeltaruleError for what can be no folder of pages."""
    if folder == Path("-") or folder.suffix.lower() in (".html", ".htm") or folder.is_file():
        raise DeltaruleError(
            "there are several pages, which go into a folder", str(folder), "write --html pages/"
        )


def written_into(files: Iterable[tuple[str, str]]) -> str:
    """Write files into the folder that was asked for; what is said of it on the screen.

    Raises DeltaruleError where one cannot be written.
    """
    folder, count, first = Output.folder or Path(), 0, ""
    for name, text in files:
        path = folder / name
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        except OSError as error:
            raise unwritten(path, error, "name another folder") from None
        count, first = count + 1, name
    return f"{count} pages are written; begin with {folder / first}\n"


def written_to(path: Path, text: str | bytes, shows: str = "any browser") -> str:
    """Write a text or bytes to a file; what is said of it on the screen.

    Raises DeltaruleError where the file cannot be written.
    """
    try:
        path.write_bytes(text.encode("utf-8") if isinstance(text, str) else text)
    except OSError as error:
        raise unwritten(path, error) from None
    return f"{path} is written; {shows} shows it\n"
