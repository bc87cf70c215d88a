"""Rows of an .xlsx workbook as texts: values alone, never formulas, links or programs."""

from __future__ import annotations

import io
import re
import warnings
import zipfile
from collections.abc import Iterator
from datetime import date, datetime, time
from importlib.util import find_spec
from typing import Any

from deltarule.errors import DeltaruleError

#: Bytes that a workbook may unpack to, and what is looked at of each of its tables.
MOST_UNPACKED = 120_000_000
_ROWS, _COLUMNS = 200_001, 1001
_DECIMALS = re.compile(r"0(?:\.(0+))?")


def workbook_rows(data: bytes, name: str) -> Iterator[tuple[int, list[str]]]:
    """The rows of the first sheet that holds anything, with their numbers.

    Raises DeltaruleError for what is no workbook, and where openpyxl is not installed.
    """
    if find_spec("openpyxl") is None:
        raise DeltaruleError(
            "reading .xlsx needs openpyxl",
            name,
            "pip install 'deltarule[courses]', or save the table as .csv",
        )
    _refuse_large(data, name)
    try:
        yield from _rows(data)
    except DeltaruleError:
        raise
    except Exception as error:
        why = str(error) or type(error).__name__
        raise DeltaruleError(
            f"{name} is no workbook that can be read: {why[:200]}", name, "save it as .csv"
        ) from None


def _refuse_large(data: bytes, name: str) -> None:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            size = sum(info.file_size for info in packed.infolist())
    except Exception:
        raise DeltaruleError(f"{name} is no .xlsx workbook", name, "save it as .csv") from None
    if size > MOST_UNPACKED:
        raise DeltaruleError(
            f"{name} unpacks to more than {MOST_UNPACKED // 1_000_000} MB", name, "save it as .csv"
        )


def _rows(data: bytes) -> Iterator[tuple[int, list[str]]]:
    import openpyxl

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        book = openpyxl.load_workbook(
            io.BytesIO(data), read_only=True, data_only=True, keep_links=False
        )
        try:
            for sheet in book.worksheets:
                sheet.reset_dimensions()  # what a file says of its own size is not believed
                rows = sheet.iter_rows(max_row=_ROWS, max_col=_COLUMNS)
                any_text = False
                for number, cells in enumerate(rows, 1):
                    texts = [_text(cell) for cell in cells]
                    while texts and not texts[-1]:
                        texts.pop()
                    any_text = any_text or bool(texts)
                    yield number, texts
                if any_text:
                    return
        finally:
            book.close()


def _text(cell: Any) -> str:
    """A cell as it is shown: with the decimals of its format, if it needs no more."""
    value = cell.value
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float | int):
        return _number(value, str(getattr(cell, "number_format", "")))
    if isinstance(value, datetime):
        return value.isoformat(" ")
    if isinstance(value, date | time):
        return value.isoformat()
    return str(value)


def _number(value: float, form: str) -> str:
    """The digits of a number; a sheet keeps fifteen, and its format may show zeros behind them."""
    text = f"{value:.15g}"
    shown = _DECIMALS.fullmatch(form)
    if shown is None or "e" in text or not shown[1]:
        return text
    own = len(text.partition(".")[2])
    return f"{value:.{max(own, len(shown[1]))}f}"
