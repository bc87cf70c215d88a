"""Where a result goes that is not for the screen: a file, or a folder, that the person names."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from deltarule.errors import DeltaruleError


class Output:
    """The file, or the folder, that the result of the command goes to; None for the screen."""

    file: Path | None = None
    folder: Path | None = None
    force = False

    @classmethod
    def going_to(cls, path: Path | None, ending: str = "", force: bool = False) -> None:
        """Results go to a file from now on, whose name ends in `ending`; `-` is the screen. With
        the ending / they go into a folder. By `force` other files are overwritten.

        Raises DeltaruleError, before anything is done, for a name of another kind of file.
        """
        cls.force, cls.folder = force, path if ending == "/" else None
        cls.file = None if path is None or path in (Path("-"), cls.folder) else path
        if cls.folder is not None:
            _refuse(cls.folder)
        elif cls.file is not None and cls.file.suffix.lower() != ending:
            raise DeltaruleError(
                f"{cls.file.name} is no name of such a file",
                str(path),
                f"name it something{ending}, or write - for the screen",
            )
        if cls.file is not None and (cls.file.exists() or not cls.file.parent.is_dir()):
            from deltarule.signed_files import refuse_unwritable

            refuse_unwritable(cls.file, force)


def _refuse(folder: Path) -> None:
    """Raises DeltaruleError for what can be no folder of pages, and where another page is lost."""
    if folder == Path("-") or folder.suffix.lower() in (".html", ".htm") or folder.is_file():
        raise DeltaruleError(
            "there are several pages, which go into a folder", str(folder), "write --html pages/"
        )
    first = folder / "index.html"
    if first.exists() and not Output.force:
        from deltarule.signed_files import refuse_others

        refuse_others([first], "folder")


def written_into(files: Iterable[tuple[str, str]]) -> str:
    """Write files into the folder that was asked for; what is said of it on the screen.

    Raises DeltaruleError where one cannot be written, or would overwrite something else.
    """
    from deltarule.signed_files import write_signed

    folder, count, first = Output.folder or Path(), 0, ""
    for name, text in files:
        write_signed(folder / name, text, Output.force, "folder")
        count, first = count + 1, name
    return f"{count} pages are written; begin with {folder / first}\n"


def written_to(path: Path, text: str | bytes, shows: str = "any browser") -> str:
    """Write a text or bytes to a file; what is said of it on the screen.

    Raises DeltaruleError where the file cannot be written, or is something else.
    """
    from deltarule.signed_files import write_signed

    write_signed(path, text, Output.force)
    return f"{path} is written; {shows} shows it\n"
