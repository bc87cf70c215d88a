"""Where a result goes that is not for the screen: a file that the person names."""

from __future__ import annotations

from pathlib import Path

from deltarule.errors import DeltaruleError, unwritten


class Output:
    """The file that the result of the command goes to; None for the screen."""

    file: Path | None = None

    @classmethod
    def going_to(cls, path: Path | None, ending: str = "") -> None:
        """Results go to a file from now on, whose name ends in `ending`; `-` is the screen.

        Raises DeltaruleError, before anything is done, for a name of another kind of file.
        """
        cls.file = None if path is None or path == Path("-") else path
        if cls.file is not None and cls.file.suffix.lower() != ending:
            raise DeltaruleError(
                f"{cls.file.name} is no name of such a file",
                str(path),
                f"name it something{ending}, or write - for the screen",
            )


def written_to(path: Path, text: str) -> str:
    """Write a text to a file; what is said of it on the screen.

    Raises DeltaruleError where the file cannot be written.
    """
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise unwritten(path, error) from None
    return f"{path} is written; any browser shows it\n"
